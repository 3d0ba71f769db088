"""No finding is passed over without a day and a reason, and what we build on is a known list."""

import re
import tomllib
from datetime import date

import pytest

from . import advisories
from .production import ENVIRONMENT, ROOT, value_of

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ACCEPTED = tomllib.loads((ROOT / "docs" / "accepted.toml").read_text())
PASSED_OVER = re.compile(r"#\s*(?:nosec\b|noqa: S\d)")
WITH_A_REASON = re.compile(r"# (\d{4}-\d\d-\d\d): \w.{5,}$")


def lines():
    for app in ("practice", "clients", "assessments"):
        for path in sorted((ROOT / app).rglob("*.py")):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                yield f"{path.relative_to(ROOT)}:{number}", line


def test_each_line_that_is_passed_over_says_since_when_and_why():
    found = {where: line for where, line in lines() if PASSED_OVER.search(line)}
    assert len(found) > 5
    assert [where for where, line in found.items() if not WITH_A_REASON.search(line)] == []
    days = [date.fromisoformat(WITH_A_REASON.search(line)[1]) for line in found.values()]
    assert max(days) < date(2100, 1, 1)


def test_each_rule_that_is_switched_off_says_since_when_and_why():
    assert set(PYPROJECT["tool"]["bandit"]["skips"]) == ACCEPTED["bandit"].keys()
    off = {
        f"{where} {rule}"
        for where, rules in PYPROJECT["tool"]["ruff"]["lint"]["per-file-ignores"].items()
        for rule in rules
        if re.fullmatch(r"S\d*", rule)
    }
    assert off == ACCEPTED["ruff"].keys()
    assert not [rule for rule in PYPROJECT["tool"]["ruff"]["lint"]["ignore"] if rule[0] == "S"]
    assert set(value_of("SILENCED_SYSTEM_CHECKS")) == ACCEPTED["checks"].keys()
    for kind in ACCEPTED.values():
        for each in kind.values():
            assert isinstance(each["since"], date)
            assert len(each["because"]) > 20


def test_the_gate_looks_at_the_code_and_at_the_settings_of_production():
    """bandit with nothing left out by how bad it is, and Django's check of a deployment."""
    gate = (ROOT / "Makefile").read_text()
    assert "bandit -q -c pyproject.toml -r $(APPS);" in gate
    assert "manage.py check --deploy --fail-level WARNING;" in gate
    told = gate[gate.index("PRODUCTION :=") : gate.index(".DEFAULT_GOAL")]
    for name in ENVIRONMENT.keys() - {"PATH", "FIELD_KEYS"}:
        assert f"{name}={ENVIRONMENT[name]}" in told


def test_all_that_is_installed_is_named_with_its_version_and_its_hash():
    """The inventory: one version of each, from the index, and nothing else is let in."""
    for lock in ("base", "demo", "dev"):
        text = (ROOT / "requirements" / f"{lock}.txt").read_text()
        blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
        entries = [block for block in blocks if re.match(r"[a-z0-9]", block)]
        assert len(entries) > 30
        for entry in entries:
            assert re.match(r"[a-z0-9._-]+(\[[a-z0-9,._-]+\])?==[\w.]+", entry), entry[:60]
            assert "--hash=sha256:" in entry, entry[:60]
            assert "://" not in entry
    for file in ("Dockerfile", "Makefile"):
        assert "--require-hashes" in (ROOT / file).read_text()


def test_what_the_code_asks_for_is_in_the_inventory():
    lock = (ROOT / "requirements" / "base.txt").read_text()
    locked = {name.lower() for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    asked = {re.match(r"[\w.-]+", name)[0].lower() for name in PYPROJECT["project"]["dependencies"]}
    assert asked <= locked


@pytest.mark.parametrize(
    ("found", "known", "status"),
    [
        ({}, {}, 0),
        ({"PYSEC-1": "django 1"}, {}, 1),
        ({"PYSEC-1": "django 1"}, {"PYSEC-1": {"since": "2026-11-29", "because": "…"}}, 0),
        ({}, {"PYSEC-1": {"since": "2026-11-29", "because": "…"}}, 1),
    ],
)
def test_an_audit_fails_for_what_is_new_and_for_what_need_not_be_accepted_any_more(
    found, known, status
):
    assert advisories.verdict(found, known)[0] == status


def test_an_audit_asks_for_all_that_is_in_the_lock_and_for_nothing_twice():
    lock = advisories.LOCK.read_text()
    lists = advisories.inventories(lock)
    asked = [entry for each in lists for entry in each]
    assert len(asked) == len(re.findall(r"^[a-z]", lock, re.MULTILINE))
    for each in lists:
        names = [entry.partition("==")[0] for entry in each]
        assert len(names) == len(set(names))
    assert {"django", "celery", "cryptography"} <= {entry.split("==")[0] for entry in lists[0]}


def test_an_audit_that_could_not_ask_does_not_say_that_all_is_well(monkeypatch, capsys):
    monkeypatch.setattr(advisories, "tool", lambda: None)
    assert advisories.main() == 2
    assert "nothing was asked" in capsys.readouterr().err
    monkeypatch.setattr(advisories, "tool", lambda: "pip-audit")
    monkeypatch.setattr(advisories, "ask", lambda *asked: "connection refused")
    assert advisories.main() == 2
    assert "connection refused" in capsys.readouterr().err
