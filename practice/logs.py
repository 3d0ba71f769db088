"""What may stand in a log line: no token that opens somebody's portal or stops their mail, and no
e-mail address, which errors of mail servers and of the database quote."""

import logging
import re

# /l/<token>/, /s/<token>/ and /i/<token>/, also inside a whole address or quoted in a query.
TOKEN = re.compile(r"((?:/|%2F)[lsi](?:/|%2F))[^/\s\"'<>?#&%]+", re.IGNORECASE)
ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+\.[\w.-]+")
FORMATTER = logging.Formatter()


def masked(text: str) -> str:
    return ADDRESS.sub("…@…", TOKEN.sub(r"\1…", text))


class MaskTokens(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = masked(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = masked(record.exc_text or FORMATTER.formatException(record.exc_info))
        return True


def to_stderr(*, level: str) -> dict:
    """Ids, never names, answers or tokens; for ``settings.LOGGING``."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
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
