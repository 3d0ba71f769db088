"""What the code is made of where it keeps secrets, reads texts, and reaches out."""

import ast
import re
import re._constants as sre
import re._parser as sre_parser
import sys

from django.contrib.sessions.serializers import JSONSerializer
from django.utils.module_loading import import_string

from practice import tokens
from practice.celery import app

from .production import ROOT, value_of
from .test_not_there import APPS, calls, imported, name_of, nodes

# A demo that tells the same story each time, and nothing that anybody must not guess.
STORIES = {"assessments/demo/people.py", "assessments/demo/story.py"}
# Who opens a line to somewhere else; where to stands in the environment and in nothing else.
REACHES_OUT = {
    "assessments/reminders/channels/email.py",  # the mail server: EMAIL_URL
    "assessments/reminders/channels/letter.py",  # how a letter to it is written
    "assessments/reminders/channels/sms.py",  # the provider of text messages: SMS_URL
    "assessments/reminders/channels/web.py",  # what the errors of providers mean
    "practice/letters.py",  # the mail server: EMAIL_URL
    "practice/auditing/checking.py",  # the same
}
LINES = ("requests", "urllib.request", "urllib3", "http.client", "smtplib", "socket", "ftplib")


def test_chance_comes_from_the_system():
    """`random` can be guessed: only the demo has it."""
    found = {path for path, name in imported() if name.split(".")[0] == "random"}
    assert found == STORIES
    own = {name for _, name, _ in calls() if name.startswith(("secrets.", "os.urandom"))}
    assert own >= {"secrets.token_urlsafe", "os.urandom"}


def test_a_token_in_a_link_has_192_bits_and_only_its_hash_is_kept():
    made = {tokens.new_token() for _ in range(100)}
    assert len(made) == 100
    assert {len(token) for token in made} == {32}  # 24 bytes in base64
    assert len(tokens.hash_of("a token")) == 32


def test_the_primitives_are_those_that_the_page_names():
    """AES-256-GCM, HKDF and HMAC with SHA-256; hashes of nothing weaker, and none of our own."""
    page = (ROOT / "docs" / "security.md").read_text()
    hashes = {name for _, name, _ in calls() if name.startswith("hashlib.")}
    assert hashes == {"hashlib.sha256"}
    from_library = {
        alias.name
        for _path, node in nodes()
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cryptography.")
        for alias in node.names
    } - {"hashes", "hmac"}
    from_library -= {name for name in from_library if name[0].isupper() and "Invalid" in name}
    for name in from_library:
        assert f"`{name}`" in page, name
    used = {name_of(node.func) for _, node in nodes() if isinstance(node, ast.Call)}
    assert not {name for name in used if name.split(".")[-1] in WEAK}


WEAK = {"MD5", "SHA1", "md5", "sha1", "ECB", "CBC", "ARC4", "TripleDES", "PKCS1v15", "CTR"}


def patterns():
    """(where, pattern): those that stand in the code, and those that modules put together."""
    for path, node in nodes():
        if isinstance(node, ast.Call) and name_of(node.func).startswith("re.") and node.args:
            pattern = node.args[0]
            if isinstance(pattern, ast.Constant) and isinstance(pattern.value, str):
                yield f"{path}:{node.lineno}", pattern.value
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in APPS:
            for what, value in vars(module).items():
                if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                    yield f"{name}.{what}", value.pattern


# In sums each turn ends with a bracket that nothing before it matches (timed in
# tests/assessments/test_attacks.py); the other reads style sheets of our own.
LOOKED_AT = {
    "assessments.interop.sums._PLUS",
    "assessments.interop.sums._CALL",
    "practice.stylesheets.PROPERTY",
}


def test_no_pattern_repeats_what_repeats():
    """`(a+)+` takes for ever on a long text that almost fits."""
    found = dict(patterns())
    assert {where for where, text in found.items() if is_slow(text)} <= LOOKED_AT
    assert len(found) > 60
    assert is_slow("(a+)+b")
    assert is_slow("x(?:[ab]*c?)*")
    assert not is_slow("(ab{2,7})+c*")
    assert not is_slow(r"\w+(?:[.-]\w+)*")


def is_slow(pattern: str) -> bool:
    return repeats_what_repeats(sre_parser.parse(pattern), inside=False)


def repeats_what_repeats(parsed, *, inside) -> bool:
    """Is there an endless repetition within another, whose turns nothing tells apart? What begins
    each turn with one of a few signs does."""
    for kind, what in parsed:
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            endless = what[1] == sre.MAXREPEAT
            if inside and endless:
                return True
            is_fixed = begins_with_a_sign(what[2])
            if repeats_what_repeats(what[2], inside=(inside or endless) and not is_fixed):
                return True
        within = what[1] if kind == sre.BRANCH else [what[-1]] if kind == sre.SUBPATTERN else []
        if any(repeats_what_repeats(each, inside=inside) for each in within):
            return True
    return False


def begins_with_a_sign(body) -> bool:
    """Told apart by how it begins; a group begins as what is in it does."""
    kind, what = body[0]
    if kind == sre.SUBPATTERN:
        return begins_with_a_sign(what[-1])
    return kind == sre.LITERAL or (kind == sre.IN and all(k == sre.LITERAL for k, _ in what))


# Put together from parts that were patterns already; the other two escape what is not theirs.
OF_PATTERNS = {
    *("practice/stylesheets.py", "assessments/authoring/faults.py"),
    *("assessments/interop/conditions.py", "assessments/interop/sums.py"),
}
ESCAPING = {
    *("assessments/browsing.py", "assessments/reminders/channels/sms.py"),
    "practice/backups/databases.py",
}


def test_what_goes_into_a_pattern_is_only_text_there():
    made = {
        path
        for path, node in nodes()
        if isinstance(node, ast.Call)
        and name_of(node.func).startswith("re.")
        and name_of(node.func) != "re.escape"
        and node.args
        and not isinstance(node.args[0], ast.Constant)
    }
    assert made == OF_PATTERNS | ESCAPING
    assert all("re.escape" in (ROOT / path).read_text() for path in ESCAPING)


def test_only_these_reach_out_and_where_to_is_no_bodys_input():
    found = {
        path
        for path, name in imported()
        if name.startswith(LINES) and not path.startswith(("practice/embedded", "practice/launch"))
    }
    assert found <= REACHES_OUT
    asked = {place.partition(":")[0] for place, name, _ in calls() if name.endswith("session.post")}
    assert asked == {"assessments/reminders/channels/sms.py"}


def test_certificates_are_looked_at():
    """Nobody switches that off."""
    for path, node in nodes():
        if isinstance(node, ast.Call):
            named = {word.arg: word.value for word in node.keywords}
            assert "verify" not in named or not is_false(named["verify"]), path
            assert not name_of(node.func).endswith("_create_unverified_context"), path


def is_false(node) -> bool:
    return isinstance(node, ast.Constant) and node.value in (False, None)


def test_what_comes_over_the_broker_or_from_a_session_is_json():
    assert list(app.conf.accept_content) == ["json"]
    assert (app.conf.task_serializer, app.conf.result_serializer) == ("json", "json")
    assert import_string(value_of("SESSION_SERIALIZER")) is JSONSerializer


def test_no_memory_is_reached_into():
    """Python looks after memory; `ctypes` only where the launcher of the demo ties its children
    to itself."""
    found = {path for path, name in imported() if name.split(".")[0] in ("ctypes", "cffi", "mmap")}
    assert {path for path in found if path != "practice/processes.py"} == set()
