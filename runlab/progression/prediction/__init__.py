"""What an athlete can run on a day: a distribution of finishing times, and what it rests on."""

from ...zones.training import TrainingLine, training_marks
from .answer import Prediction
from .observed import observations
from .predict import predict_race
from .prior import Prior, distance_shape

__all__ = [
    "Prediction",
    "Prior",
    "TrainingLine",
    "distance_shape",
    "observations",
    "predict_race",
    "training_marks",
]
