"""FHIR R4: a Questionnaire in JSON, and a response to it that may come along."""

from __future__ import annotations

from collections.abc import Sequence

from assessments.interop.reading import Reading, Unreadable

from .documents import documents
from .questionnaire import walked
from .response import answers_of
from .weights import Lists

__all__ = ["read"]


def read(texts: Sequence[str], *, language: str | None = None) -> Reading:
    """One questionnaire, in one of its languages. ``texts`` are JSON: the questionnaire and the
    response, in any order, or a bundle of both. Raises Unreadable.
    """
    try:
        found = documents(texts)
        questionnaire = walked(found.questionnaires[0], Lists(found.lists), language=language)
        if not found.responses:
            return questionnaire.gathering.reading()
        if len(found.responses) > 1:
            questionnaire.gathering.note("", "There are several responses. The first one counts.")
        return questionnaire.gathering.reading(**answers_of(questionnaire, found.responses[0]))
    except RecursionError as error:
        raise Unreadable("This file is nested too deeply.") from error
