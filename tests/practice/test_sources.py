"""Where secrets come from: one place, and nothing of them in what is said when it fails."""

import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from practice.settings import sources
from practice.settings.sources import entries, secret

SECRET = "k1:c2VjcmV0"


def command(code):
    return f'{sys.executable} -c "{code}"'


def file(folder, text=SECRET, mode=0o400):
    path = folder / "keys"
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_from_each_of_three_places(tmp_path):
    for given in (
        {"KEYS": SECRET},
        {"KEYS": "", "KEYS_FILE": file(tmp_path, f"{SECRET}\n")},
        {"KEYS_COMMAND": command(f"print('{SECRET}')")},
    ):
        assert secret("KEYS", given) == SECRET


def test_many_are_on_lines_or_between_commas():
    assert entries("a:1,b:2") == entries("# the first one\na:1\n\n b:2 \n") == ["a:1", "b:2"]


def test_no_shell_looks_at_the_command(tmp_path):
    path = tmp_path / "made"
    given = {"KEYS_COMMAND": f"{sys.executable} -c \"print('x')\" ; touch {path}"}
    assert secret("KEYS", given) == "x"
    assert not path.exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Set KEYS, or KEYS_FILE (a path), or KEYS_COMMAND (a command that prints it)."),
        ({"KEYS": SECRET, "KEYS_FILE": "/x"}, "KEYS and KEYS_FILE are both set: keep one of them."),
        ({"KEYS_FILE": "/nowhere"}, "The file of KEYS_FILE cannot be read (FileNotFoundError)."),
        (
            {"KEYS_COMMAND": command(f"import sys; sys.exit('{SECRET}')")},
            "The command of KEYS_COMMAND ended with 1.",
        ),
        ({"KEYS_COMMAND": command("")}, "KEYS_COMMAND gave nothing."),
        (
            {"KEYS_COMMAND": "/nowhere/at-all"},
            "The command of KEYS_COMMAND cannot be run or read (FileNotFoundError).",
        ),
        (
            {"KEYS_COMMAND": command("import time; time.sleep(60)")},
            "The command of KEYS_COMMAND did not answer within 1 seconds.",
        ),
    ],
    ids=["none", "two", "no file", "it fails", "nothing", "no command", "too slow"],
)
def test_otherwise_one_sentence_and_no_secret(given, sentence, monkeypatch, capfd):
    if "did not answer" in sentence:
        monkeypatch.setattr(sources, "SECONDS", 1)
    with pytest.raises(ImproperlyConfigured) as refusal:
        secret("KEYS", given)
    assert str(refusal.value) == sentence
    assert SECRET not in "".join(capfd.readouterr())


@pytest.mark.parametrize("mode", [0o444, 0o604, 0o402])
def test_a_file_that_everybody_may_open_is_refused(tmp_path, mode):
    with pytest.raises(ImproperlyConfigured, match="open to everybody on the machine: chmod 400"):
        secret("KEYS", {"KEYS_FILE": file(tmp_path, mode=mode)})
