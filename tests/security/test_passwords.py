"""Which passwords are taken, and what changing one asks for."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client as Browser
from django.urls import reverse

from practice.actions import accept_staff_invitation, invite_staff
from practice.forms import SetupForm
from practice.forms.people import JoinForm
from practice.forms.signing_in import ResetForm
from practice.models import User
from practice.passwords import OUR_WORDS
from tests.conftest import NOW, PASSWORD, freshly

from .production import ROOT, value_of

SCRIPTS = ROOT / "practice" / "static" / "trellis"


def is_taken(password, user=None) -> bool:
    try:
        validate_password(password, user)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    "password",
    [
        "four words in a row",
        "alllowercaseletters",
        "8340917726451",
        "¡ñandú, ábaco y wörter!",
        "密码是一句很长的话没有人知道的",
        "🐢🐇🐢🐇🐌🦔🐢🐇🐌🦔🦊🐻",
        " spaces at both ends ",
        "x" * 11 + "y" * 117,
    ],
)
def test_any_characters_will_do_and_none_are_asked_for(password):
    assert is_taken(password)


@pytest.mark.parametrize(
    "password",
    [
        "eleven-char",
        "qwertyuiop123",  # on Django's list of common ones
        "Sunshine2026!",
        "!!iloveyou!!!!",
        "123456789012",
        "000000000000",
        "dragondragon",
        "monkey1monkey1",
        "Password-Portal-1",
    ],
)
def test_what_is_guessed_first_is_refused(password):
    assert not is_taken(password)


def test_what_stands_on_the_door_is_refused(db, owner):
    """The words of the product, the name of the practice, and the person's own."""
    owner.practice.name = "Lindenhof Praxis"
    for password in (
        "trellis-therapy-1",
        "welcome2trellis!",
        "Lindenhof-Praxis-99",
        "clinic.lindenhof.2026",
        "olga owner 123",
        owner.email,
    ):
        assert not is_taken(password, owner), password
    assert is_taken("trellis grows up a south wall", owner)
    assert is_taken("Lindenhof-Praxis-99")  # elsewhere nobody would think of it


def test_the_words_are_those_that_the_page_names():
    page = (ROOT / "docs" / "security.md").read_text()
    assert ", ".join(sorted(OUR_WORDS)) in " ".join(page.split())


@pytest.fixture
def changes(db, owner):
    """Posts the form to change a password; whether it was changed."""
    browser = freshly(owner)

    def change(old, new):
        browser.post(
            reverse("account_change_password"),
            {"oldpassword": old, "password1": new, "password2": new},
        )
        owner.refresh_from_db()
        return owner.check_password(new)

    return change


def test_to_change_it_takes_the_one_before(changes):
    assert not changes("not the one before", "four words in a row")
    assert not changes("", "four words in a row")
    assert changes(PASSWORD, "four words in a row")


def test_a_changed_one_is_looked_at_like_a_first_one(changes):
    assert not changes(PASSWORD, "Sunshine2026!")


def test_it_is_compared_as_it_was_typed(changes, owner):
    """128 characters and not one less, with the spaces at both ends, in its own case."""
    whole = " " + "Long words In a row. " * 6 + " "
    assert len(whole) == 128
    assert changes(PASSWORD, whole)
    for other in (whole[:-1], whole[1:], whole.strip(), whole.lower(), whole[:72]):
        assert not owner.check_password(other)
    assert [sign_in(owner, typed) for typed in (whole.strip(), whole)] == [False, True]


def sign_in(user, password):
    answer = Browser().post(reverse("account_login"), {"login": user.email, "password": password})
    return answer.status_code == 302


def test_so_it_is_when_somebody_joins(db, owner):
    invitation, _token = invite_staff(
        owner.practice, email="nora@new.example", roles=["clinician"], by=owner, now=NOW
    )
    form = {"name": "Nora", "time_zone": "UTC", "password": " four words in a row "}
    joined = JoinForm(form, invitation=invitation)
    assert joined.is_valid()
    nora = accept_staff_invitation(invitation, now=NOW, **joined.cleaned_data)
    assert nora.check_password(" four words in a row ")
    assert sign_in(nora, " four words in a row ")


def test_fields_are_masked_and_password_managers_know_them(db, owner):
    page = freshly(owner).get(reverse("account_change_password")).content.decode()
    assert page.count('type="password"') == 3
    assert page.count('autocomplete="new-password"') == 2
    assert page.count('autocomplete="current-password"') == 1
    sign_in_page = Browser().get(reverse("account_login")).content.decode()
    assert sign_in_page.count('autocomplete="current-password"') == 1


def test_nothing_stands_in_the_way_of_pasting():
    scripts = {path.name: path.read_text() for path in SCRIPTS.glob("*.js")}
    assert scripts
    assert [name for name, text in scripts.items() if '"paste"' in text or "onpaste" in text] == []


def test_one_that_was_taken_stays_good(db, owner):
    """Nothing asks for another one after a time: no setting, and no column that says how old."""
    columns = {field.name for field in type(owner)._meta.get_fields()}
    assert not {name for name in columns if "password" in name} - {"password"}
    with pytest.raises(KeyError):
        value_of("ACCOUNT_PASSWORD_EXPIRY")


def test_nobody_is_asked_for_a_secret_question():
    """Neither when somebody begins nor when they forgot their password."""
    assert JoinForm.base_fields.keys() == {"name", "time_zone", "password"}
    assert ResetForm.base_fields.keys() == {"email"}
    assert not SetupForm.base_fields.keys() & {"question", "answer", "hint"}


def test_no_account_is_there_before_somebody_makes_one(db):
    """Migrations bring none: not even an administrator."""
    assert not User.objects.exists()
