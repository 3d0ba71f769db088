"""How long records are kept, and what becomes of them: who is due, who is told, what is proved.

``due`` says of each client where their record stands, ``notices`` tells whoever answers for it,
``sweeping`` deletes what lasts for days only, ``certificate`` is what is left of an erasure. The
verbs are in ``actions.keeping`` and ``actions.erasing``; the years in ``retention.toml``.
"""

from .certificate import Certificate, certificate_of, erased_of
from .due import Kept, due_by, kept_of, kept_rows, kept_until, with_end

__all__ = [
    "Certificate",
    "Kept",
    "certificate_of",
    "due_by",
    "erased_of",
    "kept_of",
    "kept_rows",
    "kept_until",
    "with_end",
]
