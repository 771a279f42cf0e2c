"""Local times without a zone as instants, also on the nights when clocks change."""

import datetime as dt

from app.importers.values import BadValueError, in_range


def shown_in(zone: dt.tzinfo, moment: dt.datetime) -> dt.datetime:
    """The same instant with the offset that the zone has then."""
    try:
        local = moment.astimezone(zone)
        return local.replace(tzinfo=dt.timezone(local.utcoffset() or dt.timedelta()), fold=0)
    except (OverflowError, ValueError):
        raise BadValueError("the time is out of range") from None


class LocalClock:
    """One device's clock, asked in the order of the file.

    A time that the clocks showed twice is told apart by what stands before it: time goes on in one
    direction. Where the device counts its own seconds, they decide. A time that the clocks skipped
    is read as if they had not been changed: the device was late to notice.
    """

    def __init__(self, zone: dt.tzinfo) -> None:
        self._zone = zone
        self._last: dt.datetime | None = None
        self._ascents = 0
        self._lag: float | None = None
        self._steady: dict[dt.date, dt.tzinfo | None] = {}

    def instant(self, local: dt.datetime, counter: float | None = None) -> dt.datetime:
        """The instant with its offset; `counter` are the device's own seconds. A time that says
        its zone is taken as it is."""
        if local.tzinfo is not None:
            return self._remember(self._fixed(local))
        offset = self._offset_all_day(local.date())
        if offset is not None:
            chosen = in_range(local).replace(tzinfo=offset)
        else:
            chosen = self._on_a_day_of_change(local, counter)
        if counter is not None and (offset is not None or self._lag is None):
            self._lag = chosen.timestamp() - counter
        return self._remember(chosen)

    def _offset_all_day(self, day: dt.date) -> dt.tzinfo | None:
        """The offset of a day on which clocks do not change, as hardly any do."""
        if day not in self._steady:
            start = dt.datetime.combine(day, dt.time(), self._zone)
            moments = [start.replace(hour=hour, fold=fold) for hour in (0, 23) for fold in (0, 1)]
            offsets = {self._fixed(moment).tzinfo for moment in moments}
            self._steady[day] = offsets.pop() if len(offsets) == 1 else None
        return self._steady[day]

    def _on_a_day_of_change(self, local: dt.datetime, counter: float | None) -> dt.datetime:
        first, second = (self._fixed(local.replace(tzinfo=self._zone, fold=n)) for n in (0, 1))
        # In a gap the second reading lies before the first.
        return first if second <= first else self._choose(first, second, counter)

    def _choose(
        self, first: dt.datetime, second: dt.datetime, counter: float | None
    ) -> dt.datetime:
        if counter is not None and self._lag is not None:
            expected = counter + self._lag
            return min(first, second, key=lambda one: abs(one.timestamp() - expected))
        if self._last is None:
            return first
        if self._ascents >= 0:
            return first if first >= self._last else second
        return second if second <= self._last else first

    def _remember(self, moment: dt.datetime) -> dt.datetime:
        if self._last is not None:
            self._ascents += (moment > self._last) - (moment < self._last)
        self._last = moment
        return moment

    def _fixed(self, moment: dt.datetime) -> dt.datetime:
        """With a plain offset, since Python subtracts times of one named zone as wall clocks."""
        try:
            offset = moment.utcoffset()
            return in_range(moment).replace(fold=0, tzinfo=dt.timezone(offset or dt.timedelta()))
        except (OverflowError, ValueError):
            raise BadValueError("the time is out of range") from None
