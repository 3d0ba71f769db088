"""Writing an own activity: what the editor holds, and how it becomes a definition.

The editor holds a ``content``: a definition in the making, as plain JSON, valid or not.
``beginnings`` begin one, ``changes`` change it piece by piece, and ``lists`` its lists of answers,
which are lines of text to whoever writes (``answers``); ``kinds`` says in plain words what can be
asked. ``history`` is what was published before, ``building`` makes a definition of it all,
``naming`` gives the names that stay for ever, and ``faults`` and ``advice`` are the sentences
about what is wrong and what could be kinder.

Nothing here reads or writes the database, and no function changes the content it is given.
"""

from .advice import advice_of
from .answers import lines_of, options_from
from .beginnings import begun, continued, copied
from .building import definition_of, presentable, shown_as
from .changes import added, duplicated, moved, put_back, removed, updated, with_kind
from .content import (
    MOST_PIECES,
    PIECES,
    Content,
    Gone,
    Part,
    TooMany,
    asked_items,
    fresh,
    neighbour_of,
    piece_of,
)
from .faults import faults_of
from .history import History, Saying, history_of
from .kinds import KINDS, SHOWS
from .lists import options_of, sharing, with_columns, with_options
from .naming import finished, is_remade, slug_of
from .outline import Outline, outline_of

__all__ = [
    "KINDS",
    "MOST_PIECES",
    "PIECES",
    "SHOWS",
    "Content",
    "Gone",
    "History",
    "Outline",
    "Part",
    "Saying",
    "TooMany",
    "added",
    "advice_of",
    "asked_items",
    "begun",
    "continued",
    "copied",
    "definition_of",
    "duplicated",
    "faults_of",
    "finished",
    "fresh",
    "history_of",
    "is_remade",
    "lines_of",
    "moved",
    "neighbour_of",
    "options_from",
    "options_of",
    "outline_of",
    "piece_of",
    "presentable",
    "put_back",
    "removed",
    "sharing",
    "shown_as",
    "slug_of",
    "updated",
    "with_columns",
    "with_kind",
    "with_options",
]
