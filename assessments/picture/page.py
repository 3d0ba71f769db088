"""What an owner sees: the picture as it was kept, laid out; nothing is counted here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assessments.models import PracticePicture


@dataclass(frozen=True)
class Page:
    """``due`` are rows with and without a reminder, or one for both; ``reliable`` and
    ``by_convention`` are instruments by what is known of their change."""

    made_at: datetime | None
    is_asked_for: bool
    care: dict[str, Any]
    due: list[dict[str, Any]]
    days: dict[str, Any]
    reliable: list[dict[str, Any]]
    by_convention: list[dict[str, Any]]
    tools: list[dict[str, Any]]


def page_of(user) -> Page:
    picture = PracticePicture.objects.of(user).first() or PracticePicture()
    content = picture.content if picture.made_at else {}
    due = content.get("due", {})
    moved = content.get("moved", ())
    return Page(
        made_at=picture.made_at,
        is_asked_for=picture.is_asked_for,
        care=content.get("care", {}),
        due=[row | {"share": _share(row)} for row in due.get("rows", ())],
        days=due.get("days", {}),
        reliable=[row for row in moved if not row["by_convention"]],
        by_convention=[row for row in moved if row["by_convention"]],
        tools=content.get("tools", []),
    )


def _share(row: dict[str, Any]) -> int | None:
    """Of what was due, how much was answered, in per cent; None where a part of it is hidden."""
    answered, due = row["answered"], row["due"]
    if not isinstance(answered, int) or not isinstance(due, int) or not due:
        return None
    return round(100 * answered / due)
