"""Whether the words of a version may leave in a file."""

from datetime import date

from assessments.definitions import Definition

# Whoever gets the file gets the words with it. "Not commercial" is a promise of this practice for
# itself, a licence to use is none to hand on, and a written yes names who may.
OPEN = ("OPEN", "OPEN_ND")
ANYBODY = ("free", "own")  # bases of a TextPermission


def words_may_leave(definition: Definition, permission, *, today: date) -> bool:
    """``permission`` is the TextPermission of words that were brought in, or None."""
    licence = definition.provenance.licence
    ends = [licence.expires, permission.expires_on if permission else None]
    if licence.kind not in OPEN or any(day and day < today for day in ends):
        return False
    return permission is None or permission.basis in ANYBODY
