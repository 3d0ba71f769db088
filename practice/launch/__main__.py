import sys

from practice.processes import Problem, interrupt_on_stop_signals

from .place import Place
from .restore import restore
from .start import reset, start

USAGE = "Usage: python -m practice.launch demo | run | reset | restore BACKUP|--drop-before"


def main(arguments: list[str]) -> int:
    is_restore = len(arguments) == 2 and arguments[0] == "restore"
    if arguments not in (["demo"], ["run"], ["reset"]) and not is_restore:
        print(USAGE, file=sys.stderr)
        return 2
    interrupt_on_stop_signals()
    try:
        place = Place.from_environment(arguments[0])
        if is_restore:
            restore(place, arguments[1])
        else:
            reset(place) if place.command == "reset" else start(place)
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The data is kept.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
