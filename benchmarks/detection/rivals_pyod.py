"""PyOD's detectors on the residuals of a person's own days, refitted weekly on the last 120."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Protocol

import numpy as np

from app.ml.types import FloatArray
from benchmarks.detection.people import Person
from benchmarks.detection.residuals import past_residuals
from benchmarks.detection.rivals import Rating, Rival, Unlearned, weekly


class _Model(Protocol):
    def fit(self, rows: FloatArray) -> object: ...

    def decision_function(self, rows: FloatArray) -> FloatArray: ...


def _ecod() -> _Model:
    from pyod.models.ecod import ECOD

    return ECOD()  # type: ignore[no-any-return]  # PyOD has no types


def _copod() -> _Model:
    from pyod.models.copod import COPOD

    return COPOD()  # type: ignore[no-any-return]


def _forest() -> _Model:
    from pyod.models.iforest import IForest

    return IForest(random_state=0)  # type: ignore[no-any-return]


def _nearest() -> _Model:
    from pyod.models.knn import KNN

    return KNN()  # type: ignore[no-any-return]


class PyOD(Unlearned):
    """One of PyOD's models; unknown values are 0, nothing unusual."""

    def __init__(self, name: str, model: Callable[[], _Model], *, batch: bool) -> None:
        self.name = name
        self.model = model
        self.batch = batch

    def rate(self, person: Person) -> Rating:
        z = past_residuals(person)
        score = np.full(len(z), np.nan)
        filled = np.where(np.isnan(z), 0.0, z)
        for days, past in weekly(z):
            model = self.model()
            model.fit(past)
            if self.batch:
                score[list(days)] = model.decision_function(filled[list(days)])
            else:
                # ECOD and COPOD rank a day among the rows asked with it, later ones included.
                for day in days:
                    score[day] = model.decision_function(filled[[day]])[0]
        score[np.isnan(z).all(axis=1)] = np.nan
        return Rating(score=score)


_MODELS: Mapping[str, tuple[Callable[[], _Model], bool]] = {
    "PyOD ECOD": (_ecod, False),
    "PyOD COPOD": (_copod, False),
    "PyOD IForest": (_forest, True),
    "PyOD KNN": (_nearest, True),
}


def pyod_rivals() -> dict[str, Callable[[], Rival]]:
    """By name; none where the extra "bench" is not installed."""
    if find_spec("pyod") is None:
        return {}
    return {name: _maker(name, *parts) for name, parts in _MODELS.items()}


def _maker(name: str, model: Callable[[], _Model], batch: bool) -> Callable[[], Rival]:
    return lambda: PyOD(name, model, batch=batch)
