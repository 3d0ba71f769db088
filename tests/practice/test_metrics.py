"""Numbers for Prometheus: for whoever has the token, of all processes, and about nobody."""

import os
import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from assessments.models import Reminder
from clients import actions as care
from practice import heartbeat, metrics
from practice.counting import Counted
from tests.conftest import as_user, make_client

TOKEN = "a token of twenty characters"
LINE = re.compile(r'[a-z_]+(\{page="[\w:?]+",method="[A-Za-z]+",status="\d{3}"\})? [\d.e+-]+')


@pytest.fixture
def told(settings, tmp_path, monkeypatch):
    settings.METRICS_TOKEN = TOKEN
    monkeypatch.setattr(metrics, "requests", Counted(tmp_path))

    def ask(token=TOKEN):
        return Browser().get("/metrics", headers={"Authorization": f"Bearer {token}"})

    return ask


def numbers(response):
    lines = [line for line in response.content.decode().splitlines() if line[0] != "#"]
    assert all(LINE.fullmatch(line) for line in lines), lines
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


@pytest.mark.django_db
def test_it_is_there_for_nobody_without_the_token(told, settings):
    assert told("another").status_code == 404
    assert Browser().get("/metrics").status_code == 404
    settings.METRICS_TOKEN = ""
    assert told("").status_code == 404


@pytest.mark.django_db
def test_what_waits_is_counted_and_no_label_says_whose_it_is(told, clinician):
    now = timezone.now()
    client = make_client(clinician, now=now)
    care.invite(client, by=clinician, now=now)
    Reminder.objects.planned().update(planned_for=now - timedelta(minutes=20))
    heartbeat.heard(heartbeat.BACKUP, now=now - timedelta(hours=5))
    as_user(clinician).get(f"/clients/{client.pk}/")
    response = told()
    found = numbers(response)
    assert found["trellis_reminders_due"] == found["trellis_reminders_late"] == 1
    assert 1200 <= found["trellis_reminders_oldest_seconds"] < 1260
    assert found["trellis_backup_age_seconds"] == pytest.approx(5 * 3600, abs=60)
    page = 'page="assessments:timeline",method="GET",status="200"'
    assert found[f"trellis_requests_total{{{page}}}"] == 1
    for word in (
        str(client.pk),
        str(clinician.pk),
        str(clinician.practice_id),
        "Sam",
        "At the Mill",
    ):
        assert word not in response.content.decode()


def test_what_each_process_counted_is_added_up(tmp_path):
    one, other, gone = Counted(tmp_path), Counted(tmp_path), Counted(tmp_path)
    for counted in (one, other, gone):
        counted.add("today", "GET", 200, 0.5)
    (tmp_path / "half.json").write_text("[[")
    one.add("today", "GET", 200, 1.0)
    del gone
    assert one.all() == {("today", "GET", 200): (4, 2.5)}


def test_what_a_process_counted_that_has_ended_is_taken_over(tmp_path):
    gone, lives = Counted(tmp_path), Counted(tmp_path)
    for counted in (gone, lives):
        counted.add("today", "GET", 200, 0.5)
    os.close(gone.handle)
    begins = Counted(tmp_path)
    begins.add("today", "GET", 200, 0.5)
    assert {*tmp_path.iterdir()} == {lives.path, begins.path}
    for counted in (lives, begins):
        assert counted.all() == {("today", "GET", 200): (3, 1.5)}


@pytest.mark.django_db
def test_nothing_is_counted_where_nobody_may_ask(told, settings, tmp_path):
    settings.METRICS_TOKEN = ""
    Browser().get("/healthz/live")
    assert metrics.requests.sums == {}
    assert not [*tmp_path.iterdir()]


def test_a_folder_that_cannot_be_written_costs_no_answer(tmp_path):
    (tmp_path / "file").write_text("")
    counted = Counted(tmp_path / "file")
    counted.add("today", "GET", 200, 0.5)
    assert counted.all() == {("today", "GET", 200): (1, 0.5)}
