"""Beginning a content: with nothing, with a copy, or with the version before."""

from __future__ import annotations

from django.utils.translation import gettext

from assessments.definitions import OWN, Definition

from .content import Content
from .kinds import help_words

# What a library's scale is called stays the library's: a copy has names of its own.
OWN_SCALE = f"{OWN.rstrip('-')}_"


def begun(kind: str, *, language: str, author: str, holder: str) -> Content:
    """Something new of this kind, with nothing in it but what every activity ends with."""
    return {
        "kind": kind,
        "language": language,
        "title": "",
        "summary": "",
        "for_clinicians": "",
        "minutes": 5,
        "thanks": gettext("Thank you.") + "\n\n" + help_words(),
        "provenance": {
            "author": author,
            "validation": "unvalidated",
            "licence": {"kind": "OPEN", "holder": holder, "text": gettext("Our own words")},
        },
        "desk": {},
    }


def copied(definition: Definition, *, number: int, author: str, holder: str) -> Content:
    """Something new that begins as version ``number`` of an activity of the library."""
    content = _editable(definition)
    source = definition.provenance
    by = gettext("Adapted from %(title)s version %(number)s by %(holder)s, %(licence)s") % {
        "title": definition.title,
        "number": number,
        "holder": source.licence.holder,
        "licence": source.licence.text,
    }
    content |= {
        "formerly": [],
        "provenance": {
            "seeds": list(source.seeds),
            "constructs": list(source.constructs),
            "author": author,
            "validation": "unvalidated",
            "licence": {
                "kind": "OPEN",
                "holder": holder,
                "text": source.licence.text,
                "attribution": by,
            },
        },
        "desk": {"adapted": definition.slug, "title": definition.title},
    }
    return _with_own_scales(content)


def continued(definition: Definition, *, number: int) -> Content:
    """The next version of an own activity, beginning as version ``number``."""
    return _editable(definition) | {"desk": {"based_on": number}}


def _editable(definition: Definition) -> Content:
    content = definition.dump()
    del content["slug"]
    for place, section in enumerate(content["sections"]):
        section["id"] = f"new_{place + 1}"
    return content


def _with_own_scales(content: Content) -> Content:
    codes = {scale["code"]: f"{OWN_SCALE}{scale['code']}"[:40] for scale in content["scales"]}
    for scale in content["scales"]:
        scale["code"] = codes[scale["code"]]
        scale["part_of"] = codes.get(scale["part_of"])
    return content
