"""`python -m bench.every [--only NAMES] [words for each]`: one after the other, each a process of
its own, and then the page anew. What fails is told at the end and takes nothing from the others."""

import argparse
import sys

from practice.processes import Problem, interrupt_on_stop_signals

from . import one, order, report
from .ground import say


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench.every", description=__doc__, allow_abbrev=False)
    parser.add_argument("--only", default="", help="names, with spaces between")
    asked, for_each = parser.parse_known_args(words)
    interrupt_on_stop_signals()
    try:
        failed = [name for name in order.chosen(asked.only.split()) if not keep(name, for_each)]
        report.write()
    except Problem as problem:
        say(f"\n{problem}")
        return 1
    except KeyboardInterrupt:
        return 130
    if failed:
        say(f"\nFailed, so that their former figures stand: {', '.join(failed)}")
    return bool(failed)


def keep(name: str, words: list[str]) -> bool:
    say(f"\n== {name}")
    try:
        line = one.measured(name, *words)
    except one.NoFigures as problem:
        say(str(problem))
        return False
    report.FIGURES.mkdir(exist_ok=True)
    (report.FIGURES / f"{name}.json").write_text(line + "\n")
    for part in order.parts_of(name):  # measured again, as part of the whole
        (report.FIGURES / f"{part}.json").unlink(missing_ok=True)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
