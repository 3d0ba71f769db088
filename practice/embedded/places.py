"""Folders and accounts: where the servers may live, and as whom they may run.

PostgreSQL refuses to run as root. Root therefore runs it as `nobody`, who often cannot look into
a home folder: then the program is copied, and the data kept, below /var/tmp.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from practice.processes import Problem

# Sockets: their paths may have 107 bytes at most.
SHORT = Path("/tmp")  # noqa: S108 # nosec B108 # 2026-11-29: a folder within, shut to others
SHARED = Path("/var/tmp")  # noqa: S108 # nosec B108 # 2026-11-29: the same


@cache
def server_account() -> dict[str, Any]:
    """Arguments for subprocess: nothing for a normal user, `nobody` for root."""
    if os.geteuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Problem(
            "PostgreSQL refuses to run as root and there is no account `nobody`: "
            "run this as a normal user."
        ) from None
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def give(folder: Path) -> None:
    """Hand a folder to the account that the servers run as, closed to everyone else."""
    account = server_account()
    if account:
        os.chown(folder, account["user"], account["group"])
    folder.chmod(0o700)


def reachable(path: Path) -> bool:
    account = server_account()
    if not account:
        return True
    question = ["/usr/bin/env", "test", "-x", str(path)]
    asked = subprocess.run(question, cwd="/", check=False, **account)
    return asked.returncode == 0


def name_for(path: Path) -> str:
    """The same for the same path and person, so that a second start finds it again."""
    return "trellis-" + hashlib.sha256(f"{os.geteuid()}:{path}".encode()).hexdigest()[:12]


def private_folder(folder: Path, owner: int, mode: int) -> None:
    """Make a folder where everyone may write, or make sure that the one there is ours."""
    folder.mkdir(mode=mode, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), owner}:
        raise Problem(f"{folder} belongs to somebody else: remove it and start again.")
    folder.chmod(mode)


@contextmanager
def sockets(data_dir: Path) -> Iterator[Path]:
    folder = SHORT / name_for(data_dir)
    private_folder(folder, server_account().get("user", os.geteuid()), 0o700)
    give(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_data_dir(data_dir: Path) -> None:
    """Private; but where another account runs PostgreSQL, that one may pass through."""
    data_dir.mkdir(mode=0o711 if server_account() else 0o700, parents=True, exist_ok=True)


def data_folder(data_dir: Path) -> Path:
    """Where PostgreSQL keeps its files: in the data folder, or where `nobody` can reach them."""
    if reachable(data_dir):
        return data_dir / "postgres"
    folder = SHARED / name_for(data_dir)
    private_folder(folder, os.geteuid(), 0o755)
    return folder / "postgres"


def runnable(programs: Path) -> Path:
    """The folder with PostgreSQL's programs, or a copy that `nobody` can run."""
    if reachable(programs / "postgres"):
        return programs
    tree, package = programs.parent, programs.parent.parent
    stamp = (programs / "postgres").stat()
    folder = SHARED / f"{name_for(tree)}-{stamp.st_size}-{int(stamp.st_mtime)}"
    if not folder.exists():
        unfinished = folder.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        private_folder(unfinished, os.geteuid(), 0o755)
        copy_readable(tree, unfinished / package.name / tree.name)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            copy_readable(libraries, unfinished / libraries.name)
        unfinished.rename(folder)
    private_folder(folder, os.geteuid(), 0o755)
    return folder / package.name / tree.name / programs.name


def copy_readable(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o755, exist_ok=True)
    target.parent.chmod(0o755)
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if executable else 0o644)


def remove(data_dir: Path) -> None:
    for folder in (SHARED / name_for(data_dir), SHORT / name_for(data_dir)):
        if folder.exists():
            private_folder(folder, server_account().get("user", os.geteuid()), 0o700)
            shutil.rmtree(folder)
    for name in ("postgres", "postgres.new", "valkey"):
        if (data_dir / name).exists():
            shutil.rmtree(data_dir / name)
