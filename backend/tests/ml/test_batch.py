"""A new day of many at once: the same memories, and nobody passed over who has to be judged."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from app.catalog import CATALOGUE, Catalogue
from app.ml.batch import DAYS as NEEDED
from app.ml.batch import Candidate, judge_days, quiet_days
from app.ml.judging import LOOKBACK, Detected, judge
from app.ml.memory import Memory
from app.ml.strangeness import REFIT_DAYS
from app.ml.types import Accepted, DailyValues, Wishes
from app.utils.enums import Direction

FEW = Catalogue([CATALOGUE[key] for key in ("resting_hr", "hrv", "sleep_hours", "weight")])
FIRST = date(2024, 1, 1)
DAYS = LOOKBACK + 12
PLAIN = Wishes()


def person(seed: int, days: int = DAYS) -> DailyValues:
    chance = np.random.default_rng(seed)
    values = np.array([62, 50, 7.4, 71]) * np.exp(0.08 * chance.standard_normal((days, 4)))
    values[chance.random(values.shape) < 0.05] = np.nan
    values[chance.random(days) < 0.1, 0] = 84
    last = FIRST + timedelta(DAYS)
    return DailyValues(tuple(last - timedelta(days - n) for n in range(days)), FEW.keys, values)


def memory_before(values: DailyValues, last: int, wishes: Wishes = PLAIN) -> Memory:
    window = values.rows(max(0, last - LOOKBACK), last)
    before = window.days[-1]
    memory = judge(window, since=before, until=before, wishes=wishes, catalogue=FEW).memory
    assert memory is not None
    return memory


def candidate(values: DailyValues, last: int, wishes: Wishes = PLAIN) -> Candidate:
    shown = values.rows(last + 1 - NEEDED, last + 1)
    return Candidate(values=shown, wishes=wishes, memory=memory_before(values, last, wishes))


def with_weekday(weekday: int) -> int:
    """The last day with that place in its block."""
    days = person(0).days
    return next(n for n in reversed(range(DAYS)) if days[n].toordinal() % REFIT_DAYS == weekday)


def last_of_block() -> int:
    return with_weekday(4)


def screened(people: list[Candidate], day: date) -> list[Memory | None]:
    return quiet_days(people, day, catalogue=FEW)


@pytest.mark.parametrize("days", [DAYS, 90, NEEDED + 8])
def test_comes_to_what_judging_each_person_comes_to(days: int) -> None:
    everyone = [person(seed, days) for seed in range(30)]
    last = days - (DAYS - last_of_block())
    day = everyone[0].days[last]
    marked = [Accepted(everyone[0].days[last - 9], "resting_hr", Direction.ABOVE)]
    wishes = [
        replace(
            PLAIN,
            alarms_per_month=[4, 1, 1 / 12][n % 3],
            set_aside=frozenset({everyone[0].days[last - 5]} if n % 4 == 1 else ()),
            accepted=tuple(marked if n % 5 == 2 else ()),
        )
        for n in range(len(everyone))
    ]
    people = [candidate(v, last, w) for v, w in zip(everyone, wishes, strict=True)]
    quiet = 0
    for one, values, found in zip(people, everyone, screened(people, day), strict=True):
        whole = values.rows(max(0, last - LOOKBACK), last + 1)
        judged = judge(whole, since=day, until=day, wishes=one.wishes, catalogue=FEW)
        if judged.findings:
            assert found is None
        if found is None:
            continue
        quiet += 1
        again = judge(
            whole, since=day, until=day, wishes=one.wishes, catalogue=FEW, memory=one.memory
        ).memory
        assert again is not None
        assert again.learned is not None
        assert found.learned is not None
        assert (found.last, found.findings) == (again.last, again.findings)
        np.testing.assert_array_equal(found.marks, again.marks)
        np.testing.assert_array_equal(found.scores, again.scores)
        np.testing.assert_array_equal(found.learned.middles, again.learned.middles)
    assert quiet >= 15


def test_carries_on_from_day_to_day() -> None:
    values, last = person(3), last_of_block() - 2
    memory: Memory | None = memory_before(values, last)
    for n in range(last, last + 3):
        shown = values.rows(n + 1 - NEEDED, n + 1)
        one = Candidate(values=shown, wishes=PLAIN, memory=memory)
        window = values.rows(n - LOOKBACK, n + 1)
        day = values.days[n]
        judged = judge(window, since=day, until=day, catalogue=FEW, memory=memory)
        (found,) = screened([one], day)
        assert (found is None) == bool(judged.findings)
        memory = found or judged.memory
        assert judged == judge(window, since=day, until=day, catalogue=FEW)


def assert_same(found: Memory | None, judged: Memory | None) -> None:
    assert found is not None
    assert judged is not None
    for name in ("model", "last", "told_by", "set_aside", "accepted", "judged", "findings"):
        assert getattr(found, name) == getattr(judged, name)
    np.testing.assert_array_equal(found.marks, judged.marks)
    np.testing.assert_array_equal(found.scores, judged.scores)
    assert found.learned is not None
    assert judged.learned is not None
    assert (found.learned.block, found.learned.day) == (judged.learned.block, judged.learned.day)
    np.testing.assert_array_equal(found.learned.middles, judged.learned.middles)
    for name in ("spread", "correlation", "tail"):
        np.testing.assert_array_equal(
            getattr(found.learned.fit, name), getattr(judged.learned.fit, name)
        )


class TestJudgesEverybody:
    """Told or not, and whether they have to learn anew or not."""

    def people(self, days: int, last: int) -> list[Candidate]:
        everyone = [person(seed, days) for seed in range(16)]
        for n, values in enumerate(everyone):
            values.values[last] *= [1, 1.5, 1, 0.6][n % 4]
        marked = Accepted(everyone[0].days[last - 9], "resting_hr", Direction.ABOVE)
        wishes = [
            replace(
                PLAIN,
                alarms_per_month=[4, 1, 1 / 12][n % 3],
                conditions={"diabetes": everyone[0].days[last - n // 6]} if n % 6 == 2 else {},
                set_aside=frozenset({everyone[0].days[last - 5]} if n % 4 == 1 else ()),
                accepted=(marked,) if n % 5 == 2 else (),
            )
            for n in range(len(everyone))
        ]
        return [
            Candidate(
                values=values.rows(max(0, last - LOOKBACK), last + 1),
                wishes=wished,
                memory=memory_before(values, last, wished),
            )
            for values, wished in zip(everyone, wishes, strict=True)
        ]

    def alone(self, one: Candidate) -> Detected:
        day = one.values.days[-1]
        return judge(
            one.values, since=day, until=day, wishes=one.wishes, catalogue=FEW, memory=one.memory
        )

    @pytest.mark.parametrize("days", [DAYS, 90, NEEDED + 8])
    @pytest.mark.parametrize("weekday", [0, 4])
    def test_as_judge_does(self, days: int, weekday: int) -> None:
        people = self.people(days, with_weekday(weekday) - (DAYS - days))
        found = judge_days(people, people[0].values.days[-1], catalogue=FEW)
        assert any(one.findings for one in found if one)
        assert any(not one.findings for one in found if one)
        for one, together in zip(people, found, strict=True):
            judged = self.alone(one)
            assert together == judged
            assert together is not None
            assert_same(together.memory, judged.memory)

    def test_as_judge_does_where_the_middles_of_one_are_forgotten(self) -> None:
        people = self.people(DAYS, with_weekday(0))[:3]
        memory = people[1].memory
        assert memory is not None
        assert memory.learned is not None
        forgotten = replace(memory, learned=replace(memory.learned, middles=None))
        people[1] = replace(people[1], memory=forgotten)
        found = judge_days(people, people[0].values.days[-1], catalogue=FEW)
        for one, together in zip(people, found, strict=True):
            assert together is not None
            assert_same(together.memory, self.alone(one).memory)

    def test_the_same_in_any_company(self) -> None:
        people = self.people(DAYS, with_weekday(0))
        day = people[0].values.days[-1]
        together = judge_days(people, day, catalogue=FEW)
        for n in (0, 5):
            (single,) = judge_days([people[n]], day, catalogue=FEW)
            assert single == together[n]

    def test_day_after_day(self) -> None:
        values, last = person(3), with_weekday(4) - 5
        memory: Memory | None = memory_before(values, last)
        for n in range(last, last + 6):
            window = values.rows(n - LOOKBACK, n + 1)
            one = Candidate(values=window, wishes=PLAIN, memory=memory)
            (found,) = judge_days([one], values.days[n], catalogue=FEW)
            assert found is not None
            assert found == judge(window, since=values.days[n], until=values.days[n], catalogue=FEW)
            memory = found.memory


class TestIsLeftToJudge:
    def test_who_has_no_memory(self) -> None:
        last = last_of_block()
        one = replace(candidate(person(1), last), memory=None)
        assert screened([one], one.values.days[-1]) == [None]

    def test_whose_day_breaks_a_limit(self) -> None:
        last = last_of_block()
        one = candidate(person(1), last)
        one.values.values[-1, 2] = 1.5
        assert screened([one], one.values.days[-1]) == [None]

    def test_whose_condition_does_not_lift_the_limit(self) -> None:
        glucose, last = Catalogue([CATALOGUE["blood_glucose_avg"]]), last_of_block()
        days = person(1).days[last - LOOKBACK : last + 1]
        column = np.linspace(148, 152, len(days))
        values = DailyValues(days, glucose.keys, column[:, np.newaxis])
        before = days[-2]
        found = []
        for conditions in ({}, {"diabetes": days[0]}, {"heart": days[0]}):
            wishes = Wishes(conditions=conditions)
            known = values.rows(0, len(days) - 1)
            judged = judge(known, since=before, until=before, wishes=wishes, catalogue=glucose)
            one = Candidate(values=values, wishes=wishes, memory=judged.memory)
            found += quiet_days([one], days[-1], catalogue=glucose)
        assert [memory is None for memory in found] == [True, False, True]

    def test_whose_recent_days_changed(self) -> None:
        last = last_of_block()
        one = candidate(person(1), last)
        assert screened([one], one.values.days[-1]) != [None]
        one.values.values[-9, 1] += 1
        assert screened([one], one.values.days[-1]) == [None]

    @pytest.mark.parametrize(
        "wishes",
        [
            Wishes(alarms_per_month=3),
            Wishes(thresholds={"hrv": 2.5}),
            Wishes(conditions={"diabetes": FIRST}),
            Wishes(set_aside=frozenset({FIRST})),
            Wishes(accepted=(Accepted(FIRST, "hrv", Direction.BELOW),)),
        ],
    )
    def test_whose_wishes_changed(self, wishes: Wishes) -> None:
        last = last_of_block()
        one = replace(candidate(person(1), last), wishes=wishes)
        assert screened([one], one.values.days[-1]) == [None]

    def test_who_has_to_learn_anew(self) -> None:
        values = person(1)
        last = with_weekday(0)
        one = candidate(values, last)
        assert screened([one], one.values.days[-1]) == [None]

    def test_who_missed_a_day(self) -> None:
        values, last = person(1), last_of_block()
        one = replace(candidate(values, last), memory=memory_before(values, last - 1))
        assert screened([one], one.values.days[-1]) == [None]
