"""Instruments from elsewhere: FHIR R4, REDCap, XLSForm and pasted words. Pure, and distrustful.

``read`` tells by what is in it how a file is to be read. What comes of it is a ``Reading``: what
the instrument would be here, and in sentences what could not be taken over. No weight is made up,
no expression of a file is run, and no stored total is believed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from . import archives, fhir, paste, redcap, xlsform
from .comparing import Comparison
from .gathering import LONGEST_TITLE
from .laying import DoesNotFit
from .proposing import AS_OWN, Proposal, own_slug, propose, with_sums
from .reading import LARGEST_FILE, Note, Reading, Sum, Total, Unreadable
from .words import decoded, line, short

__all__ = [
    "AS_OWN",
    "LARGEST_FILE",
    "Comparison",
    "DoesNotFit",
    "Note",
    "Proposal",
    "Reading",
    "Source",
    "Sum",
    "Total",
    "Unreadable",
    "own_slug",
    "propose",
    "read",
    "read_paste",
    "with_sums",
]

OTHERS = (
    (b"%PDF", "This is a PDF. Please copy its words and paste them instead."),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel or Word file. Please save it as .xlsx."),
    (b"{\\rtf", "This is a text with formatting. Please save it as plain text."),
    (b"\x89PNG", "This is a picture. Please type or paste its words."),
    (b"\xff\xd8\xff", "This is a picture. Please type or paste its words."),
)


@dataclass(frozen=True)
class Source:
    """A file as it was given: its name and what is in it."""

    name: str
    data: bytes


def read(
    sources: Sequence[Source],
    *,
    language: str | None = None,
    form: str | None = None,
    title: str = "",
) -> Reading:
    """One instrument. The first file is the instrument; a second one, in FHIR, a response to it.

    ``language`` chooses among those of the file, ``form`` among the forms of a REDCap data
    dictionary, and ``title`` stands in for the file's own. Raises Unreadable.
    """
    for source in sources:
        if len(source.data) > LARGEST_FILE:
            raise Unreadable(f"{short(source.name)} is larger than 5 MB.")
        if not source.data.strip():
            raise Unreadable(f"There is nothing in {short(source.name)}.")
    first = sources[0]
    reading = _read(sources, language=language, form=form, title=title)
    return replace(
        reading,
        title=_title(title, reading.title, first.name),
        name=short(line(PurePosixPath(first.name).name), 200),
        sha256=hashlib.sha256(first.data).hexdigest(),
    )


def read_paste(
    text: str, *, answers: str = "", title: str = "", language: str | None = None
) -> Reading:
    """Pasted questions and a line of answers. Raises Unreadable."""
    data = f"{text}\n{answers}".encode("utf-8", "surrogatepass")
    if len(data) > LARGEST_FILE:
        raise Unreadable("That is more than can be pasted.")
    if not text.strip():
        raise Unreadable("There is nothing to read yet.")
    reading = paste.read(text, answers=answers, title=title, language=language)
    return replace(
        reading,
        title=_title(title, reading.title, ""),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _read(
    sources: Sequence[Source], *, language: str | None, form: str | None, title: str
) -> Reading:
    data = sources[0].data
    for beginning, says in OTHERS:
        if data.startswith(beginning):
            raise Unreadable(says)
    if data.startswith(b"PK"):
        _alone(sources)
        return _packed(data, language=language, form=form)
    text = decoded(data)
    if text.lstrip().startswith(("{", "[")):
        return fhir.read([decoded(source.data) for source in sources], language=language)
    _alone(sources)
    if text.lstrip().startswith("<"):
        raise Unreadable(
            "This is XML or HTML. Of FHIR the JSON is read, of REDCap the data dictionary."
        )
    if redcap.is_dictionary(text):
        return redcap.read(text, form=form)
    name = sources[0].name.lower()
    if name.endswith((".csv", ".tsv")):
        raise Unreadable("This is no REDCap data dictionary: its columns have other names.")
    return paste.read(text, title=title, language=language)


def _packed(data: bytes, *, language: str | None, form: str | None) -> Reading:
    names = archives.opened(data).namelist()
    if xlsform.WORKBOOK in names:
        return xlsform.read(data, language=language)
    return redcap.read_zip(data, form=form)


def _alone(sources: Sequence[Source]) -> None:
    if len(sources) > 1:
        raise Unreadable("A second file is only read as the response to a FHIR questionnaire.")


def _title(given: str, found: str, name: str) -> str:
    """What was asked for, what the file says, or the name of the file."""
    stem = PurePosixPath(name).stem.replace("_", " ").replace("-", " ")
    for each in (given, found, stem):
        if line(each):
            return short(line(each), LONGEST_TITLE)
    return "Questions"
