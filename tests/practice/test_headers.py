"""What a browser is told with every answer, whatever was asked and whoever asked. Every route, by
everybody: tests/access."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client as Browser

from practice import codes
from practice.settings.browser import CONTENT_SECURITY_POLICY
from practice.transit import is_elsewhere, lines_are_private
from tests.access.expecting import missing
from tests.workers import ROOT


@pytest.mark.django_db
def test_pages_that_say_that_something_went_wrong_have_them_too(client, monkeypatch):
    strict = Browser(enforce_csrf_checks=True, raise_request_exception=False)

    def fails(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(codes.Asked, "of", fails)
    answers = {
        400: strict.get("/accounts/login/", secure=True, headers={"host": "elsewhere.example"}),
        403: strict.post("/accounts/login/", secure=True),
        404: strict.get("/no/such/page", secure=True),
        413: strict.post("/accounts/login/", {"x": "x" * 600_000}, secure=True),
        500: strict.get("/accounts/login/code/confirm/", secure=True),
    }
    assert {
        status: (answer.status_code, missing(answer)) for status, answer in answers.items()
    } == {status: (status, set()) for status in answers}


@pytest.mark.django_db
def test_files_have_them_as_far_as_they_are_theirs(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "drawing.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    response = Browser().get("/static/drawing.svg", secure=True)
    assert response.status_code == 200
    assert missing(response) == {"Permissions-Policy", "X-Frame-Options"}
    policy = response["Content-Security-Policy"]
    assert policy == "default-src 'none'; frame-ancestors 'none'"
    response.close()


def test_nothing_inline_runs_and_nothing_comes_from_elsewhere():
    allowed = {
        source for sources in CONTENT_SECURITY_POLICY["DIRECTIVES"].values() for source in sources
    }
    assert allowed == {"'none'", "'self'", "data:"}
    assert CONTENT_SECURITY_POLICY["DIRECTIVES"]["default-src"] == ["'none'"]


def in_production(code, **env):
    """The settings as they are where people's records are."""
    env = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "only for tests, " * 4,
        "FIELD_KEYS": os.environ["FIELD_KEYS"],
        "SITE_URL": "https://practice.example.org",
        "ALLOWED_HOSTS": "practice.example.org",
        "DATABASE_URL": "postgres://trellis:x@postgres/trellis",
        "REDIS_URL": "redis://redis:6379/0",
        "EMAIL_URL": "smtp+tls://post:x@mail.example.org:587",
        "DEFAULT_FROM_EMAIL": "post@example.org",
        "TRUSTED_PROXY_COUNT": "1",
    } | env
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *code],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
    )


def test_cookies_are_of_this_host_alone_and_secure():
    facts = ("NAME", "SECURE", "HTTPONLY", "SAMESITE", "DOMAIN", "PATH")
    each = f"[getattr(settings, kind + '_COOKIE_' + fact) for fact in {facts}]"
    code = f"from django.conf import settings\nfor kind in ('SESSION', 'CSRF'): print({each})"
    shown = in_production(["shell", "--no-imports", "-c", code]).stdout
    assert shown.splitlines() == [
        "['__Host-s', True, True, 'Lax', None, '/']",
        "['__Host-c', True, False, 'Lax', None, '/']",  # keep.js reads it
    ]


@pytest.mark.parametrize(
    ("host", "elsewhere"),
    [
        ("", False),
        ("/run/postgresql", False),
        ("127.0.0.1", False),
        ("::1", False),
        ("localhost", False),
        ("postgres", False),  # a container beside
        ("10.0.0.5", True),
        ("db.example.org", True),
    ],
)
def test_where_a_line_leaves_the_machine(host, elsewhere):
    assert is_elsewhere(host) is elsewhere


def test_a_line_that_leaves_the_machine_without_tls_is_said(monkeypatch):
    there = settings.DATABASES["default"] | {"HOST": "db.example.org", "OPTIONS": {}}
    monkeypatch.setitem(settings.DATABASES, "default", there)
    monkeypatch.setattr(settings, "CELERY_BROKER_URL", "redis://broker.example.org:6379/0")
    assert [doubt.id for doubt in lines_are_private()] == ["practice.W011", "practice.W012"]
    there["OPTIONS"]["sslmode"] = "require"  # of whoever answers
    assert len(lines_are_private()) == 2
    there["OPTIONS"]["sslmode"] = "verify-full"
    monkeypatch.setattr(settings, "CELERY_BROKER_URL", "rediss://broker.example.org:6379/0")
    assert lines_are_private() == []
