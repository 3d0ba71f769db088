import json
import mailbox
from email.message import EmailMessage

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from practice.views import devmail

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of the examples in RFC 6238


@pytest.fixture
def box(tmp_path, settings):
    settings.DEVELOPMENT = True
    settings.MAILBOX_DIR = str(tmp_path / "mail")
    settings.SMS_DIR = ""
    settings.DATA_DIR = tmp_path
    return mailbox.Maildir(settings.MAILBOX_DIR)


def test_it_shows_text_messages(box, asked, tmp_path, settings):
    settings.SMS_DIR = str(tmp_path)
    kept = {"id": "x", "to": "+4930123456", "text": "Something is waiting for you."}
    (tmp_path / "x.json").write_text(json.dumps(kept))
    page = devmail.outbox(asked).content.decode()
    assert "+4930123456" in page
    assert "Something is waiting for you." in page


@pytest.fixture
def asked(rf):
    request = rf.get("/dev/")
    request.user = AnonymousUser()
    return request


def put(box, subject, text):
    message = EmailMessage()
    message["To"], message["Subject"] = "Sam <sam@example.org>", subject
    message.set_content(text)
    box.add(message)


def test_it_shows_letters_with_their_links(box, asked):
    put(box, "Grüße", "Open https://example.org/x to go on.")
    page = devmail.outbox(asked).content.decode()
    assert "Grüße" in page
    assert '<a href="https://example.org/x" rel="nofollow">https://example.org/x</a>' in page


def test_a_letter_cannot_bring_markup(box, asked):
    put(box, "Hi", "<script>alert(1)</script>")
    page = devmail.outbox(asked).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_it_shows_the_code_of_the_moment(box, asked, tmp_path, monkeypatch):
    account = {"role": "owner", "email": "o@example.org", "sign_in": {"totp_secret": SECRET}}
    (tmp_path / "demo.json").write_text(json.dumps({"url": "", "accounts": [account]}))
    monkeypatch.setattr("time.time", lambda: 59.0)
    assert devmail.sign_ins(tmp_path / "demo.json")[0]["code"] == "287082"
    assert "287082" in devmail.outbox(asked).content.decode()


def test_it_is_not_there_in_production(box, asked, settings):
    put(box, "A code", "123 456")
    settings.DEVELOPMENT = False
    with pytest.raises(Http404):
        devmail.outbox(asked)


def test_it_is_not_there_without_a_mailbox(asked, settings):
    settings.DEVELOPMENT = True
    settings.MAILBOX_DIR = ""
    with pytest.raises(Http404):
        devmail.outbox(asked)


def test_the_address_answers_nobody_in_production(client, settings):
    settings.SECURE_SSL_REDIRECT = False
    assert client.get("/dev/").status_code == 404
