"""What an invented person eats: the day's nutrients as dishes.

What is random here never depends on the values, so that a person with anomalies differs from the
same person without them in nothing else.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from app.utils.enums import MealType
from app.utils.mock_diary import Diary, Row, recorded
from app.utils.mock_series import FloatArray


class _Food(NamedTuple):
    """A dish, with its content of each relative to the person's usual mix; `sweetness` is from -1
    to 1 and also makes it less salty."""

    name: str
    protein: float
    carbs: float
    fats: float
    sweetness: float


class _Meal(NamedTuple):
    """`often` is the share of days with the meal, `share` its part of the day's food."""

    kind: MealType
    often: float
    share: float
    after_waking: int
    foods: tuple[_Food, ...]


_MEALS = (
    _Meal(
        MealType.BREAKFAST,
        1.0,
        0.24,
        45,
        (
            _Food("Oatmeal with berries", 0.9, 1.3, 0.7, 0.4),
            _Food("Yoghurt with muesli", 1.1, 1.2, 0.7, 0.6),
            _Food("Scrambled eggs on toast", 1.4, 0.7, 1.3, -0.7),
            _Food("Wholegrain bread with cheese", 1.1, 1.0, 1.1, -0.6),
            _Food("Porridge with banana", 0.8, 1.4, 0.6, 0.5),
        ),
    ),
    _Meal(
        MealType.LUNCH,
        1.0,
        0.32,
        330,
        (
            _Food("Chicken and rice bowl", 1.4, 1.0, 0.7, -0.5),
            _Food("Lentil soup with bread", 1.1, 1.2, 0.5, -0.3),
            _Food("Tuna sandwich", 1.3, 1.0, 0.8, -0.4),
            _Food("Pasta with tomato sauce", 0.8, 1.4, 0.7, 0.0),
            _Food("Salad with feta and chickpeas", 0.9, 0.8, 1.4, -0.2),
        ),
    ),
    _Meal(
        MealType.SNACK,
        0.7,
        0.13,
        540,
        (
            _Food("Apple and peanut butter", 0.8, 0.9, 1.3, 0.6),
            _Food("Fruit salad", 0.3, 1.8, 0.2, 0.8),
            _Food("Dark chocolate", 0.4, 1.0, 1.5, 0.9),
            _Food("Nuts and raisins", 0.8, 0.8, 1.5, 0.5),
            _Food("Protein bar", 1.8, 0.9, 0.7, 0.4),
        ),
    ),
    _Meal(
        MealType.DINNER,
        1.0,
        0.33,
        720,
        (
            _Food("Salmon with potatoes", 1.4, 0.8, 1.1, -0.6),
            _Food("Vegetable curry with rice", 0.8, 1.3, 0.9, -0.1),
            _Food("Beef stir-fry with noodles", 1.3, 0.9, 1.0, -0.2),
            _Food("Omelette with salad", 1.3, 0.5, 1.5, -0.5),
            _Food("Bean chili", 1.2, 1.1, 0.7, -0.3),
        ),
    ),
)


def write_meals(rng: np.random.Generator, diary: Diary) -> Iterator[Row]:
    size = (len(diary.dates), len(_MEALS))
    dishes = rng.integers([len(meal.foods) for meal in _MEALS], size=size)
    helpings = np.array([meal.share for meal in _MEALS]) * rng.uniform(0.85, 1.15, size)
    eaten = rng.random(size) < np.array([meal.often for meal in _MEALS])
    delays = rng.normal(0, 20, size).clip(-50, 50)
    for day in diary.days("nutrition"):
        foods = [meal.foods[dish] for meal, dish in zip(_MEALS, dishes[day], strict=True)]
        mix = np.array([food[1:] for food in foods])
        portions = _portions(diary, day, helpings[day] * eaten[day], mix)
        for n in np.flatnonzero(eaten[day]):
            minute = diary.habits.waking[day] + _MEALS[n].after_waking + delays[day, n]
            yield {
                "date": diary.dates[day],
                "occurred_at": diary.moment(day, minute),
                "meal_type": _MEALS[n].kind,
                "food_name": foods[n].name,
                **_label({column: parts[n] for column, parts in portions.items()}),
                "notes": None,
            }


def _portions(
    diary: Diary, day: int, helpings: FloatArray, mix: FloatArray
) -> dict[str, FloatArray]:
    """Each nutrient of the day by dish. `mix` has the dishes' protein, carbohydrate, fat and
    sweetness in its columns."""
    keys = diary.columns("nutrition")
    total = {column: diary.values[key][day] for column, key in keys.items()}
    protein, carbs, fats, sweetness = mix.T
    carbs = _divided(total["carbs_g"], helpings * carbs)
    return {
        "protein_g": _divided(total["protein_g"], helpings * protein),
        "carbs_g": carbs,
        "fats_g": _divided(total["fats_g"], helpings * fats),
        "sugar_g": _sugar(carbs, sweetness, total["sugar_g"]),
        "fiber_g": _divided(total["fiber_g"], carbs),
        "sodium_mg": _divided(total["sodium_mg"], helpings * (1 - 0.5 * sweetness)),
    }


def _divided(total: float, weights: FloatArray) -> FloatArray:
    return np.asarray(total * weights / weights.sum())


def _sugar(carbs: FloatArray, sweetness: FloatArray, total: float) -> FloatArray:
    """Sugar by dish: more in sweeter ones, nowhere more than carbohydrate, and `total` in all."""
    share = total / carbs.sum()
    sweeter = sweetness - (carbs * sweetness).sum() / carbs.sum()
    return np.asarray(carbs * (share + 0.5 * sweeter * share * (1 - share)))


def _label(portion: Mapping[str, float]) -> Row:
    """What the label of one dish says; its energy follows from the macronutrients shown."""
    shown = {column: recorded("nutrition", column, amount) for column, amount in portion.items()}
    kcal = 4 * shown["protein_g"] + 4 * shown["carbs_g"] + 9 * shown["fats_g"]
    return {"calories": recorded("nutrition", "calories", kcal), **shown}
