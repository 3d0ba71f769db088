"""Bring a backup of `make run` back, with nothing but its database running."""

import sys
from pathlib import Path

from practice import embedded
from practice.processes import Group, Problem

from .place import BASE_DIR, Place
from .progress import say
from .start import environment

DROP = "--drop-before"


def restore(place: Place, what: str) -> None:
    """A backup; or what an earlier one has replaced goes."""
    commands = [["restore", DROP]]
    if what != DROP:
        commands = [["restore", str(Path(what).resolve())], ["prepare"]]
    if not (place.data_dir / "keys.json").exists():
        raise Problem(
            f"The backup opens only with its keys: put keys.json into {place.data_dir} first."
        )
    with place.alone(), embedded.servers(place.data_dir, valkey=False) as servers, Group() as work:
        env = environment(place) | servers
        for command in commands:
            child = work.spawn(
                command[0],
                [sys.executable, "manage.py", *command],
                log=place.log_dir / f"{command[0]}.log",
                env=env,
                cwd=BASE_DIR,
                read=True,
            )
            for line in child.process.stdout or ():
                say(line.decode())
            if child.process.wait() != 0:
                raise Problem(child.last_lines(3))
