"""`python -m bench NAME …`: make the ground, measure, print one line of JSON.

What is measured is a module of this package with `measure(ground, words) -> dict`.
"""

import json
import os
import sys
from importlib import import_module

import django
from django.core.management import call_command

from practice.processes import Problem, interrupt_on_stop_signals

from . import machine, revision
from .ground import ground, say

NAMES = ("doors", "reminders", "submit")


def main(words: list[str]) -> int:
    if not words or words[0] not in NAMES:
        say(f"Usage: python -m bench {' | '.join(NAMES)} [--help]")
        return 2
    interrupt_on_stop_signals()
    try:
        with ground() as here:
            about = {"bench": words[0], "machine": machine.description()} | revision.description()
            say("Preparing the database")
            django.setup()
            call_command("prepare", stdout=sys.stderr)
            figures = import_module(f"bench.{words[0]}").measure(here, words[1:])
            about["machine"]["load_after"] = round(os.getloadavg()[0], 2)
            print(json.dumps(about | figures), flush=True)
    except Problem as problem:
        say(f"\n{problem}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
