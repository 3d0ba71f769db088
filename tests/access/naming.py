"""The ids that a request can name besides its address: in the query, the body, hidden fields.

Every name that a page reads stands here, with what it names of a record: then it is tried with
somebody else's. What names no row stands in the second list.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# By name: rows of a record (tests.access.records) whose id could stand there.
NAMES_A_ROW = {
    "again": ("export",),
    "back_up": ("clinician",),
    "change": ("change",),
    "client": ("client", "user"),
    "clinician": ("clinician",),
    "covering": ("clinician",),
    "heir": ("clinician",),
    "into": ("ours",),
    "member": ("clinician", "member"),
    "once": ("response", "assignment", "program", "feedback", "export", "own_file", "client"),
    "person": ("clinician",),
    "remove": ("passkey",),
    "seen": ("contact",),
    "sheet": ("session",),
    "to": ("clinician",),
    "which": ("sign_in",),
}
NAMES_NO_ROW = {
    # What a button or a switch says.
    *("_both", "_layout", "_take", "act", "action", "answer", "at", "back", "everybody"),
    *("how", "kind", "later", "look", "number", "only", "outcome", "send", "show"),
    *("state", "stop", "sure", "take_back", "touched", "undo", "when"),
    # What is typed, or counted.
    *("below", "code", "credential", "point", "q", "saves", "since", "theme"),
    # A page of a list, an open page, and where one goes on.
    *("_page", "_seen", "all", "chosen", "in", "next", "page", "then"),
}
NAMES_IN_FORMS = {"UUIDField", "ModelChoiceField", "ModelMultipleChoiceField"}


def read_somewhere() -> set[str]:
    """Every name that a page takes out of a query or a body, and every field that is an id."""
    found = set()
    for app in ("practice", "clients", "assessments"):
        for path in (ROOT / app).rglob("*.py"):
            if not {"migrations", "models"} & {*path.parts, path.stem}:
                found |= _read_in(ast.parse(path.read_text(encoding="utf-8")))
    return found


def _read_in(tree) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_sent(getattr(node.func, "value", None)):
            found |= _words(node.args[:1])
        elif isinstance(node, ast.Subscript) and _is_sent(node.value):
            found |= _words([node.slice])
        elif isinstance(node, ast.Compare) and any(map(_is_sent, node.comparators)):
            found |= _words([node.left])
        elif isinstance(node, ast.Assign) and _is_an_id(node.value):
            found |= {each.id for each in node.targets if isinstance(each, ast.Name)}
    return found


def _is_sent(node) -> bool:
    """``request.GET`` or ``request.POST``, also under another name."""
    return isinstance(node, ast.Attribute) and node.attr in ("GET", "POST")


def _is_an_id(node) -> bool:
    """A field of a form that is an id, or chooses a row."""
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") in NAMES_IN_FORMS


def _words(nodes) -> set[str]:
    return {
        each.value
        for each in nodes
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }
