"""How backups are called, and which of them are kept."""

import re
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

NAME = re.compile(r"trellis-(\d{4}-\d\d-\d\dT\d{6}Z)\.backup")
STAMP = "%Y-%m-%dT%H%M%SZ"
UNFINISHED = ".unfinished"  # after the name: is being written or tried, or whoever did so died
DOUBTFUL = ".doubtful"  # could not be tried, or does not hold; there is one of these, the newest
DAY = timedelta(days=1)
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


def is_due(folder: Path, now: datetime) -> bool:
    """One a day. One from a clock that went ahead says nothing about today."""
    return not any(now - DAY < moment <= now for moment in in_folder(folder).values())


def with_end(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def remove_left_over(folder: Path) -> None:
    """Of those who were killed while they wrote."""
    for path in folder.glob(f"trellis*{UNFINISHED}"):
        if path.stat().st_mtime < time.time() - DAY.total_seconds():
            path.unlink(missing_ok=True)


def put_aside(path: Path) -> None:
    """In the place of the one that was put aside before."""
    for older in path.parent.glob(f"*{DOUBTFUL}"):
        older.unlink()
    path.rename(path.with_name(path.name.removesuffix(UNFINISHED) + DOUBTFUL))


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
