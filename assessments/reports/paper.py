"""Typst makes the PDF. Words reach it as data, so nothing that somebody wrote is markup."""

import json
import re
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext as _

LAYOUT = Path(__file__).with_name("report.typ")
STANDARD = "ua-1"  # PDF/UA-1 (ISO 14289-1): typst refuses to make what does not keep it
REFUSED = re.compile(
    r'the text `"(.+?)"` could not be displayed|contains the disallowed codepoint `"(.+?)"`'
)
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
SHAPELESS = ("Cc", "Cf", "Mn", "Me", "Sk")  # joiners, and what colours or crowns a letter
LETTER_OF_A_FLAG = "REGIONAL INDICATOR SYMBOL LETTER"
PLACEHOLDER = "\N{WHITE SQUARE}"

# Where Letter lies in the printer, by the zone of the practice.
LETTER_AREAS = ("US/", "Canada/", "America/Indiana/", "America/Kentucky/", "America/North_Dakota/")
LETTER_CITIES = """Adak Anchorage Boise Chicago Denver Detroit Edmonton Halifax Iqaluit Juneau
Los_Angeles Moncton New_York Phoenix Regina St_Johns Toronto Vancouver Whitehorse Winnipeg"""
LETTER_ZONES = {f"America/{city}" for city in LETTER_CITIES.split()} | {"Pacific/Honolulu"}


def paper_of(zone: str) -> str:
    is_letter = zone in LETTER_ZONES or zone.startswith(LETTER_AREAS)
    return "us-letter" if is_letter else "a4"


def typeset(report: dict, *, made_at: datetime, ignore_system_fonts: bool = False) -> bytes:
    """The look is that of the fonts within typst, anywhere. Fonts of the machine only lend letters
    that those lack; what no font has at all is said in words."""
    said: dict[int, str] = {}
    while True:
        told = _told(report, said)
        if PLACEHOLDER in said.values():
            words = _("%(sign)s stands for a letter that no font here can print.")
            told["unprinted"] = words % {"sign": PLACEHOLDER}
        try:
            return typst.compile(
                LAYOUT,
                sys_inputs={"report": json.dumps(told)},
                pdf_standards=[STANDARD],
                ignore_system_fonts=ignore_system_fonts,
                timestamp=int(made_at.timestamp()),
            )
        except typst.TypstError as error:
            refused = _refused_letters(error.diagnostic) - said.keys()
            if not refused:
                raise
            said |= {letter: _instead_of(chr(letter)) for letter in refused}


def _refused_letters(diagnostic: str) -> set[int]:
    """Typst names all that no font has at once, and what PDF/UA forbids. What is ASCII can always
    be printed: it only stands under a sign that cannot."""
    found = "".join("".join(groups) for groups in REFUSED.findall(diagnostic))
    found = ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), found)
    return {ord(letter) for letter in found if not (letter.isascii() and letter.isprintable())}


def _instead_of(letter: str) -> str:
    """A picture by its name; a letter by a square; what has no shape of its own by nothing."""
    kind = unicodedata.category(letter)
    if kind == "So":
        name = unicodedata.name(letter, PLACEHOLDER)
        # Two of these make a flag: the letters of its country.
        return name[-1] if name.startswith(LETTER_OF_A_FLAG) else f"[{name.lower()}]"
    return "" if kind in SHAPELESS else PLACEHOLDER


def _told(value: Any, said: dict[int, str]) -> Any:
    if isinstance(value, str):
        return value.translate(said)
    if isinstance(value, dict):
        return {key: _told(each, said) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_told(each, said) for each in value]
    return value
