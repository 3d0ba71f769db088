import base64
from uuid import uuid4

import pytest

from practice.encryption import CannotOpen, DataKey, key_id_of, unwrap, wrap


@pytest.fixture
def key():
    return DataKey(uuid4(), b"k" * 32)


@pytest.mark.parametrize("plain", [b"", b"a", "Übermut 🙂 שלום".encode(), bytes(5_000_000)])
def test_what_was_sealed_opens_in_its_place(key, plain):
    sealed = key.seal(plain, about=b"table|column|row")
    assert key.open(sealed, about=b"table|column|row") == plain
    assert key_id_of(sealed) == key.id


def test_the_plain_text_cannot_be_seen(key):
    assert b"secret" not in key.seal(b"a secret", about=b"here")


def test_the_same_value_never_looks_the_same_twice(key):
    assert key.seal(b"same", about=b"here") != key.seal(b"same", about=b"here")


@pytest.mark.parametrize("elsewhere", [b"clients|name|2", b"clients|email|1", b"users|name|1", b""])
def test_a_value_that_was_moved_does_not_open(key, elsewhere):
    sealed = key.seal(b"a secret", about=b"clients|name|1")
    with pytest.raises(CannotOpen):
        key.open(sealed, about=elsewhere)


def test_a_value_with_any_one_byte_changed_does_not_open(key):
    sealed = key.seal(b"abc", about=b"here")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(CannotOpen):
            key.open(bytes(changed), about=b"here")


@pytest.mark.parametrize("cut", [0, 1, 16, 17, 28, 29, 44])
def test_a_value_that_was_cut_short_does_not_open(key, cut):
    sealed = key.seal(b"a secret", about=b"here")[:cut]
    with pytest.raises(CannotOpen):
        key.open(sealed, about=b"here")


def test_another_key_does_not_open_it_even_with_the_same_id(key):
    other = DataKey(key.id, b"x" * 32)
    with pytest.raises(CannotOpen):
        other.open(key.seal(b"a secret", about=b"here"), about=b"here")


def test_the_same_secret_under_another_id_does_not_open_it(key):
    other = DataKey(uuid4(), key.secret)
    with pytest.raises(CannotOpen):
        other.open(key.seal(b"a secret", about=b"here"), about=b"here")


@pytest.mark.parametrize("value", [b"", b"plain text that was never sealed", b"\x01short"])
def test_what_is_no_sealed_value_names_no_key(value):
    with pytest.raises(CannotOpen, match="not a sealed value"):
        key_id_of(value)


def entry(name, byte=b"m"):
    return f"{name}:{base64.b64encode(byte * 32).decode()}"


def test_the_first_master_key_wraps_and_all_of_them_unwrap(settings):
    settings.FIELD_KEYS = [entry("old")]
    wrapped = wrap(b"data key", about=b"it")
    settings.FIELD_KEYS = [entry("new", b"n"), entry("old")]
    assert unwrap(wrapped, about=b"it") == b"data key"
    again = wrap(b"data key", about=b"it")
    settings.FIELD_KEYS = [entry("new", b"n")]
    assert unwrap(again, about=b"it") == b"data key"
    with pytest.raises(CannotOpen, match="not in FIELD_KEYS"):
        unwrap(wrapped, about=b"it")


def test_a_wrapped_key_opens_only_for_what_it_is_about(settings):
    settings.FIELD_KEYS = [entry("one")]
    with pytest.raises(CannotOpen, match="changed"):
        unwrap(wrap(b"data key", about=b"this"), about=b"that")


@pytest.mark.parametrize("cut", [0, 1, 4, 8, 20])
def test_a_wrapped_key_that_was_cut_short_does_not_open(settings, cut):
    settings.FIELD_KEYS = [entry("one")]
    with pytest.raises(CannotOpen):
        unwrap(wrap(b"data key", about=b"it")[:cut], about=b"it")


def test_a_master_key_of_the_same_name_and_another_secret_does_not_unwrap(settings):
    settings.FIELD_KEYS = [entry("one")]
    wrapped = wrap(b"data key", about=b"it")
    settings.FIELD_KEYS = [entry("one", b"z")]
    with pytest.raises(CannotOpen):
        unwrap(wrapped, about=b"it")


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ([], "FIELD_KEYS is empty"),
        (["one:" + base64.b64encode(b"short").decode()], "32 bytes in base64"),
        ([entry("")], "a short id"),
        ([entry("a-name-that-is-far-too-long")], "a short id"),
        ([entry("clé")], "none with an accent"),  # one letter, two bytes: nothing would open again
    ],
)
def test_keys_that_cannot_work_are_refused_with_a_sentence(settings, entries, sentence):
    settings.FIELD_KEYS = entries
    with pytest.raises(ValueError, match=sentence):
        wrap(b"data key", about=b"it")


def test_a_mark_is_always_the_same_and_needs_the_key_and_the_purpose(key):
    mark = key.mark(b"an id", purpose=b"names")
    assert mark == key.mark(b"an id", purpose=b"names")
    others = {
        key.mark(b"another id", purpose=b"names"),
        key.mark(b"an id", purpose=b"something else"),
        DataKey(key.id, b"x" * 32).mark(b"an id", purpose=b"names"),
    }
    assert len(others | {mark}) == 4
    assert b"an id" not in mark
