"""What may stand in a log line: no token that opens somebody's portal or stops their mail."""

import logging
import re

# /l/<token>/, /s/<token>/ and /i/<token>/, also inside a whole address or quoted in a query.
TOKEN = re.compile(r"((?:/|%2F)[lsi](?:/|%2F))[^/\s\"'<>?#&%]+", re.IGNORECASE)
FORMATTER = logging.Formatter()


def masked(text: str) -> str:
    return TOKEN.sub(r"\1…", text)


class MaskTokens(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = masked(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = masked(record.exc_text or FORMATTER.formatException(record.exc_info))
        return True
