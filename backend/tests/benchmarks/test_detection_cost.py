"""The benchmark of a new day's cost measures what it says it does."""

from benchmarks.detection.cost import measure, shown


def test_every_way_is_measured() -> None:
    costs = measure(people=4, batch_size=8)
    assert min(c.usual_day for c in (costs.forest, costs.afresh, costs.alone, costs.batch)) > 0
    assert costs.told > 0
    for way in ("one person, nothing remembered", "8 people at once", "4 invented people"):
        assert way in shown(costs)
