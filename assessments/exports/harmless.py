"""Text that a spreadsheet does not run.

A cell that begins with one of these is a formula to Excel and LibreOffice, in a CSV file too
(OWASP: CSV Injection). An apostrophe before it makes it a text. Numbers are no text and keep their
minus.
"""

import re

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# What no XML and no screen can show; a line end stays.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def harmless(text: str) -> str:
    text = CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
