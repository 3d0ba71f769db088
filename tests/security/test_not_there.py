"""What is not in the product: whole classes of holes need a thing that we do not have.

What modules import is a list, so a new one is looked at before it comes in.
"""

import ast
import functools
import re
import sys

import pytest
from django.apps import apps
from django.db import models
from django.urls import get_resolver

from .addresses import APPS, every_address
from .production import ROOT, value_of

# What may be imported from outside the standard library, and where a whole kind of hole would be
# possible with another one: no LDAP, XPath, LaTeX, GraphQL, WebSockets, memcache, SAML, OAuth,
# pickle, YAML, WebRTC or image libraries among them.
FROM_OUTSIDE = {
    *("allauth", "anymail", "celery", "crispy_forms", "cryptography", "csp", "django", "environ"),
    "numpy",
    *("openpyxl", "psycopg", "pydantic", "pydantic_core", "requests", "typst", "urllib3"),
    "whitenoise",
    *APPS,
}
DANGEROUS = {
    "pickle",
    "marshal",
    "shelve",
    "yaml",
    "dill",
    "jsonpickle",
    "code",
    "codeop",
    "xmlrpc",
}
# The launcher of the demo and of the tests, which the image leaves out (.dockerignore); and, while
# settings are read, the command that an administrator names for a secret. No shell looks at either.
STARTS_PROGRAMS = (
    *("practice/embedded/", "practice/launch/", "practice/processes.py"),
    "practice/settings/sources.py",
)
# Statements that are put together: from names of tables and columns of models, quoted; from what
# Django made and where we are; from names that psycopg quotes.
MADE_STATEMENTS = {
    *("practice/bulk.py", "practice/backups/holding.py"),
    *("practice/database/base.py", "practice/database/grants.py"),
    "practice/database/prepared.py",  # SQL that Django made, its values left out
}


@functools.cache
def nodes():
    """(path, node) of every import, call and name of the product."""
    kinds = ast.Import | ast.ImportFrom | ast.Call | ast.Name
    return [
        (str(path.relative_to(ROOT)), node)
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, kinds)
    ]


def imported():
    """(module, what it imports) for each import, also one that hides in a function."""
    for path, node in nodes():
        if isinstance(node, ast.Import):
            yield from ((path, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield path, node.module


def calls():
    """(path, line, the whole name that is called, the arguments)."""
    for path, node in nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield f"{path}:{node.lineno}", name_of(node.func), node.args


def name_of(node) -> str:
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def test_what_comes_from_outside_is_this_and_nothing_else():
    found = {name.split(".")[0] for _path, name in imported()} - set(sys.stdlib_module_names)
    assert found == FROM_OUTSIDE


def test_nothing_that_runs_what_it_reads():
    found = {(path, name) for path, name in imported() if name.split(".")[0] in DANGEROUS}
    assert found == set()


def test_no_program_is_started_by_a_page_or_a_worker():
    found = {
        path for path, name in imported() if name in ("subprocess", "pty", "commands", "popen2")
    }
    assert {path for path in found if not path.startswith(STARTS_PROGRAMS)} == set()


def test_nothing_is_made_into_code():
    runs = {"eval", "exec", "compile", "__import__", "execfile", "os.system", "os.popen"}
    assert [place for place, name, _ in calls() if name in runs] == []


def test_no_template_is_made_of_what_somebody_wrote():
    """Templates are files; `Template(...)` and `from_string` would make one of any text."""
    makes = {"Template", "from_string"}
    assert [place for place, name, _ in calls() if name.split(".")[-1] in makes] == []


def test_statements_are_not_put_together_from_texts():
    """A cursor gets constants, but in the places that are named above."""
    raw = {"raw", "extra", "RawSQL"}
    assert [place for place, name, _ in calls() if name.split(".")[-1] in raw] == []
    made = {
        place.partition(":")[0]
        for place, name, args in calls()
        if name.endswith(".execute")
        and args
        and isinstance(args[0], ast.JoinedStr | ast.BinOp | ast.Call)
        and "sql." not in ast.unparse(args[0])  # psycopg quotes what it puts in
        and "/migrations/" not in place
    }
    assert made <= MADE_STATEMENTS


def test_pages_say_what_is_safe_to_say():
    """`mark_safe` and `|safe` stand where each was looked at."""
    words = ("mark_safe", "SafeString")
    safe = {path for path, node in nodes() if isinstance(node, ast.Name) and node.id in words}
    assert safe == {"practice/templatetags/shell.py"}  # the practice's own help text, escaped first
    unescaped = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if re.search(r"\|\s*safe\b|autoescape off|safeseq", path.read_text())
    }
    assert unescaped == {"templates/bootstrap5/layout/help_text.html"}  # a form's, from the code


def test_nothing_that_was_uploaded_is_kept_as_a_file():
    """What comes in is read and let go: there is no file of anybody's to serve, run or scan."""
    fields = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FileField)
    ]
    assert fields == []
    assert (value_of("MEDIA_ROOT"), value_of("MEDIA_URL")) == ("", "")


def test_no_door_is_there_that_nobody_needs():
    """No administration pages, no toolbar, no sign-in by others, no developers' apps."""
    wanted_not = ("admin", "debug_toolbar", "socialaccount", "silk", "django_extensions", "idp")
    installed = value_of("INSTALLED_APPS")
    assert [app for app in installed if any(word in app for word in wanted_not)] == []
    addresses = {str(name) for name, _view in every_address()}
    assert not {name for name in addresses if "admin" in name or "socialaccount" in name}
    assert get_resolver().resolve("/accounts/login/")


@pytest.mark.parametrize("word", ["TURN", "RTCPeerConnection", "WebSocket", "EventSource"])
def test_no_script_opens_another_way(word):
    scripts = list((ROOT / "practice" / "static").rglob("*.js"))
    assert scripts
    assert [path.name for path in scripts if re.search(rf"\b{word}\b", path.read_text())] == []


def test_the_server_speaks_no_websockets():
    for file in ("Dockerfile", "practice/launch/start.py"):
        assert "--no-ws" in (ROOT / file).read_text()
    assert not (ROOT / "practice" / "asgi.py").exists()


def test_the_image_holds_what_runs_and_nothing_else():
    """A list of what comes in; neither the history, nor tests, nor the demo's launcher."""
    lines = (ROOT / ".dockerignore").read_text().split("\n")
    told = [line for line in lines if line and not line.startswith("#")]
    assert told[0] == "*"
    let_in = {line.removeprefix("!") for line in told if line.startswith("!")}
    assert let_in == {*APPS, "templates", "locale", "manage.py", "requirements/base.txt"}
    assert {"practice/launch", "practice/embedded"} <= set(told)


STORED = re.compile(r"(?:localStorage|sessionStorage|indexedDB|caches)\.?\w*\([^)]*\)?")


def test_scripts_keep_nothing_in_the_browser_but_which_field_had_the_focus():
    found = {
        found
        for path in (ROOT / "practice" / "static").rglob("*.js")
        for found in STORED.findall(path.read_text())
    }
    assert found == {
        "sessionStorage.setItem(FOCUS, event.target.name)",
        "sessionStorage.getItem(FOCUS)",
        "sessionStorage.removeItem(FOCUS)",
    }


def test_scripts_make_no_pages_of_texts():
    """What comes into a page as markup is a page of ours, escaped where it was made."""
    ways = re.compile(r"\b(?:eval|Function|document\.write|insertAdjacentHTML|outerHTML)\b\s*[(=]")
    markup = {}
    for path in sorted((ROOT / "practice" / "static").rglob("*.js")):
        text = path.read_text()
        assert not ways.search(text), path.name
        markup[path.name] = set(re.findall(r"innerHTML = (.+?);", text))
    assert {name: what for name, what in markup.items() if what} == {
        "own.js": {"html"},
        "schedule.js": {"await answer.text()"},
        "wording.js": {"await answer.text()"},
    }


def test_scripts_take_no_messages_of_other_sites():
    """Tabs of ours speak over a BroadcastChannel, which no other origin hears."""
    for path in (ROOT / "practice" / "static").rglob("*.js"):
        text = path.read_text()
        assert not re.search(r"(?:window|self|parent|top|opener)\.postMessage", text), path.name
        assert 'addEventListener("message"' not in text or "BroadcastChannel" in text, path.name


def test_scripts_merge_nothing_from_outside_into_objects():
    """What is assigned stands in the script, name by name; no name of a name comes from outside."""
    reaching = re.compile(r"__proto__|setPrototypeOf|fromEntries|\][ ]*\[[^\]]+\][ ]*=[^=]")
    for path in (ROOT / "practice" / "static").rglob("*.js"):
        text = path.read_text()
        assert not reaching.search(text), path.name
        for merged in re.findall(r"Object\.assign\((.{20})", text):
            assert re.match(r"\w+, \{", merged), f"{path.name}: {merged}"


def test_no_page_has_a_script_or_a_style_of_its_own():
    """Nor anything that is embedded: only files of ours are run and shown."""
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=\"|javascript:|<(?:object|embed|applet)\b"
    )
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if inline.search(path.read_text())
    ]
    assert found == []


def test_no_file_is_for_other_sites():
    assert value_of("WHITENOISE_ALLOW_ALL_ORIGINS") is False
