"""A real web server for the tests, and clients who answer over HTTP and keep a ledger.

What a page would do is done by hand: it posts what was typed in the background (``X-Keep``), sends
the entry, and tries again whatever had no answer of ours. The ledger knows only what was told.
"""

import os
import random
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import requests
from django.conf import settings

from assessments.models import Response
from practice.launch.place import free_port
from practice.launch.start import answers
from practice.processes import Child, Group
from tests.conftest import as_user
from tests.workers import ROOT, as_the_app, until

WEB = (
    "granian --interface wsgi --no-ws --host 127.0.0.1 --workers 2 --blocking-threads 4 "
    "--respawn-failed-workers --respawn-interval 0.5 --workers-kill-timeout 25"
)
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
WAITS = 20  # seconds for one answer


class Web:
    """As in the Dockerfile: one that listens, and two that work."""

    def __init__(self, group: Group, folder: Path, **env: str) -> None:
        self.group, self.folder, self.env, self.count = group, folder, env, 0
        self.port = free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.count += 1
        command = [sys.executable, "-m", *WEB.split(), "--port", str(self.port)]
        self.child: Child = self.group.spawn(
            "web",
            [*command, "practice.wsgi:application"],
            log=self.folder / "log" / f"web-{self.count}.log",
            env=os.environ | as_the_app() | {"SITE_URL": self.url, "DEVELOPMENT": "1"} | self.env,
            cwd=ROOT,
        )

    def is_up(self) -> None:
        until(lambda: answers(self.port), f"the web server answers\n{self.child.last_lines()}")

    def workers(self) -> list[int]:
        asked = ["/bin/ps", "-o", "pid=", "--ppid", str(self.child.process.pid)]
        said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
        return [int(pid) for pid in said.split()]

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.child.signal(signal.SIGTERM)
        code = self.child.process.wait(60)
        self._forget()
        return code

    def kill(self) -> None:
        """SIGKILL, to all of it: a power cut."""
        self._forget()

    def _forget(self) -> None:
        self.child.end()
        self.child.kill_group()
        self.group.children.remove(self.child)


@dataclass
class Told:
    """What the server has said of one entry."""

    kept: int = -1  # up to which version of its words
    is_sent: bool = False
    versions: list[str] = field(default_factory=list)


class Client(threading.Thread):
    """Somebody with a phone: types, and sends, one entry after the other. Of several servers, a
    balancer takes any."""

    def __init__(self, number: int, webs: list[Web], user, occurrence_id, stop) -> None:
        super().__init__(daemon=True, name=f"client-{number}")
        self.number, self.webs, self.user_id, self.stopped = number, webs, str(user.pk), stop
        self.page = f"/me/{occurrence_id}/new/"
        self.draw = random.Random(number)
        self.line = requests.Session()
        self.line.trust_env = False
        self.cookie = as_user(user).cookies[settings.SESSION_COOKIE_NAME].value
        self.line.cookies.set(settings.SESSION_COOKIE_NAME, self.cookie)
        self.told: dict[str, Told] = {}
        self.counts: Counter[str] = Counter()
        self.lies: list[str] = []  # a success that is none of ours
        self.broke = ""

    def run(self) -> None:
        try:
            while not self.stopped.is_set():
                self.writes_an_entry()
        except Exception as error:  # noqa: BLE001 - told by the test
            self.broke = f"{type(error).__name__}: {error}"

    def writes_an_entry(self) -> None:
        form = self.opens()
        if form is None:
            return
        told = self.told.setdefault(form["once"], Told())
        for _ in range(self.draw.randint(0, 3)):
            self.types(told, form)
            if self.posts(form, keeps=True):
                told.kept = len(told.versions) - 1
        self.types(told, form)
        while not self.stopped.is_set():
            if self.posts(form, keeps=False):
                told.kept, told.is_sent = len(told.versions) - 1, True
                return
            self.waits()

    def opens(self) -> dict[str, str] | None:
        answer = self.asks("GET", self.page)
        if answer is None:
            self.waits()
            return None
        if answer.status_code >= 500:
            self.counts["refused"] += 1
            self.waits()
            return None
        assert answer.status_code == 200, f"{self.page}: {answer.status_code}"
        return dict(FIELD.findall(answer.text)) | {"minutes": "10", "enjoyment": "5"}

    def types(self, told: Told, form: dict[str, str]) -> None:
        words = f"Client {self.number}, {form['once']}, version {len(told.versions)}"
        told.versions.append(words)
        form["activity"] = words

    def posts(self, form: dict[str, str], *, keeps: bool) -> bool:
        """Whether we were told that it is there. All else has to say so, or say nothing."""
        headers = {"X-Who": self.user_id} | ({"X-Keep": "1"} if keeps else {})
        answer = self.asks("POST", self.page, data=form, headers=headers)
        if answer is None:
            return False
        if answer.status_code == 204 and "X-Keep" in answer.headers:
            self.counts["kept" if keeps else "sent"] += 1
            return True
        if answer.status_code < 400:
            self.lies.append(f"{answer.status_code} {answer.headers}")
        self.counts[f"refused {answer.status_code}"] += 1
        return False

    def asks(self, method: str, path: str, **what):
        self.counts["requests"] += 1
        try:
            return self.line.request(
                method,
                self.draw.choice(self.webs).url + path,
                timeout=WAITS,
                allow_redirects=False,
                **what,
            )
        except requests.RequestException as error:
            self.counts[f"no answer {type(error).__name__}"] += 1
            return None

    def waits(self) -> None:
        self.stopped.wait(self.draw.uniform(0.1, 0.5))

    def wrongs(self) -> list[str]:
        """Held against the database: what was told and is not so."""
        rows: dict[str, list[Response]] = {}
        mine = Response.objects.filter(occurrence__client__user=self.user_id)
        ended = set(mine.ended().values_list("pk", flat=True))
        for row in mine:
            for once in self.told:
                if once in str(row.answers.get("activity")):
                    rows.setdefault(once, []).append(row)
        found = []
        for once, told in self.told.items():
            there = rows.get(once, [])
            if len(there) > 1:
                found.append(f"{once}: stored {len(there)} times")
            if told.kept < 0:
                continue
            words = there[0].answers["activity"] if there else None
            if words not in told.versions[told.kept :]:
                found.append(f"{once}: told up to {told.kept}, there is {words}")
            elif told.is_sent and there[0].pk not in ended:
                found.append(f"{once}: told that it was sent, and it is a draft")
        return found
