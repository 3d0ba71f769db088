"""A real PostgreSQL and a real broker for the tests, loaded with `-p tests.embedded_plugin`.

A plugin and not a conftest, because the settings are loaded before any conftest. Only the process
that controls the run starts servers; xdist's workers inherit its environment.
"""

import base64
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from practice import embedded
from practice.processes import Problem

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
FIXED = {
    "SECRET_KEY": "only for tests, " * 4,
    "FIELD_KEYS": "test:" + base64.b64encode(b"only for tests, ".ljust(32, b".")).decode(),
    "DEVELOPMENT": "0",
    "DEBUG": "0",
    "SITE_URL": "http://testserver",
    "SETUP_CODE": "",
    "MAILBOX_DIR": "",
    "SECURE_SSL_REDIRECT": "0",
    "LOG_LEVEL": "WARNING",
    # The tests make and look at rows of all practices, as the owner of the tables; what a page, a
    # task or another process does is behind the wall like theirs.
    "AS_OWNER": "1",
}


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """As a wrapper it comes before pytest-django, which loads the settings in this very hook."""
    if WORKER:
        use_own_broker_database()
        use_own_static_files()
    else:
        os.environ.update(FIXED)
        stack = ExitStack()
        early_config.add_cleanup(stack.close)
        try:
            start(stack)
        except Problem as problem:
            raise pytest.UsageError(str(problem)) from None
    return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: a good part of the time goes by in waiting, for a
    browser, for a lease to run out, for another beat to take over."""
    return (os.cpu_count() or 1) + 1


def start(stack: ExitStack) -> None:
    folder = Path(tempfile.mkdtemp(prefix="trellis-tests-"))
    folder.chmod(0o711)  # run by root, PostgreSQL is `nobody` and passes through
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    stack.callback(embedded.remove, folder)
    os.environ["DATA_DIR"] = str(folder)
    static = folder / "static"
    static.mkdir()
    os.environ["STATIC_ROOT"] = str(static)
    os.environ.update(stack.enter_context(embedded.servers(folder, durable=False)))


def use_own_broker_database() -> None:
    """Two workers must not take each other's tasks: one numbered database each."""
    url = os.environ["REDIS_URL"]
    if url.startswith("redis+socket:") and "?" not in url:
        os.environ["REDIS_URL"] = f"{url}?virtual_host={int(WORKER.removeprefix('gw')) % 16}"


def use_own_static_files() -> None:
    """Two workers that collect them at the same moment take each other's away."""
    static = Path(f"{os.environ['STATIC_ROOT']}-{WORKER}")
    static.mkdir(exist_ok=True)
    os.environ["STATIC_ROOT"] = str(static)
