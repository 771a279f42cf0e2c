"""Cronometer: unknown is not zero, and a day that is not complete is not a day."""

from app.importers.cronometer import FORMAT
from tests.importers.at_hand import logged, problems, questions, read
from tests.importers.writers import cronometer as writer


def test_servings_keep_their_meal_time_and_what_is_known() -> None:
    items = read(FORMAT, writer.servings())
    assert problems(items) == []
    assert questions(items) == {}
    first, second = logged(items)[:2]
    assert len(logged(items)) == 25
    assert first.words == {
        "food_name": "Oats, rolled",
        "meal_type": "breakfast",
        "notes": "60.00 g",
    }
    assert first.fields["calories"] == (227.4, "kcal")
    assert first.fields["sugar_g"] == (0.6, "g")
    assert "sugar_g" not in second.fields, "an empty cell is not known"
    assert first.start.isoformat() == "2024-04-01T07:05:00+02:00"
    assert [entry.words["meal_type"] for entry in logged(items)[1:5]] == [
        "lunch",
        "dinner",
        "snack",
        "dinner",
    ]


def test_a_day_that_is_not_completed_is_told_of_and_left_out() -> None:
    items = read(FORMAT, writer.summary())
    assert len(logged(items)) == 18
    assert [problem.where for problem in problems(items)] == ["line 9"]
    assert logged(items)[0].origin == "day/2024-04-01"
    assert "sugar_g" not in logged(items)[0].fields
