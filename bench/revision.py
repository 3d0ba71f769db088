"""Which code was measured, and when."""

import subprocess
from datetime import UTC, datetime

from .judge import ROOT

MADE_BY_US = ("docs/figures", "docs/performance.md", "docs/images")


def git(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)


def description() -> dict[str, object]:
    """``clean``: whether the files are those of the commit, apart from what a run itself writes."""
    commit = git("rev-parse", "--short", "HEAD")
    others = (f":!{path}" for path in MADE_BY_US)
    changed = git("status", "--porcelain", "--", ".", *others)
    is_known = not commit.returncode
    return {
        "ran_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "commit": commit.stdout.strip() if is_known else None,
        "clean": is_known and not changed.stdout.strip(),
    }
