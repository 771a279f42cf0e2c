"""The examples that the API's description shows are answers that it could give."""

import json

import pytest
from pydantic import BaseModel

from app.schemas.correlations import CorrelationsOut
from app.schemas.dashboard import DailyDashboard, WeeklyDashboard
from app.schemas.metrics import MetricsOut
from app.schemas.series import SeriesOut
from app.schemas.summaries import ExerciseSummary, NutritionSummary, SleepStats
from app.schemas.trends import DiabetesTrends, HeartTrends, HypertensionTrends, OtherTrends


@pytest.mark.parametrize(
    "model",
    [
        NutritionSummary,
        SleepStats,
        ExerciseSummary,
        DiabetesTrends,
        HypertensionTrends,
        HeartTrends,
        OtherTrends,
        DailyDashboard,
        WeeklyDashboard,
        MetricsOut,
        CorrelationsOut,
        SeriesOut,
    ],
)
def test_an_example_fits_its_model(model: type[BaseModel]) -> None:
    example = json.dumps(model.model_json_schema()["example"])
    model.model_validate_json(example, strict=True, extra="forbid")
