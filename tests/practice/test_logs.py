import io
import logging

import pytest
from django.test import Client as Browser

from practice.logs import MaskTokens, masked

TOKEN = "AbC-12_x:1tYz:sig"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (f"Not Found: /l/{TOKEN}/", "Not Found: /l/…/"),
        (f"Gone: /s/{TOKEN}", "Gone: /s/…"),
        (f"GET https://a.example/l/{TOKEN}/?x=1 and /s/{TOKEN}/", None),
        (f"/accounts/login/?next=%2Fl%2F{TOKEN}%2F", "/accounts/login/?next=%2Fl%2F…%2F"),
        ("/static/trellis/app.css /me/ /clients/1/", "/static/trellis/app.css /me/ /clients/1/"),
    ],
)
def test_a_token_does_not_stand_in_a_line(text, rest):
    assert TOKEN not in masked(text)
    assert rest is None or masked(text) == rest


@pytest.mark.parametrize(
    "text", ["{'sam.o+x@client.example': (550, b'no')}", "Failing row contains (1, sam@a-b.co.uk)."]
)
def test_an_address_does_not_stand_in_a_line(text):
    assert "@…" in masked(text)
    assert "sam" not in masked(text)


@pytest.fixture
def lines():
    """What a log with the filter would show."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(MaskTokens())
    log = logging.getLogger("tests.tokens")
    log.addHandler(handler)
    yield log, stream
    log.removeHandler(handler)


def test_nor_in_the_arguments_nor_in_a_traceback(lines):
    log, stream = lines
    log.warning("%s: %s %d", "Gone", f"/l/{TOKEN}/", 410)
    try:
        raise ValueError(f"no such page: /s/{TOKEN}/")
    except ValueError:
        log.exception("100%% of %(path)s", {"path": f"/l/{TOKEN}/"})
    assert TOKEN not in stream.getvalue()
    assert "Gone: /l/…/ 410" in stream.getvalue()
    assert "100% of /l/…/" in stream.getvalue()
    assert "ValueError: no such page: /s/…/" in stream.getvalue()


@pytest.mark.django_db
def test_django_speaks_of_a_link_without_its_token(practice, caplog):
    caplog.handler.addFilter(mask := MaskTokens())
    try:
        Browser().get(f"/l/{TOKEN}/")
    finally:
        caplog.handler.removeFilter(mask)
    assert "/l/…/" in caplog.text
    assert TOKEN not in caplog.text


def test_every_handler_of_ours_has_the_filter(settings):
    handlers = settings.LOGGING["handlers"].values()
    assert [handler["filters"] for handler in handlers] == [["mask_tokens"]]
    assert settings.LOGGING["filters"] == {"mask_tokens": {"()": "practice.logs.MaskTokens"}}
