"""One person's detection as textbooks have it, for comparison: rows as objects, a data frame, and
a forest with SHAP values for each person anew."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ENTRY_MODELS

DAYS = 60
CONTAMINATION = 0.05
Z_LIMIT = 2.5

_SUMS = {
    "nutrition": ("calories", "protein_g", "carbs_g", "fats_g", "sugar_g", "fiber_g"),
    "exercise": ("duration_minutes", "calories_burned"),
    "sleep": ("duration_hours",),
}
_MEANS = {
    "sleep": ("quality_score", "awakenings"),
    "vitals": ("resting_heart_rate", "hrv_ms", "blood_pressure_systolic"),
    "body": ("weight_kg",),
    "chronic": ("blood_glucose_mgdl",),
}


class Found(NamedTuple):
    """A strange day, and the metric that SHAP blames first, or one that left its usual range."""

    day: dt.date
    metric: str


def textbook(session: Session, user_id: UUID, last: dt.date) -> list[Found]:
    """What is strange in the `DAYS` days up to the last."""
    import shap  # heavy, and in the extra of the benchmarks alone

    frame = _frame(session, user_id, last)
    if frame.empty:
        return []
    filled = frame.fillna(frame.median())
    z = (frame - frame.mean()) / frame.std()
    far = [
        Found(frame.index[row], frame.columns[column])
        for row, column in np.argwhere(z.abs().to_numpy() > Z_LIMIT)
    ]
    forest = IsolationForest(n_estimators=100, contamination=CONTAMINATION, random_state=0)
    strange = filled[forest.fit_predict(filled.to_numpy()) < 0]
    if strange.empty:
        return far
    shares = np.asarray(shap.TreeExplainer(forest).shap_values(strange.to_numpy()))
    blamed = frame.columns[shares.argmin(axis=1)]
    return far + [Found(day, metric) for day, metric in zip(strange.index, blamed, strict=True)]


def _frame(session: Session, user_id: UUID, last: dt.date) -> pd.DataFrame:
    """A row a day, a column a metric."""
    span = (last - dt.timedelta(DAYS - 1), last)
    columns = []
    for tracker, model in ENTRY_MODELS.items():
        mine = select(model).where(model.user_id == user_id, model.date.between(*span))
        rows = session.scalars(mine).all()
        columns.append(_daily(rows, _SUMS.get(tracker, ()), "sum"))
        columns.append(_daily(rows, _MEANS.get(tracker, ()), "mean"))
    known = [column for column in columns if not column.empty]
    return pd.concat(known, axis=1) if known else pd.DataFrame()


def _daily(rows: Sequence[object], names: Sequence[str], how: str) -> pd.DataFrame:
    if not rows or not names:
        return pd.DataFrame()
    logged = pd.DataFrame([{name: getattr(row, name) for name in ("date", *names)} for row in rows])
    known = logged.set_index("date").astype(float).dropna(axis=1, how="all")
    return known.groupby(level=0).agg(how)
