import sys

from practice.processes import Problem, interrupt_on_stop_signals

from .place import Place
from .start import reset, start

USAGE = "Usage: python -m practice.launch demo | run | reset"


def main(arguments: list[str]) -> int:
    if arguments not in (["demo"], ["run"], ["reset"]):
        print(USAGE, file=sys.stderr)
        return 2
    interrupt_on_stop_signals()
    try:
        place = Place.from_environment(arguments[0])
        reset(place) if place.command == "reset" else start(place)
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The data is kept.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
