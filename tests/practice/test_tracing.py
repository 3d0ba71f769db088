"""One request, one number, also in the worker; and no line says who somebody is."""

import io
import json
import logging
import re

import pytest
from celery import signals
from django.core import mail
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments import actions, calls, reminders
from clients import actions as care
from practice import celery_app, knocks, tracing
from practice.logs import JsonLine, MaskTokens, TextLine
from tests.conftest import (
    PASSWORD,
    answer_all,
    as_user,
    clear,
    freshly,
    give,
    join,
    make_client,
    make_practice,
)


@pytest.fixture
def lines(monkeypatch):
    """What production would write down, from the very handler that it has."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.addFilter(MaskTokens())
    handler.setFormatter(JsonLine())
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.django_db
def test_a_request_says_its_page_its_number_and_who_acted(owner, lines):
    response = as_user(owner).get("/practice/?secret=1")
    [line] = [each for each in lines() if each["logger"] == "practice.request"]
    assert line["request"] == response.headers["X-Request-ID"]
    assert (line["page"], line["status"]) == ("practice", 200)
    assert (line["actor"], line["practice"]) == (str(owner.pk), str(owner.practice_id))
    assert "secret" not in json.dumps(line)


@pytest.mark.django_db
def test_a_request_says_how_often_it_asked_the_database(owner, lines):
    browser = as_user(owner)
    with CaptureQueriesContext(connection) as asked:
        browser.get("/practice/")
    [line] = [each for each in lines() if each["logger"] == "practice.request"]
    assert line["statements"] == len(asked) > 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "proxies", "is_taken"),
    [
        ("4bf92f3577b34da6a3ce929d0e0e4736", 1, True),
        ("4bf92f3577b34da6a3ce929d0e0e4736", 0, False),
        ("Sam Ortega was here", 1, False),
        ("short", 1, False),
        ("x" * 65, 1, False),
    ],
)
def test_the_number_comes_from_our_proxy_or_from_us(settings, given, proxies, is_taken):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    response = Browser().get("/healthz/live", headers={"X-Request-ID": given})
    got = response.headers["X-Request-ID"]
    assert (got == given) == is_taken
    assert tracing.WELL_FORMED.fullmatch(got)
    assert tracing.facts() == {}


def test_the_worker_writes_under_the_number_of_the_request(lines):
    """Through the message itself: what is put into it, and what a worker takes out."""

    @celery_app.task(name="tests.say")
    def say():
        logging.getLogger("tests").info("done")

    message = {}
    token = tracing.number.set("a-request-of-somebody")
    tracing.put_into(headers=message)
    tracing.number.reset(token)
    say.push_request(**message)  # as a worker does with what stands in the message
    signals.task_prerun.send(sender=say, task_id="the-task-itself")
    say()
    signals.task_postrun.send(sender=say, task_id="the-task-itself")
    say.pop_request()
    [line] = [each for each in lines() if each["message"] == "done"]
    assert (line["task"], line["request"]) == ("tests.say", "a-request-of-somebody")
    assert tracing.facts() == {}


def test_a_line_to_read_along_says_the_same():
    record = logging.LogRecord("practice", logging.INFO, "", 1, "GET %s", ("today",), None)
    record.actor = "an-id"
    token = tracing.number.set("a-number")
    assert (
        TextLine().format(record).endswith("INFO practice GET today request=a-number actor=an-id")
    )
    tracing.number.reset(token)


NAMES = ("Sam", "Ortega", "Olga", "At the Mill")
WORDS = ("no calls after nine", "what i wrote", "asked")


@pytest.mark.django_db(transaction=True)
def test_a_whole_journey_leaves_only_ids_in_the_log(lines, monkeypatch):
    """Signing in and failing to, a client on their way, letters that leave and that are refused,
    and a page that breaks."""
    browser = Browser(raise_request_exception=False, REMOTE_ADDR="203.0.113.7")
    owner = make_practice().users.get()
    now = timezone.now()
    for password in ("a wrong one", PASSWORD):
        browser.post("/accounts/login/", {"login": owner.email, "password": password})
    browser.post("/accounts/login/code/", {"email": "sam@client.example"})
    sam = make_client(owner, "Sam Ortega", email="sam@client.example", now=now)
    clear(sam, by=owner, now=now)
    care.invite(sam, by=owner, now=now)
    reminders.sweep()
    [letter] = [each for each in mail.outbox if each.to == ["sam@client.example"]]
    [link] = re.findall(r"/l/[^\s]+", letter.body)
    browser.get(link)
    browser.get(link[:-3] + "xx/")
    join(sam, by=owner, now=now)
    occurrence = give(sam, "thought-record", by=owner, now=now).occurrences.get()
    me = as_user(sam.user)
    me.get("/me/")
    me.get(f"/me/{occurrence.pk}/1/")
    me.post(f"/me/{occurrence.pk}/1/", {"situation": "What I wrote"})
    answers = answer_all(actions.current_version(occurrence))
    actions.keep(occurrence, answers, by=sam.user, now=now)
    me.post(f"/me/{occurrence.pk}/all/", {})
    staff = freshly(owner)
    for page in (
        f"/clients/{sam.pk}/",
        "/caseload/?q=Ortega",
        "/practice/",
        "/nowhere/Sam-Ortega/",
    ):
        staff.get(page)
    breaks = as_user(owner)
    breaks.raise_request_exception = False
    monkeypatch.setattr("practice.views.owner.render", broken)
    breaks.get("/practice/")
    calls.make_calls()
    knocks.answer_all()

    written = lines()
    text = json.dumps(written, ensure_ascii=False).lower()
    assert len(written) > 12
    assert any(each.get("error") for each in written)
    assert any(each.get("actor") == str(sam.user.pk) for each in written)
    token = link.split("/")[2].lower()
    for word in (*NAMES, *WORDS, "sam@client.example", owner.email, "203.0.113.7", token, PASSWORD):
        assert word.lower() not in text, word


def broken(*args, **kwargs):
    name = " ".join(NAMES[:2])
    raise ValueError(f"a row is refused\nDETAIL:  Failing row contains ({name}).")
