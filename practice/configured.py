"""What a production has to be told before it serves people: one sentence for each thing amiss.

Nothing is reached for here, no database and no broker: those may be away for a minute, and
/healthz/ready says so. What is looked at is what somebody forgot to say, or said halfway.
"""

import os
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from django.conf import settings

from .encryption import master_keys

SHORTEST_SECRET_KEY = 50
FEWEST_CHARACTERS = 5
SHORTEST_CODE = 8
SHORTEST_TOKEN = 20
SENDS_NOTHING = {
    f"django.core.mail.backends.{name}.EmailBackend"
    for name in ("console", "dummy", "filebased", "locmem")
}
AT_HOME = {"", "localhost", "127.0.0.1", "::1"}


def faults() -> list[tuple[str, str]]:
    """The number of the check, and its sentence."""
    return [(number, words) for number, look in LOOKS.items() for words in look()]


def length_of_secret_key() -> Iterator[str]:
    if len(settings.SECRET_KEY) < SHORTEST_SECRET_KEY:
        yield f"SECRET_KEY is shorter than {SHORTEST_SECRET_KEY} characters: set a longer one."


def field_keys() -> Iterator[str]:
    try:
        master_keys(tuple(settings.FIELD_KEYS))
    except ValueError as error:
        yield f"FIELD_KEYS cannot be read: {error}"


def debug() -> Iterator[str]:
    if settings.DEBUG:
        yield "DEBUG is on and shows secrets: turn it off."


def secret_key() -> Iterator[str]:
    key = settings.SECRET_KEY
    if len(set(key)) < FEWEST_CHARACTERS or key.startswith("django-insecure-"):
        yield "SECRET_KEY is one that can be guessed: set random characters."


def hosts() -> Iterator[str]:
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS lets any name stand in links: name the hosts that people open."


def site() -> Iterator[str]:
    url = urlsplit(settings.SITE_URL)
    if url.scheme != "https" or (url.hostname or "") in AT_HOME or url.path or url.query:
        yield "SITE_URL has to be https:// and the name that people open: links in mails begin so."


def site_is_a_host() -> Iterator[str]:
    name, allowed = urlsplit(settings.SITE_URL).hostname or "", settings.ALLOWED_HOSTS
    known = name in allowed or any(f".{name}".endswith(e) for e in allowed if e.startswith("."))
    if allowed and "*" not in allowed and not known and name not in AT_HOME:
        yield f"ALLOWED_HOSTS does not name {name}, which SITE_URL leads to."


def database() -> Iterator[str]:
    if not os.environ.get("DATABASE_URL"):
        yield "DATABASE_URL is not set: nothing could be kept."


def broker() -> Iterator[str]:
    if not os.environ.get("REDIS_URL"):
        yield "REDIS_URL is not set: no worker would be rung."


def mail() -> Iterator[str]:
    told = os.environ.get("EMAIL_URL") or os.environ.get("EMAIL_BACKEND")
    if not told or settings.EMAIL_BACKEND in SENDS_NOTHING:
        yield "EMAIL_URL names no server that sends mail: no invitation, no reminder would leave."


def sender() -> Iterator[str]:
    if settings.DEFAULT_FROM_EMAIL.rstrip(">").rpartition("@")[2] in AT_HOME:
        yield "DEFAULT_FROM_EMAIL is not set: mail needs an address that can be answered."


def admins() -> Iterator[str]:
    if any("@" not in address for _name, address in settings.ADMINS):
        yield "ADMINS holds something that is no address: nobody would hear that nothing goes out."


def texts() -> Iterator[str]:
    is_signed = settings.SMS_TOKEN or (settings.SMS_USER and settings.SMS_PASSWORD)
    if settings.SMS_URL and not is_signed:
        yield "SMS_URL is set, and neither SMS_TOKEN nor SMS_USER with SMS_PASSWORD."
    if settings.SMS_URL and urlsplit(settings.SMS_URL).scheme != "https":
        yield "SMS_URL has to be https://: numbers and texts go there."
    if not settings.SMS_URL and is_signed:
        yield "SMS_TOKEN or SMS_USER is set, and no SMS_URL to use it for."


def returns() -> Iterator[str]:
    secret = settings.RETURNS_MAIL_SECRET
    if secret and not all(secret.partition(":")):
        yield "RETURNS_MAIL_SECRET has to be a user, a colon and a password."


def proxies() -> Iterator[str]:
    count = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if count < getattr(settings, "SECURE_SSL_REDIRECT", False):
        yield (
            "TRUSTED_PROXY_COUNT has to say how many proxies stand in front: at least the one that "
            "speaks https."
        )


def setup_code() -> Iterator[str]:
    if 0 < len(settings.SETUP_CODE) < SHORTEST_CODE:
        yield (
            f"SETUP_CODE is shorter than {SHORTEST_CODE} characters: whoever guesses it has the "
            "practice."
        )


def metrics() -> Iterator[str]:
    if 0 < len(settings.METRICS_TOKEN) < SHORTEST_TOKEN:
        yield f"METRICS_TOKEN is shorter than {SHORTEST_TOKEN} characters: set a longer one."


def leases() -> Iterator[str]:
    """A claim that ends before its task, or after the broker gives the task away, sends twice."""
    least = settings.CELERY_TASK_TIME_LIMIT
    most = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    for name in ("REMINDER_LEASE_SECONDS", "EXPORT_LEASE_SECONDS"):
        if not least < getattr(settings, name) < most:
            yield f"{name} has to lie between {least} and {most}, or something could leave twice."


def rings() -> Iterator[str]:
    every = min(settings.SWEEP_SECONDS, settings.EXPORTS_SECONDS, settings.WATCH_SECONDS)
    if every <= 0 or settings.SWEEP_SECONDS > settings.HEARTBEAT_SECONDS:
        yield (
            "SWEEP_SECONDS, EXPORTS_SECONDS and WATCH_SECONDS have to be more than 0, and "
            "SWEEP_SECONDS less than HEARTBEAT_SECONDS."
        )


LOOKS: dict[str, Callable[[], Iterator[str]]] = {
    "E001": length_of_secret_key,
    "E002": field_keys,
    "E003": debug,
    "E010": secret_key,
    "E011": hosts,
    "E012": site,
    "E013": site_is_a_host,
    "E014": database,
    "E015": broker,
    "E016": mail,
    "E017": sender,
    "E018": admins,
    "E019": texts,
    "E020": returns,
    "E021": proxies,
    "E022": setup_code,
    "E023": leases,
    "E024": rings,
    "E025": metrics,
}
