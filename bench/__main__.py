"""`python -m bench NAME …`: make the ground, measure, print one line of JSON.

What is measured is a module of this package with `measure(ground, words) -> dict`; which one, says
`bench/order.py`.
"""

import json
import os
import sys
from importlib import import_module

import django
from django.core.management import call_command

from practice.processes import Problem, interrupt_on_stop_signals

from . import machine, order, revision
from .ground import ground, say


def main(words: list[str]) -> int:
    names = order.there()
    if not words or words[0] not in names:
        say(f"Usage: python -m bench {' | '.join(names)} [--help]")
        return 2
    name, bench = words[0], order.BENCHES[words[0]]
    interrupt_on_stop_signals()
    try:
        with ground() as here:
            about = {"bench": name, "machine": machine.description()} | revision.description()
            say("Preparing the database")
            django.setup()
            call_command("prepare", stdout=sys.stderr)
            figures = import_module(f"bench.{bench.module}").measure(
                here, [*bench.words, *words[1:]]
            )
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
