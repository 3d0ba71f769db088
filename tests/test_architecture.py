"""Rules of the house that a person would forget: read from the syntax trees and the models."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from practice.models import DataClass

ROOT = Path(__file__).resolve().parent.parent
OURS = ("practice", "clients", "assessments")
SOURCES = sorted(
    path for app in OURS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
)
VIEWS_AND_TAGS = [
    path
    for path in SOURCES
    if "templatetags" in path.parts or "views" in path.parts or path.name == "access.py"
]
MODELS = [model for app in OURS for model in apps.get_app_config(app).get_models()]


def named(path):
    return str(path.relative_to(ROOT))


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"), named(path))


def chain(node):
    """The names of ``Client.objects.of(user).get(…)``, from the left."""
    names = []
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Name):
            return [node.id, *reversed(names)]
        else:
            return list(reversed(names))


# -- whose rows: a look-up begins with somebody --------------------------------------------------

SCOPED = {
    "of",
    "mine",
    "myself",
    "cared_for_by",
    "taken_out_by",
    "logged_for",
    "listed_for",
    "handed_to",
    "kept_by",  # an owner
    "about",  # one client
    "by_token",
    "open_to",
}
MODEL_NAMES = {model.__name__ for model in MODELS}
LOOK_UPS = {"get_object_or_404", "get_list_or_404"}
# Not about anybody: whether there is a practice at all, and a token that was signed by us.
ALLOWED = {
    ("practice/views/shell.py", "Practice.objects.is_any"): 2,
    ("clients/views/portal.py", "Client.objects.filter"): 1,
    # Of one that was found as theirs just before.
    ("assessments/views/mine.py", "Response.objects.can_be_taken_back.filter.exists"): 1,
}
# A row that was found through somebody, and everything that is reached from it.
FROM_A_SCOPED_ROW = {
    *("client", "clients", "found", "occurrence", "occurrence__assignment", "person", "session")
}


def is_scoped(call, names):
    """Somebody in the chain, or in an argument a row that was already found through somebody."""
    if SCOPED.intersection(names):
        return True
    inside = [node for node in ast.walk(call) if isinstance(node, ast.keyword)]
    return any(
        isinstance(keyword.value, ast.Name) and keyword.value.id in FROM_A_SCOPED_ROW
        for keyword in inside
    )


def unscoped(tree):
    """Chains that begin at a model and name nobody; only whole chains, not their pieces."""
    pieces = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Call) and node not in pieces:
            inner = node.func if isinstance(node, ast.Call) else node.value
            while isinstance(inner, ast.Attribute | ast.Call):
                pieces.add(inner)
                inner = inner.func if isinstance(inner, ast.Call) else inner.value
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or node in pieces:
            continue
        names = chain(node)
        from_model = names[1:2] == ["objects"] and names[0] in MODEL_NAMES
        if from_model and not is_scoped(node, names):
            yield ".".join(names), node.lineno
        bare = node.args and isinstance(node.args[0], ast.Name) and node.args[0].id in MODEL_NAMES
        if LOOK_UPS.intersection(names[-1:]) and bare:
            yield f"{names[-1]}({node.args[0].id})", node.lineno


def test_views_and_tags_find_rows_only_through_whose_they_are():
    found, where = {}, []
    for path in VIEWS_AND_TAGS:
        for look_up, line in unscoped(tree_of(path)):
            key = (named(path), look_up)
            found[key] = found.get(key, 0) + 1
            where.append(f"{named(path)}:{line}: {look_up}")
    assert found == ALLOWED, "\n".join(where)


@pytest.mark.parametrize(
    "wrong",
    [
        "Client.objects.get(pk=pk)",
        "get_object_or_404(Client, pk=pk)",
        "get_object_or_404(Client.objects.all(), pk=pk)",
        "Response.objects.submitted().filter(pk=pk).first()",
        "rows = list(Client.objects.filter(pk=pk))",
        "return_value = Alert.objects.open()[0:9].get()",
    ],
)
def test_the_walk_would_find(wrong):
    assert list(unscoped(ast.parse(wrong)))


@pytest.mark.parametrize(
    "right",
    [
        "Client.objects.of(user).get(pk=pk)",
        "get_object_or_404(Client.objects.cared_for_by(user), pk=pk)",
        "Response.objects.unread().filter(client=client).first()",
        "client.sessions.filter(pk=pk)",
    ],
)
def test_the_walk_leaves_in_peace(right):
    assert not list(unscoped(ast.parse(right)))


# -- what every model says of itself ---------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_model_says_how_private_it_is_and_how_long_it_is_kept(model):
    own = {name for each in model.__mro__ for name in vars(each)}
    assert {"data_class", "kept"} <= own
    assert isinstance(model.data_class, DataClass)
    assert isinstance(model.kept, str)
    assert model.kept


def test_there_are_models_of_every_app():
    assert {model._meta.app_label for model in MODELS} == set(OURS)
    assert len(MODELS) == 60


# The tenant itself, and what a whole installation has once.
OF_NO_PRACTICE = {"practice.Practice", "practice.Heartbeat", "practice.KeyWork", "practice.Knock"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_row_belongs_to_a_practice(model):
    names = {field.name for field in model._meta.get_fields()}
    assert model._meta.label in OF_NO_PRACTICE or "practice" in names


def test_models_and_migrations_say_the_same(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# -- time ------------------------------------------------------------------------------------------

CLOCKS_WITHOUT_A_ZONE = {"date.today", "datetime.today", "datetime.utcnow", "utcfromtimestamp"}


def unzoned(tree):
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        last = ".".join(chain(node)[-2:])
        if last in CLOCKS_WITHOUT_A_ZONE:
            yield last, node.lineno
        if last == "datetime.now" and not node.args and not node.keywords:
            yield last, node.lineno


def test_nobody_asks_a_clock_without_a_zone():
    assert [
        f"{named(path)}:{line}: {what}" for path in SOURCES for what, line in unzoned(tree_of(path))
    ] == []


def test_that_walk_would_find_one():
    wrong = ["date.today()", "datetime.date.today()", "datetime.now()", "datetime.datetime.now()"]
    assert all(list(unzoned(ast.parse(each))) for each in wrong)
    assert not list(unzoned(ast.parse("datetime.now(UTC)")))


PURE = [
    path
    for path in SOURCES
    if named(path).startswith(("assessments/definitions/", "assessments/charts/", "assessments/sc"))
]


@pytest.mark.parametrize("path", PURE, ids=named)
def test_the_pure_rules_read_no_clock_at_all(path):
    calls = [chain(node)[-1:] for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
    assert ["now"] not in calls


# -- imports ---------------------------------------------------------------------------------------

# Where an import has to wait: path → what is imported.
HIDDEN_IMPORTS: dict[str, set[str]] = {}


def hidden_imports(tree):
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import):
                    yield node.names[0].name
                elif isinstance(node, ast.ImportFrom):
                    yield node.module or "."


def test_imports_stand_at_the_top():
    found = {named(path): set(hidden_imports(tree_of(path))) for path in SOURCES}
    assert {path: names for path, names in found.items() if names} == HIDDEN_IMPORTS


def test_the_arrow_of_imports_points_down():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


JUNK_DRAWERS = {"utils", "helpers", "common", "services", "misc"}


def test_no_module_is_a_junk_drawer():
    assert [named(path) for path in SOURCES if path.stem in JUNK_DRAWERS] == []


def test_no_module_has_outgrown_its_room():
    long = {named(path): len(path.read_text().splitlines()) for path in SOURCES}
    assert {path: lines for path, lines in long.items() if lines > 350} == {}


def test_there_are_no_signal_receivers():
    wrong = {"receiver", "post_save", "pre_save", "post_delete", "pre_delete", "m2m_changed"}
    found = [
        named(path)
        for path in SOURCES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and wrong & {name.name for name in node.names}
    ]
    assert found == []
