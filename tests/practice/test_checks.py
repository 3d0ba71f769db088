from functools import partial

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from practice import celery_app
from practice.beat import Scheduler
from practice.checks import fit_for_people, refuse_if_unfit

PRODUCTION = {
    "SITE_URL": "https://portal.practice.example",
    "ALLOWED_HOSTS": [".practice.example", "127.0.0.1"],
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "DEFAULT_FROM_EMAIL": "Trellis <post@practice.example>",
    "ALLAUTH_TRUSTED_PROXY_COUNT": 1,
    "SECURE_SSL_REDIRECT": True,
    "SETUP_CODE": "a long word",
}


@pytest.fixture
def production(settings, monkeypatch):
    """A practice that serves people, in order."""
    for name, value in PRODUCTION.items():
        setattr(settings, name, value)
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://mail.practice.example:587")
    return settings


def test_in_order_there_is_nothing_to_say(production):
    assert fit_for_people() == []
    refuse_if_unfit()


WRONG = [
    ({"SECRET_KEY": "abcdefg" * 7}, "SECRET_KEY is shorter than 50 characters: set a longer one."),
    ({"SECRET_KEY": "abcd" * 20}, "SECRET_KEY is one that can be guessed"),
    ({"SECRET_KEY": "django-insecure-" + "abcdefgh" * 9}, "SECRET_KEY is one that can be guessed"),
    ({"DEBUG": True}, "DEBUG is on and shows secrets: turn it off."),
    ({"FIELD_KEYS": ["k1:AAAA"]}, "FIELD_KEYS cannot be read: Each entry"),
    ({"FIELD_KEYS": ["k1:A"]}, "FIELD_KEYS cannot be read: Invalid base64"),
    ({"FIELD_KEYS": []}, "FIELD_KEYS cannot be read: FIELD_KEYS is empty"),
    ({"ALLOWED_HOSTS": []}, "ALLOWED_HOSTS lets any name stand"),
    ({"ALLOWED_HOSTS": ["portal.practice.example", "*"]}, "ALLOWED_HOSTS lets any name stand"),
    ({"ALLOWED_HOSTS": ["127.0.0.1"]}, "ALLOWED_HOSTS does not name portal.practice.example"),
    ({"ALLOWED_HOSTS": ["practice.example"]}, "ALLOWED_HOSTS does not name portal"),
    ({"SITE_URL": "http://portal.practice.example"}, "SITE_URL has to be https://"),
    ({"SITE_URL": "https://127.0.0.1:8000"}, "SITE_URL has to be https://"),
    ({"SITE_URL": "https://portal.practice.example/app"}, "SITE_URL has to be https://"),
    ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "EMAIL_URL names no"),
    ({"DEFAULT_FROM_EMAIL": "Trellis <post@localhost>"}, "DEFAULT_FROM_EMAIL is not set"),
    ({"ADMINS": [("", "somebody")]}, "ADMINS holds something"),
    ({"SMS_URL": "https://sms.example/"}, "SMS_URL is set, and neither"),
    ({"SMS_URL": "https://sms.example/", "SMS_USER": "u"}, "SMS_URL is set, and neither"),
    ({"SMS_URL": "http://sms.example/", "SMS_TOKEN": "t"}, "SMS_URL has to be https://"),
    ({"SMS_TOKEN": "t"}, "SMS_TOKEN or SMS_USER is set, and no SMS_URL"),
    ({"RETURNS_MAIL_SECRET": "only-a-user"}, "RETURNS_MAIL_SECRET has to be"),
    ({"ALLAUTH_TRUSTED_PROXY_COUNT": 0}, "TRUSTED_PROXY_COUNT has to say"),
    ({"ALLAUTH_TRUSTED_PROXY_COUNT": -1}, "TRUSTED_PROXY_COUNT has to say"),
    ({"SETUP_CODE": "1234567"}, "SETUP_CODE is shorter than 8 characters"),
    ({"METRICS_TOKEN": "x" * 19}, "METRICS_TOKEN is shorter than 20 characters"),
    ({"REMINDER_LEASE_SECONDS": 60}, "REMINDER_LEASE_SECONDS has to lie between 90 and 180"),
    ({"EXPORT_LEASE_SECONDS": 180}, "EXPORT_LEASE_SECONDS has to lie between 90 and 180"),
    ({"SWEEP_SECONDS": 0}, "SWEEP_SECONDS, EXPORTS_SECONDS and WATCH_SECONDS have to be"),
    ({"SWEEP_SECONDS": 301}, "SWEEP_SECONDS, EXPORTS_SECONDS and WATCH_SECONDS have to be"),
]


@pytest.mark.parametrize(("wrong", "sentence"), WRONG, ids=str)
def test_what_is_wrong_is_one_sentence_and_nothing_starts(production, wrong, sentence):
    for name, value in wrong.items():
        setattr(production, name, value)
    (error,) = fit_for_people()
    assert error.msg.startswith(sentence)
    with pytest.raises(ImproperlyConfigured, match="^" + sentence):
        refuse_if_unfit()
    production.DEVELOPMENT = True
    assert fit_for_people() == []


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "EMAIL_URL"])
def test_what_was_not_said_at_all_is_one_sentence_too(production, monkeypatch, name):
    monkeypatch.delenv(name)
    (error,) = fit_for_people()
    assert error.msg.startswith(name)


def test_all_that_is_wrong_is_said_at_once(production):
    production.SETUP_CODE, production.DEBUG = "short", True
    with pytest.raises(ImproperlyConfigured, match=r"DEBUG.*SETUP_CODE"):
        refuse_if_unfit()


@pytest.mark.parametrize("start", [["prepare"], ["watch", "--once"], ["backup", "--daily"]])
def test_no_command_that_serves_begins(production, start):
    production.DEBUG = True
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        call_command(*start)


def test_neither_does_a_worker_nor_beat(production):
    production.DEBUG = True
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        celery_app.WorkController()
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        Scheduler(celery_app, lazy=True)


@pytest.mark.parametrize("start", [celery_app.WorkController, partial(Scheduler, celery_app)])
def test_what_serves_is_not_the_owner_of_the_tables(start, settings):
    settings.DEVELOPMENT = settings.AS_OWNER = True
    with pytest.raises(ImproperlyConfigured, match="AS_OWNER is set"):
        start()


def test_browsers_are_not_asked_to_remember_us_for_ever(settings):
    assert settings.SECURE_HSTS_PRELOAD is False
