"""What an invented person eats: the day's nutrients as dishes.

What is random here never depends on the values, so that a person with anomalies differs from the
same person without them in nothing else.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from app.utils.enums import MealType
from app.utils.mock_diary import Diary, Row, recorded
from app.utils.mock_series import KCAL_PER_GRAM, FloatArray


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


# By meal and dish: protein, carbohydrate, fat and sweetness.
_MIXES = np.array([[food[1:] for food in meal.foods] for meal in _MEALS])


def write_meals(rng: np.random.Generator, diary: Diary) -> Iterator[Row]:
    size = (len(diary.dates), len(_MEALS))
    dishes = rng.integers(_MIXES.shape[1], size=size)
    helpings = np.array([meal.share for meal in _MEALS]) * rng.uniform(0.85, 1.15, size)
    eaten = rng.random(size) < np.array([meal.often for meal in _MEALS])
    delays = rng.normal(0, 20, size).clip(-50, 50)
    labels = _labels(diary, helpings * eaten, _MIXES[np.arange(len(_MEALS)), dishes])
    for day in diary.days("nutrition"):
        for n in np.flatnonzero(eaten[day]):
            meal = _MEALS[n]
            minute = diary.habits.waking[day] + meal.after_waking + delays[day, n]
            yield {
                "date": diary.dates[day],
                "occurred_at": diary.moment(day, minute),
                "meal_type": meal.kind,
                "food_name": meal.foods[dishes[day, n]].name,
                **{column: numbers[day][n] for column, numbers in labels.items()},
                "notes": None,
            }


def _labels(diary: Diary, helpings: FloatArray, mixes: FloatArray) -> dict[str, list[list[float]]]:
    """What the labels say by column, day and meal; energy follows from the grams shown."""
    portions = _portions(diary, helpings, mixes)
    labels = {
        column: recorded("nutrition", column, amounts) for column, amounts in portions.items()
    }
    kcal = sum(
        factor * np.array(labels[diary.sources[key].column])
        for key, factor in KCAL_PER_GRAM.items()
    )
    return {"calories": recorded("nutrition", "calories", np.asarray(kcal)), **labels}


def _portions(diary: Diary, helpings: FloatArray, mixes: FloatArray) -> dict[str, FloatArray]:
    """Each nutrient by day and meal, adding up to the day's total."""
    total, sweetness = diary.values, mixes[..., 3]
    carbs = _divided(total["total_carbs"], helpings * mixes[..., 1])
    return {
        "protein_g": _divided(total["total_protein"], helpings * mixes[..., 0]),
        "carbs_g": carbs,
        "fats_g": _divided(total["total_fats"], helpings * mixes[..., 2]),
        "sugar_g": _sugar(total["total_sugar"], carbs, sweetness),
        "fiber_g": _divided(total["total_fiber"], carbs),
        "sodium_mg": _divided(total["total_sodium"], helpings * (1 - 0.5 * sweetness)),
    }


def _divided(total: FloatArray, weights: FloatArray) -> FloatArray:
    return np.asarray(total[:, None] * weights / weights.sum(axis=1, keepdims=True))


def _sugar(total: FloatArray, carbs: FloatArray, sweetness: FloatArray) -> FloatArray:
    """More sugar in sweeter dishes, nowhere more than carbohydrate, and `total` in all."""
    all_carbs = carbs.sum(axis=1, keepdims=True)
    share = total[:, None] / all_carbs
    sweeter = sweetness - (carbs * sweetness).sum(axis=1, keepdims=True) / all_carbs
    return np.asarray(carbs * (share + 0.5 * sweeter * share * (1 - share)))
