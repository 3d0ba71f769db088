"""Words about clients, planted wherever they can be written, stand in clear nowhere.

With a real web server, worker, broker and mail. ``make test`` plants those of a few clients,
``make test-full`` a thousand (CANARIES).

What does stand in clear, and is searched for by itself: the address by which somebody signs in, in
the one column that finds them, and in the head of a letter to them. A letter says what the practice
and the client chose (docs/messages.md), and never a word about or by a client.
"""

import logging
import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import redis
import requests
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.models import Delivery, Export
from practice.embedded import places, programs
from practice.ids import uuid7
from practice.launch.place import free_port
from practice.launch.start import WEB, answers
from practice.models import Knock
from tests import workers
from tests.conftest import as_user, make_practice, make_staff
from tests.smtp import Sink
from tests.workers import ROOT, as_the_owner, crew, until

from .planting import Words, invited, plant
from .searching import Search

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
WANTED = int(os.environ.get("CANARIES") or 100)
APPLICATION = "practice.wsgi:application"
ADDRESSES_MAY_STAND_IN = {"practice_user"}


@contextmanager
def written_down(line, path: Path):
    """All that anybody says to the broker, and what it holds in the end."""
    over, begun = threading.Event(), threading.Event()

    def listen():
        patient = redis.Redis(unix_socket_path=str(line), socket_timeout=None)
        with patient, patient.monitor() as monitor:
            begun.set()
            with path.open("wb") as file:
                while not over.is_set():
                    file.write(repr(monitor.next_command()).encode() + b"\n")

    thread = threading.Thread(target=listen)
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        over.set()
        with redis.Redis(unix_socket_path=str(line)) as last:
            last.ping()  # so that there is one more thing to hear
            thread.join()
            with path.open("ab") as file:
                for key in last.scan_iter():
                    file.write(key + b" " + (last.dump(key) or b"") + b"\n")


class Person:
    """Somebody at a browser of their own, who is signed in or not."""

    def __init__(self, url: str, user=None) -> None:
        self.url, self.line = url, requests.Session()
        self.line.trust_env = False
        if user:
            self.line.cookies.set("s", as_user(user).cookies["s"].value)

    def opens(self, path: str) -> str:
        answer = self.line.get(self.url + path, timeout=workers.PATIENCE)
        assert answer.status_code < 500, answer.text[:500]
        return answer.text

    def sends(self, path: str, page: str | None = None, **fields) -> int:
        text = self.opens(page or path)
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))
        answer = self.line.post(
            self.url + path,
            hidden | fields,
            headers={"Referer": self.url},
            allow_redirects=False,
            timeout=workers.PATIENCE,
        )
        return answer.status_code

    def leaves(self) -> None:
        self.line.close()


def on_pages(words, site: str, clinician, client) -> None:
    """What somebody types, searches for, mistypes and opens."""
    at_desk, at_phone, nobody = Person(site, clinician), Person(site, client.user), Person(site)
    assert at_phone.sends(reverse("clients:plan"), signs=words(), helps=words(), people="") < 400
    response = client.responses.latest("pk")
    page = reverse("assessments:response", args=[response.pk])
    assert words.mark in at_desk.opens(page)
    feedback = reverse("assessments:feedback", args=[response.pk])
    assert at_desk.sends(feedback, page, words=words()) < 400
    session = client.sessions.get()
    sheet = reverse("assessments:sheet", args=[session.pk])
    assert at_desk.sends(sheet, points=words(), note=words()) < 400
    for path in ("assessments:today", "clients:caseload"):
        at_desk.opens(f"{reverse(path)}?q={words()}")
    at_desk.sends(reverse("clients:client_add"), preferred_name=words(), email="no address")
    nobody.sends(reverse("account_login"), login=words.address(), password=words())
    nobody.sends(reverse("account_request_login_code"), email=client.email)
    nobody.opens(f"/l/{words()}/")
    for person in (at_desk, at_phone, nobody):
        person.leaves()


def web(people) -> str:
    """Its address."""
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    people.group.spawn(
        "web",
        [sys.executable, "-m", *WEB.split(), "--port", str(port), APPLICATION],
        log=people.folder / "log" / "web.log",
        env=people.env | {"SITE_URL": site},
        cwd=ROOT,
    )
    until(lambda: answers(port), "the web server answers")
    return site


def all_is_done(many: int) -> bool:
    return (
        Delivery.objects.filter(ended_at__isnull=False).count() >= many
        and not Export.objects.filter(done_at=None).exists()
        and not Knock.objects.filter(ended_at=None).exists()
    )


def copied(folder: Path, place: Path) -> Path:
    return Path(shutil.copytree(folder, place))


def ask_for_files(client, clinician, now):
    for by, kind in ((clinician, "tables"), (client.user, "own_table")):
        actions.ask_for_export(client, kind=kind, with_words=True, once=uuid7(), by=by, now=now)


def dump(folder: Path) -> Path:
    path = folder / "dump.sql"
    program = places.runnable(programs.postgres()) / "pg_dump"
    subprocess.run([program, "--file", path, as_administrator()], check=True)
    return path


def as_administrator() -> str:
    """Past the wall, to every page of every file."""
    return re.sub(r"//[^@/]*@", "//postgres@", as_the_owner()["DATABASE_OWNER_URL"], count=1)


def files_of_the_server() -> list[Path]:
    """Those of this database and those of all, written down to the last page."""
    with psycopg.connect(as_administrator(), autocommit=True) as line:
        line.execute("CHECKPOINT")
        name = connection.settings_dict["NAME"]
        row = line.execute("SELECT oid FROM pg_database WHERE datname = %s", [name]).fetchone()
        folder = Path(line.execute("SHOW data_directory").fetchone()[0])
    return [folder / "base" / str(row[0]), folder / "global", folder / "pg_wal"]


def tables_with(search: Search, path: Path) -> set[str]:
    found, table = set(), ""
    for line in path.read_bytes().splitlines():
        if line.startswith(b"COPY public."):
            table = line.split()[1].decode().removeprefix("public.")
        if search.is_in(line):
            found.add(table)
    return found


def backed_up(folder: Path, env) -> Path:
    """A backup as `manage.py backup` writes it."""
    place = folder / "backup"
    command = [sys.executable, "manage.py", "backup", "--to", place]
    subprocess.run(command, cwd=ROOT, env=env | as_the_owner(), check=True)
    assert any(place.glob("*.backup"))
    return place


def test_no_word_about_a_client_stands_in_clear_anywhere(tmp_path, caplog):
    words, now = Words(), timezone.now()
    caplog.set_level(logging.INFO)
    clinician = make_staff(make_practice(also_clinician=False), "Clara", "clinician")
    clients = plant(words, clinician, wanted=WANTED, now=now - timedelta(days=5))
    many = len(clients)
    with Sink() as sink, crew(sink.url, DEVELOPMENT="1", EXPORTS_SECONDS="0.5") as people:
        with written_down(people.broker.server.socket, tmp_path / "broker"):
            site = web(people)
            people.ready(people.worker(), people.beat())
            ask_for_files(clients[0], clinician, now)
            on_pages(words, site, clinician, clients[0])
            until(lambda: all_is_done(many), "files are made and letters are sent")
            late = invited(words, clinician, now=timezone.now())
            sink.refuse_recipient = f"550 {late.email} is nobody here"
            stranger = Person(site)
            stranger.sends(reverse("account_request_login_code"), email=clients[1].email)
            stranger.leaves()
            until(lambda: all_is_done(many + 1), "the refusal is noted")
        letters = [letter.mail.as_bytes() for letter in sink.letters]
        logs = copied(people.folder / "log", tmp_path / "log")
    (logs / "this-process.log").write_text(caplog.text)
    for number, letter in enumerate(letters):
        (tmp_path / f"letter-{number}").write_bytes(letter)
    assert b"assessments.tasks.sweep" in (tmp_path / "broker").read_bytes()  # all was written down
    assert words.count >= WANTED
    assert len(letters) > many

    server = files_of_the_server()
    dumped = dump(tmp_path)
    told = [tmp_path / "broker", logs, Path(os.environ["DATA_DIR"]) / "log"]
    secret, address = Search(words.mark), Search(words.addresses)
    assert [
        found
        for place in [tmp_path, *server, *told, backed_up(tmp_path, people.env)]
        for found in secret.below(place)
    ] == []
    # The search works where something stands: an address is found in the one column it may be in.
    assert tables_with(address, dumped) == ADDRESSES_MAY_STAND_IN
    assert [found for place in server for found in address.below(place)]
    assert [found for place in told for found in address.below(place)] == []
    for letter in sink.letters:
        assert not address.in_bytes(letter.text.encode())
