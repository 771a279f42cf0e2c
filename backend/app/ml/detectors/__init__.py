"""The detectors that there are."""

from app.ml.detectors.base import Detector
from app.ml.detectors.isolation_forest import IsolationForestDetector
from app.ml.detectors.zscore import ZScoreDetector

__all__ = ["DETECTORS", "Detector", "IsolationForestDetector", "ZScoreDetector"]

DETECTORS: tuple[type[Detector], ...] = (ZScoreDetector, IsolationForestDetector)
"""Every detector, each with a catalogue as a keyword argument; the contract tests run on all."""
