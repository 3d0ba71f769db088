"""A web server by itself, for several stories in a row: nobody here waits for a worker."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from practice.launch.place import free_port
from practice.launch.start import WEB, answers
from practice.processes import Group
from tests.workers import ROOT, as_the_app, until


@contextmanager
def web_server() -> Iterator[str]:
    """Its address; on the database of the tests."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    folder = Path(tempfile.mkdtemp(prefix="trellis-web-"))
    env = {"SITE_URL": url, "DEVELOPMENT": "1"} | as_the_app()
    with Group(grace=2) as group:
        web = group.spawn(
            "web",
            [sys.executable, "-m", *WEB.split(), "--port", str(port), "practice.wsgi:application"],
            log=folder / "web.log",
            env=os.environ | env,
            cwd=ROOT,
        )
        until(lambda: answers(port), f"the web server answers\n{web.last_lines()}")
        yield url
    shutil.rmtree(folder, ignore_errors=True)
