"""The ledger of OWASP ASVS 5.0 (docs/asvs.toml) says nothing that is not so."""

import functools
import inspect
import json
from datetime import date
from importlib import import_module

import pytest

from .asvs import HOW, LEDGER, PAGE, ROOT, filled, in_order, ledger
from .production import value_of

REASONS, ITEMS = ledger()
REFERENCE = ROOT.parent / "shared" / "reference" / "asvs-5.0.json"
OF = {item.id: item for item in ITEMS}
# Out of scope may be these chapters and nothing else: of all others one can say what holds.
MAY_BE_OUT = {9, 10, 17}


def is_collected(name: str) -> bool:
    """Would pytest run it: a function of that name in that file, and not one that is skipped."""
    path, _, function = name.partition("::")
    folder, _, file = path.rpartition("/")
    if not (folder.startswith("tests") and file.startswith("test_") and function):
        return False
    *classes, last = function.split("::")
    if not (last.startswith("test_") and all(each.startswith("Test") for each in classes)):
        return False
    try:
        module = import_module(path.removesuffix(".py").replace("/", "."))
        found = functools.reduce(getattr, [*classes, last], module)
    except (ImportError, AttributeError):
        return False
    told = [*getattr(found, "pytestmark", []), *_as_list(getattr(module, "pytestmark", []))]
    return inspect.isfunction(found) and not any(mark.name == "skip" for mark in told)


def _as_list(marks):
    return marks if isinstance(marks, list) else [marks]


def test_every_requirement_of_both_levels_stands_in_it_once():
    if not REFERENCE.is_file():
        pytest.skip(f"{REFERENCE} is not here: the list of ids was compared where it is.")
    told = json.loads(REFERENCE.read_text())["requirements"]
    wanted = {each["req_id"].removeprefix("V"): int(each["L"]) for each in told}
    levels = {name: level for name, level in wanted.items() if level in (1, 2)}
    assert {item.id: item.level for item in ITEMS} == levels


def test_it_is_in_order_and_as_long_as_it_was():
    """Also where the reference is not: 70 of level 1 and 183 of level 2."""
    assert [item.id for item in ITEMS] == sorted(OF, key=in_order)
    assert [sum(item.level == level for item in ITEMS) for level in (1, 2)] == [70, 183]


def test_every_named_test_is_there():
    missing = {
        item.id: [name for name in item.tests if not is_collected(name)]
        for item in ITEMS
        if not all(map(is_collected, item.tests))
    }
    assert missing == {}


@pytest.mark.parametrize(
    "name",
    [
        "tests/security/test_ledger.py::test_that_is_not_there",
        "tests/security/test_ledger.py::is_collected",
        "tests/no_such_place/test_nothing.py::test_every_named_test_is_there",
        "tests/security/production.py::settings",
        "tests/security/test_ledger.py",
    ],
)
def test_a_name_that_leads_nowhere_would_be_found(name):
    assert not is_collected(name)


def test_every_setting_holds_in_production():
    wrong = {}
    for item in ITEMS:
        for name, wanted in item.settings.items():
            try:
                found = value_of(name)
                found = "none" if found is None else found
            except (KeyError, IndexError):
                found = "there is none"
            if found != wanted:
                wrong[f"{item.id} {name}"] = found
    assert wrong == {}


def test_every_item_says_what_it_must():
    faults = []
    for item in ITEMS:
        has = {
            "test": bool(item.tests and item.holds),
            "setting": bool(item.settings and item.holds),
            "gap": bool(item.holds and item.bad and item.owner and item.since),
            "out_of_scope": item.because in REASONS and item.chapter in MAY_BE_OUT,
        }
        if item.how not in HOW or not has[item.how]:
            faults.append(item.id)
    assert faults == []
    assert all(item.since <= date(2100, 1, 1) for item in ITEMS if item.since)


def test_the_text_of_the_standard_is_not_copied_into_it():
    """It is under another licence than ours."""
    if not REFERENCE.is_file():
        pytest.skip(f"{REFERENCE} is not here.")
    ours = " ".join(LEDGER.read_text().split())
    told = json.loads(REFERENCE.read_text())["requirements"]
    copied = []
    for each in told:
        words = each["req_description"].removeprefix("Verify that ").split()
        runs = (" ".join(words[at : at + 12]) for at in range(max(1, len(words) - 11)))
        copied += [each["req_id"] for run in runs if run in ours]
    assert copied == []


def test_the_page_says_what_the_ledger_says():
    """Otherwise: python -m tests.security.asvs"""
    page = PAGE.read_text()
    assert page == filled(page)
