"""`python -m bench.servers_alone`: what `make demo` has when it is ready, and nothing made.

The same servers by the same verbs, on data that a demo has left behind, until Ctrl-C: the floor
under a warm start. PORT and DATA_DIR as there.
"""

import os
import sys
from contextlib import ExitStack

from practice import embedded
from practice.launch.place import Place
from practice.launch.start import environment, start_mailbox, start_web, wait_for_answers
from practice.processes import Group, interrupt_on_stop_signals, watch


def main() -> int:
    interrupt_on_stop_signals()
    try:
        with ExitStack() as stack:
            os.umask(0o077)
            place = Place.from_environment("demo")
            stack.enter_context(place.alone())
            env, ground, apps = environment(place), Group(), Group()
            mail_answers = start_mailbox(ground, place, env)
            env |= stack.enter_context(embedded.servers(place.data_dir, group=ground))
            stack.enter_context(apps)
            start_web(apps, place, env)
            wait_for_answers(place, (ground, apps), mail_answers)
            print(f"READY {place.url}", flush=True)
            watch(ground, apps)
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
