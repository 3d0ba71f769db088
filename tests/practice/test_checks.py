import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from practice.checks import fit_for_people, refuse_if_unfit


def test_in_order_there_is_nothing_to_say(settings):
    assert fit_for_people() == []
    refuse_if_unfit()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            {"SECRET_KEY": "x" * 49},
            "SECRET_KEY is shorter than 50 characters: set a longer one.",
        ),
        ({"DEBUG": True}, "DEBUG is on and shows secrets: turn it off."),
        ({"FIELD_KEYS": ["k1:AAAA"]}, "FIELD_KEYS cannot be read: Each entry"),
        ({"FIELD_KEYS": ["k1:A"]}, "FIELD_KEYS cannot be read: Invalid base64"),
        ({"FIELD_KEYS": []}, "FIELD_KEYS cannot be read: FIELD_KEYS is empty"),
    ],
    ids=str,
)
def test_what_is_wrong_is_one_sentence_and_nothing_starts(settings, wrong, sentence):
    for name, value in wrong.items():
        setattr(settings, name, value)
    (error,) = fit_for_people()
    assert error.msg.startswith(sentence)
    with pytest.raises(ImproperlyConfigured, match="^" + sentence):
        refuse_if_unfit()
    with pytest.raises(ImproperlyConfigured):
        call_command("prepare")
    settings.DEVELOPMENT = True
    assert fit_for_people() == []


def test_browsers_are_not_asked_to_remember_us_for_ever(settings):
    assert settings.SECURE_HSTS_PRELOAD is False
