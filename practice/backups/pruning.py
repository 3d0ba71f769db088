"""How backups are called, and which of them are kept."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

NAME = re.compile(r"trellis-(\d{4}-\d\d-\d\dT\d{6}Z)\.backup")
STAMP = "%Y-%m-%dT%H%M%SZ"
KEYS = "trellis.keys"  # beside them, one for all of them: written over by each backup
RULE = re.compile(r"(\d{1,4})([dwm])")
PERIODS = {
    "d": lambda at: at.date(),
    "w": lambda at: at.isocalendar()[:2],
    "m": lambda at: (at.year, at.month),
}


def name_at(moment: datetime) -> str:
    return f"trellis-{moment.astimezone(UTC):{STAMP}}.backup"


def moment_of(path: Path) -> datetime | None:
    """When it was taken; None for what is no backup of ours."""
    found = NAME.fullmatch(path.name)
    return datetime.strptime(found[1], STAMP).replace(tzinfo=UTC) if found else None


def in_folder(folder: Path) -> dict[Path, datetime]:
    """The newest first."""
    found = {path: moment_of(path) for path in folder.glob("*.backup")}
    dated = {path: moment for path, moment in found.items() if moment}
    return dict(sorted(dated.items(), key=lambda each: each[1], reverse=True))


def read_rule(text: str) -> list[tuple[int, str]]:
    """``7d,4w,12m``: the newest of each of the last seven days with one, four weeks, a year.
    Raises ValueError."""
    parts = [RULE.fullmatch(part.strip()) for part in text.split(",")]
    if not all(parts):
        raise ValueError("Say how many days, weeks and months, as in 7d,4w,12m.")
    return [(int(part[1]), part[2]) for part in parts if part]


def to_remove(moments: Iterable[datetime], rule: list[tuple[int, str]]) -> set[datetime]:
    """What the rule does not keep. The newest stays in any case, and whatever is from a clock that
    went ahead counts like the others: only the order of backups decides, not today's date."""
    newest_first = sorted(moments, reverse=True)
    kept = set(newest_first[:1])
    for count, unit in rule:
        of_period: dict[object, datetime] = {}
        for moment in newest_first:
            of_period.setdefault(PERIODS[unit](moment), moment)
        kept |= set(list(of_period.values())[:count])
    return set(newest_first) - kept


def prune(folder: Path, rule: list[tuple[int, str]]) -> list[Path]:
    found = in_folder(folder)
    gone = to_remove(found.values(), rule)
    removed = [path for path, moment in found.items() if moment in gone]
    for path in removed:
        path.unlink()
    return removed
