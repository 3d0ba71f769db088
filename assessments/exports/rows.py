"""The two tables that people compute with: a row a response, and a row a score."""

from datetime import UTC, date, datetime
from decimal import Decimal

from .answers import cells
from .records import Measured, Record, Words

Value = str | int | Decimal | date | datetime | bool | None

IDENTITY = (
    "response",
    "client",
    "episode",
    "activity",
    "version",
    "validation",
    "occasion",
    "entry",
    "revision",
    "mode",
)
ABOUT_A_RESPONSE = (*IDENTITY, "sent_at", "filled_on")
OF_A_SCORE = (
    *IDENTITY,
    "taken_at",
    "scale",
    "title",
    "about",
    "value",
    "answered",
    "missing",
    "provisional",
    "engine",
    "band",
)


def columns_of(versions: list[Words]) -> list[str]:
    """One for each question that any of ``versions`` asks, in their order."""
    names = (f"{each.prefix}__{item.id}" for each in versions for item in each.definition.items)
    return list(dict.fromkeys(names))


def response_row(record: Record, columns: list[str], *, with_words: bool) -> list[Value]:
    words = record.words
    given = cells(words.definition, record.response.answers, with_words=with_words)
    by_column = {f"{words.prefix}__{item_id}": value for item_id, value in given.items()}
    facts = (*_identity(record), _utc(record.response.submitted_at), record.response.filled_on)
    return [*facts, *(by_column.get(column) for column in columns)]


def _identity(record: Record) -> tuple[Value, ...]:
    """As IDENTITY names them."""
    response, words = record.response, record.words
    return (
        record.name,
        record.client,
        record.episode,
        words.definition.slug,
        words.version.number,
        words.label,
        record.occasion,
        response.number,
        response.revision,
        response.mode,
    )


def score_row(measured: Measured) -> list[Value]:
    score, scale = measured.score, measured.scale
    return [
        *_identity(measured.record),
        _utc(score.taken_at),
        score.scale,
        scale.title if scale else None,
        score.about or None,
        score.value,
        score.answered,
        score.missing,
        score.provisional,
        score.engine,
        "; ".join(measured.bands()) or None,
    ]


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
