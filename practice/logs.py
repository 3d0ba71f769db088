"""What a log line says, and what may not stand in it: no token that opens somebody's portal or
stops their mail, no e-mail address, which errors of mail servers and of the database quote, and
nothing of a row, which the database adds to its errors.

A few lines on the standard library: structlog and django-structlog would bring their own way to
write a line, beside the one that Django, Celery and libraries use, and log addresses by default.
"""

import json
import logging
import re
from datetime import UTC, datetime

from . import tracing

# /l/<token>/, /s/<token>/ and /i/<token>/, also inside a whole address or quoted in a query.
TOKEN = re.compile(r"((?:/|%2F)[lsi](?:/|%2F))[^/\s\"'<>?#&%]+", re.IGNORECASE)
ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+\.[\w.-]+")
DETAIL = re.compile(r"^((?:DETAIL|CONTEXT):).*$", re.MULTILINE)
FORMATTER = logging.Formatter()
# Of a record, besides its message: ids and numbers that our own lines carry.
CARRIED = ("page", "status", "ms", "statements", "actor", "practice")
SAID = ("page", "status")  # in the message


def masked(text: str) -> str:
    return DETAIL.sub(r"\1 …", ADDRESS.sub("…@…", TOKEN.sub(r"\1…", text)))


def is_of_no_page(record: logging.LogRecord) -> bool:
    """Django quotes the address, and in one that leads nowhere anything may stand."""
    request = getattr(record, "request", None)
    return getattr(record, "status_code", 0) == 404 and not getattr(request, "resolver_match", None)


class MaskTokens(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if is_of_no_page(record):
            said = "Not Found: …"
        record.msg, record.args = masked(said), ()
        if record.exc_info:
            record.exc_text = masked(record.exc_text or FORMATTER.formatException(record.exc_info))
        return True


def carried(record: logging.LogRecord) -> dict[str, object]:
    own = {name: getattr(record, name) for name in CARRIED if hasattr(record, name)}
    return tracing.facts() | own


class JsonLine(logging.Formatter):
    """For machines that gather lines: one object each."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **carried(record),
        }
        if record.exc_info:
            line["error"] = record.exc_text or self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLine(logging.Formatter):
    """For somebody who reads along."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s%(facts)s")

    def format(self, record: logging.LogRecord) -> str:
        said = {name: each for name, each in carried(record).items() if name not in SAID}
        record.facts = "".join(f" {name}={value}" for name, value in said.items())
        return super().format(record)


LINES = {"json": "practice.logs.JsonLine", "text": "practice.logs.TextLine"}


def to_stderr(*, level: str, lines: str) -> dict:
    """Ids, never names, answers or tokens; for ``settings.LOGGING``."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": LINES[lines]}},
        "filters": {"mask_tokens": {"()": "practice.logs.MaskTokens"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["mask_tokens"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
    }
