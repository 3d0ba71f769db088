"""Another address: asked for by the client, and never changed before their clinician said yes."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from clients import actions
from clients.models import AddressChange, PortalLink
from practice import knocks
from practice.models import AuditEvent
from tests.conftest import NOW, as_user, make_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
OWN, NEW = reverse("clients:address_own"), "new@client.example"


def asks(client, email=NEW, **more):
    form = {"email": email, "code": "2580"} | more
    return as_user(client.user).post(OWN, form)


def answer(clinician, client, word):
    url = reverse("clients:address_change", args=[client.pk])
    browser = as_user(clinician)
    change = client.address_changes.unsettled().first()
    return browser.post(url, {"answer": word, "change": change.pk if change else ""})


def test_the_clinician_sees_it_and_nothing_has_changed(joined, clinician):
    assert asks(joined).url == OWN
    joined.refresh_from_db()
    assert joined.email != NEW
    browser = as_user(clinician)
    today = browser.get(reverse("assessments:today"))
    assert [each.kind for each in today.context["today"].reasons] == ["address"]
    url = reverse("clients:address_change", args=[joined.pk])
    assert url in browser.get(reverse("clients:record", args=[joined.pk])).content.decode()
    assert NEW in browser.get(url).content.decode()


def test_with_yes_the_old_doors_close_and_a_link_goes_to_the_new_address(joined, clinician):
    old, browser = joined.email, as_user(joined.user)
    token = actions.issue_links([joined], now=NOW)[joined.pk]
    Authenticator.objects.create(user=joined.user, type="webauthn", data={})
    asks(joined)
    answer(clinician, joined, "yes")
    joined.refresh_from_db()
    joined.user.refresh_from_db()
    assert (joined.email, joined.user.email) == (NEW, NEW)
    assert not PortalLink.objects.by_token(token).get().is_live(NOW)
    assert browser.get(OWN).url.startswith(reverse("account_login"))
    assert not Authenticator.objects.filter(user=joined.user).exists()
    knocks.answer_all()
    assert [letter.to for letter in mail.outbox] == [[NEW]]
    assert old not in mail.outbox[0].body


def test_a_yes_is_about_the_address_that_was_on_the_page(joined, clinician):
    url = reverse("clients:address_change", args=[joined.pk])
    browser = as_user(clinician)
    asks(joined)
    seen = browser.get(url).context["change"]
    asks(joined, "partner@other.example")
    page = browser.post(url, {"answer": "yes", "change": seen.pk}).content.decode()
    assert "They asked for another address meanwhile." in page
    assert "partner@other.example" in page
    joined.refresh_from_db()
    assert joined.email not in (NEW, "partner@other.example")


def test_the_old_address_hears_of_it_only_when_that_is_safe(joined, clinician):
    old = joined.email
    asks(joined, note_to_old="on")
    answer(clinician, joined, "yes")
    knocks.answer_all()
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert set(letters) == {old, NEW}
    assert NEW not in letters[old].body
    assert "Sam" not in letters[old].body


def test_with_no_everything_stays(joined, clinician):
    asks(joined)
    answer(clinician, joined, "no")
    answer(clinician, joined, "yes")  # a second tab
    joined.refresh_from_db()
    assert joined.email != NEW
    assert AddressChange.objects.get().confirmed_at is None


def test_it_takes_the_personal_code_and_a_wrong_one_is_counted(joined):
    assert asks(joined, code="0000").status_code == 200
    assert not AddressChange.objects.exists()
    assert AuditEvent.objects.filter(action="code.wrong").count() == 1


def test_it_can_be_taken_back_and_asked_anew(joined, clinician):
    asks(joined)
    as_user(joined.user).post(OWN, {"take_back": "yes"})
    answer(clinician, joined, "yes")
    asks(joined, "first@client.example")
    asks(joined, "second@client.example")
    answer(clinician, joined, "yes")
    joined.refresh_from_db()
    assert joined.email == "second@client.example"


def test_after_two_weeks_it_is_over(joined, clinician, clock):
    asks(joined)
    clock.shift(timedelta(days=14))
    answer(clinician, joined, "yes")
    joined.refresh_from_db()
    assert joined.email != NEW


def test_the_client_does_not_learn_whose_address_it_is(joined, clinician):
    """It is accepted like any other; the clinician hears that somebody signs in with it."""
    assert asks(joined, clinician.email).url == OWN
    answer(clinician, joined, "yes")
    joined.refresh_from_db()
    assert joined.email != clinician.email
    assert AddressChange.objects.get().confirmed_at is None


def test_one_wish_at_a_time_and_one_end(joined):
    asks(joined)
    row = AddressChange.objects.get()
    facts = {"practice": joined.practice, "client": joined, "email": NEW, "asked_at": NOW}
    with pytest.raises(IntegrityError, match="address_change_one_open"), transaction.atomic():
        AddressChange.objects.create(**facts)
    with pytest.raises(IntegrityError, match="address_change_one_end"), transaction.atomic():
        AddressChange.objects.filter(pk=row.pk).update(declined_at=NOW, confirmed_at=NOW)


def test_of_another_clients_nobody_hears(joined, colleague):
    make_client(colleague, "Other")
    asks(joined)
    assert answer(colleague, joined, "yes").status_code == 404
