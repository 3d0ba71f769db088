"""Whether what goes to the database and to the broker can be read on the way."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Warning as Doubt

PRIVATE = {"verify-ca", "verify-full"}  # others take whoever answers, or no TLS at all


def lines_are_private(app_configs=None, **kwargs) -> list[Doubt]:
    if settings.DEVELOPMENT:
        return []
    found = []
    database = settings.DATABASES["default"]
    if is_elsewhere(database.get("HOST") or "") and (
        database["OPTIONS"].get("sslmode") not in PRIVATE
    ):
        text = (
            "The database is on another machine and the line to it can be read on the way: add "
            "?sslmode=verify-full&sslrootcert=… to DATABASE_URL."
        )
        found.append(Doubt(text, id="practice.W011"))
    broker = urlsplit(settings.CELERY_BROKER_URL)
    if broker.scheme == "redis" and is_elsewhere(broker.hostname or ""):
        text = (
            "The broker is on another machine and the line to it can be read on the way: write "
            "rediss://…?ssl_cert_reqs=required in REDIS_URL."
        )
        found.append(Doubt(text, id="practice.W012"))
    return found


def is_elsewhere(host: str) -> bool:
    """Not this machine: neither a socket nor a loopback address. A name without a dot is that of a
    container beside ours, on a network of this machine."""
    try:
        return not ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return "." in host and not host.startswith("/") and not host.endswith(".localhost")
