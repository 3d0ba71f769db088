"""What a client wrote, in a section of its own: only in a report that was asked for with words."""

import unicodedata
from collections.abc import Sequence

from assessments.models import Response
from assessments.review import own_words
from assessments.timeline.practised import day_of
from assessments.timeline.words import day_in_words


def quotes_of(responses: Sequence[Response], day) -> list[dict]:
    """Of everything that was sent, by when; what was only chosen or rated stands in the tables."""
    found = []
    for response in responses:
        definition = response.version.definition
        answers = [
            {
                "question": each.item.text,
                "words": each.words,
                "from_right": is_from_right(each.words),
            }
            for each in own_words(definition, response.answers)
        ]
        if answers:
            when = day_in_words(day_of(response, day))
            found.append({"title": definition.title, "when": when, "answers": answers})
    return found


def is_from_right(words: str) -> bool:
    """As a browser does with dir="auto": the first letter with a direction decides."""
    directions = (unicodedata.bidirectional(letter) for letter in words)
    return next((each for each in directions if each in ("L", "R", "AL")), "L") != "L"
