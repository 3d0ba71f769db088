"""The certificate of an erasure on paper, with a line for a name that is written by hand."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from clients.keeping import Certificate

from .paper import paper_of, typeset

LINE = "_" * 40


def certificate_pdf(proof: Certificate, *, now: datetime) -> bytes:
    practice = proof.erased.practice
    told = {
        "language": translation.get_language(),
        "client_language": practice.language,
        "paper": paper_of(practice.time_zone),
        "title": _("Certificate of erasure"),
        "practice": practice.name,
        "confidential": "",
        "page": _("Page {n} of {m}"),
        "foot": [str(proof.erased.pk)],
        "facts": [[name, fact] for name, fact in proof.facts],
        "what_it_is": _("This paper names nobody. Write the name here by hand if it is handed out:")
        + f" {LINE}",
        "words": {
            "summary": _("What it means"),
            "homework": _("What was deleted"),
            "process": _("Rows by kind, as they were counted in the same moment."),
        },
        "summary": [
            {
                "title": _("For whoever gets this"),
                "sentences": [["", each] for each in proof.statements],
            }
        ],
        "limits": "",
        "scales": [],
        "homework": {
            "head": [_("Kind"), _("Rows")],
            "numbers": [1],
            "rows": [[name, str(n)] for name, n in proof.kinds],
        },
        "logs": [],
        "goals": None,
        "quotes": [],
    }
    return typeset(told, made_at=now)
