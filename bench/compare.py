"""`python -m bench.compare REV [--only NAMES] [--turns N] [words for each]`: what got worse.

The code of REV and the present one take turns, each measured by today's `bench/`. Processor time is
compared, because a busy machine changes it least; peers are left out, and what is not our code (a
bare view) is measured all the same: it shows what the machine did meanwhile.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from practice.embedded import make_data_dir
from practice.processes import Problem, interrupt_on_stop_signals

from . import one, order, verdicts
from .ground import PLACE, say
from .judge import ROOT
from .revision import git

# Each bench in as few words as tell something within a minute or two.
A_PAGE = ("--rounds", "2", "--sizes", "10000")
QUICK = {
    "submit": ("--rounds", "2", "--count", "40", "--skip-peer"),
    "pages": (*A_PAGE, "--only", "autosave,today"),
    **dict.fromkeys(order.parts_of("pages"), A_PAGE),
    "reminders": ("--rounds", "2", "--skip-peer", "--scale", "", "--memory", ""),
}
LEAST_TURNS = 3
THEN, NOW = "then", "now"


def main(words: list[str]) -> int:
    asked, for_each = arguments(words)
    interrupt_on_stop_signals()
    try:
        names = _chosen(asked.only.split())
        with code_of(asked.rev) as there:
            found = {name: turns(name, there, asked, for_each) for name in names}
    except Problem as problem:
        say(f"\n{problem}")
        return 2
    except KeyboardInterrupt:
        return 130
    return told(found, asked.rev)


def arguments(words: list[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(prog="bench.compare", description=__doc__, allow_abbrev=False)
    parser.add_argument("rev", help="a commit, a branch or a tag")
    parser.add_argument("--only", default="", help="names, with spaces between")
    parser.add_argument("--turns", type=int, default=LEAST_TURNS, help="of each; more tell more")
    asked, for_each = parser.parse_known_args(words)
    if asked.turns < LEAST_TURNS:
        parser.error(f"with fewer than {LEAST_TURNS} turns nothing can be told")
    return asked, for_each


def _chosen(words: list[str]) -> list[str]:
    quick = [name for name in QUICK if name in order.there() and order.runs_by_itself(name)]
    return order.chosen(words or quick)


# -- the code of then ------------------------------------------------------------------------------
@contextmanager
def code_of(rev: str) -> Iterator[Path]:
    """A folder with it, and with today's bench/ in the place of its own, until the end."""
    commit = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}")
    if commit.returncode:
        said = f"“{rev}” is no commit, branch or tag here." if rev else "Which one?"
        raise Problem(f"{said} As in: make bench-compare REV=HEAD~3")
    make_data_dir(PLACE)
    folder = PLACE / "then"
    _remove(folder)  # of somebody who was killed
    try:
        made = git("worktree", "add", "--detach", "--force", str(folder), commit.stdout.strip())
        if made.returncode:
            raise Problem(f"git: {made.stderr.strip()}")
        shutil.rmtree(folder / "bench", ignore_errors=True)
        shutil.copytree(
            ROOT / "bench", folder / "bench", ignore=shutil.ignore_patterns("__pycache__")
        )
        yield folder
    finally:
        _remove(folder)


def _remove(folder: Path) -> None:
    git("worktree", "remove", "--force", str(folder))
    shutil.rmtree(folder, ignore_errors=True)
    git("worktree", "prune")


# -- turns -----------------------------------------------------------------------------------------
def turns(
    name: str, there: Path, asked: argparse.Namespace, for_each: list[str]
) -> dict[str, list[dict]] | None:
    """Of each side the operations of its turns; None when REV cannot be measured."""
    words = for_each or QUICK.get(name, ())
    done: dict[str, list[dict]] = {THEN: [], NOW: []}
    for number in range(asked.turns):
        order_now = (THEN, NOW) if number % 2 == 0 else (NOW, THEN)
        for side in order_now:
            say(f"{name}, turn {number + 1} of {asked.turns}: {_called(side, asked.rev)}")
            log = PLACE / f"{name}-{side}.log"
            try:
                line = one.measured(name, *words, root=there if side == THEN else ROOT, log=log)
            except one.NoFigures as problem:
                if side == THEN and not done[THEN]:
                    say(
                        f"  {name} cannot be measured at {asked.rev}, and is left out: {_last(log)}"
                    )
                    return None
                raise Problem(f"{problem} {_called(side, asked.rev)}: {_last(log)}") from None
            done[side].append(json.loads(line)["operations"])
    return done


def _called(side: str, rev: str) -> str:
    return rev if side == THEN else "as it is now"


def _last(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


# -- what is told ----------------------------------------------------------------------------------
def told(found: dict[str, dict | None], rev: str) -> int:
    compared = {name: verdicts.compared(*each.values()) for name, each in found.items() if each}
    for name, rows in compared.items():
        print(f"\n{name}: processor time of one, ms, {rev} → now")
        for row in rows:
            print(f"  {row}")
    worse = [row for rows in compared.values() for row in rows if row.verdict == verdicts.WORSE]
    if not compared:
        say("\nNothing could be compared.")
        return 2
    print(f"\n{len(worse)} got worse by more than 10 %." if worse else "\nNothing got worse.")
    if any(row.verdict == verdicts.UNTOLD for rows in compared.values() for row in rows):
        print("What cannot be told needs a quieter machine, or more turns: TURNS=6.")
    return int(bool(worse))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
