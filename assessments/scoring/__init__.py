"""From answers to numbers, and what was done on the way.

``scales`` scores a screener, ``bands`` says what was published about a score, ``measures`` counts
what an exercise was used for, and ``reading`` is how all of them take a stored answer: as what the
item offers, as missing and why, or as a fault. Nothing here knows of databases or pages.
"""

from assessments.definitions import DECLINED, NOT_APPLICABLE

from .bands import band_of, cutoffs_reached
from .measures import MetricValue, TallyLine, metrics
from .reading import AnswerError, missing_reason
from .scales import ENGINE, ScaleScore, score

__all__ = [
    "DECLINED",
    "ENGINE",
    "NOT_APPLICABLE",
    "AnswerError",
    "MetricValue",
    "ScaleScore",
    "TallyLine",
    "band_of",
    "cutoffs_reached",
    "metrics",
    "missing_reason",
    "score",
]
