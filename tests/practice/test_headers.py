"""What a browser is told with every answer, whatever was asked and whoever asked. Every route, by
everybody: tests/access."""

import pytest
from django.conf import settings
from django.test import Client as Browser

from practice import codes
from practice.settings.browser import CONTENT_SECURITY_POLICY
from practice.transit import is_elsewhere, lines_are_private
from tests.access.expecting import missing
from tests.security.production import value_of


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


def test_cookies_are_of_this_host_alone_and_secure():
    facts = ("NAME", "SECURE", "HTTPONLY", "SAMESITE", "DOMAIN", "PATH")
    assert [
        [value_of(f"{kind}_COOKIE_{each}") for each in facts] for kind in ("SESSION", "CSRF")
    ] == [
        ["__Host-s", True, True, "Lax", None, "/"],
        ["__Host-c", True, False, "Lax", None, "/"],  # keep.js reads it
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
