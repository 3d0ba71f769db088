"""A record is opened in an emergency: for an hour, with a reason, and everybody concerned hears."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from assessments.opened import in_words, opened_of
from clients import actions as care
from clients import telling
from clients.models import Client, EmergencyOpening
from practice.models import AuditEvent
from tests.conftest import NOW, as_user, freshly, make_client, make_staff
from tests.smtp import mail_goes_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PAGE = "clients:emergency"
WHY = "The ward calls, and Clara does not answer"


def opens(colleague, client, **other):
    form = {"name": client.preferred_name, "words": WHY} | other
    return freshly(colleague).post(reverse(PAGE), form)


def test_it_opens_to_them_alone_to_read_and_the_clock_shuts_it(joined, colleague, practice, clock):
    record = reverse("clients:record", args=[joined.pk])
    browser = freshly(colleague)
    assert browser.get(record).status_code == 404
    sent = browser.post(reverse(PAGE), {"name": "  sam  ORTEGA ", "words": WHY})
    assert sent.url == joined.get_absolute_url()
    text = browser.get(record).content.decode()
    assert WHY in text
    assert "Opened in an emergency, until 12:00" in text  # Berlin's clock
    assert as_user(make_staff(practice, "Cleo", "clinician")).get(record).status_code == 404
    for page in ("clients:client_change", "assessments:assign", "assessments:export_client"):
        assert browser.get(reverse(page, args=[joined.pk])).status_code == 404
    clock.shift(timedelta(minutes=61))
    assert not Client.objects.of(colleague).exists()
    assert as_user(colleague).get(record).status_code == 404


def test_what_is_read_in_a_second_opening_of_the_day_is_written_too(joined, colleague, clock):
    record = reverse("clients:record", args=[joined.pk])
    read = AuditEvent.objects.filter(action="record.read", actor=colleague)
    for opening in (1, 2):
        browser = freshly(colleague)
        browser.post(reverse(PAGE), {"name": joined.preferred_name, "words": WHY})
        for _ in range(2):
            assert browser.get(record).status_code == 200
        assert read.count() == opening
        clock.shift(timedelta(minutes=61))


def test_a_mail_server_that_is_away_does_not_hush_it_up(joined, colleague, settings):
    opens(colleague, joined)
    with mail_goes_to(settings, 1):
        assert telling.tell_of_emergencies(now=NOW) == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert telling.tell_of_emergencies(now=NOW) == 2
    assert telling.tell_of_emergencies(now=NOW) == 0
    assert len(mail.outbox) == 2


def test_neither_does_a_mail_that_cannot_be_written(joined, colleague, monkeypatch):
    opens(colleague, joined)
    with monkeypatch.context() as patch:
        patch.setattr(telling, "_tell_of", lambda opening: opening.nothing_like_it)
        with pytest.RaisesGroup(AttributeError):
            telling.tell_of_emergencies(now=NOW)
    assert telling.tell_of_emergencies(now=NOW) == 2


def test_owner_and_care_team_have_a_mail_at_once_with_initials_and_no_more(
    joined, colleague, clinician, owner
):
    opens(colleague, joined)
    for _ in range(2):
        telling.tell_of_emergencies(now=NOW)
    assert {letter.to[0] for letter in mail.outbox} == {owner.email, clinician.email}
    assert len(mail.outbox) == 2
    for letter in mail.outbox:
        assert "S. O." in letter.body
        assert "Carl" in letter.body
        assert reverse("clients:who_saw", args=[joined.pk]) in letter.body
        assert not {"Sam", "ward"} & set((letter.subject + letter.body).replace(",", " ").split())


def test_the_owner_the_care_team_and_the_client_read_that_it_was_opened(
    joined, colleague, clinician, owner
):
    opens(colleague, joined)
    event = AuditEvent.objects.get(action="emergency.opened")
    assert (event.actor, event.client_id, event.detail) == (colleague, joined.pk, {})
    page = as_user(owner).get(reverse("clients:log")).content.decode()
    assert WHY in page
    assert "Carl" in page
    assert (
        WHY in as_user(clinician).get(reverse("clients:record", args=[joined.pk])).content.decode()
    )
    [told] = [each for each in in_words(opened_of(joined)) if each.name == "Carl"]
    assert [str(words) for words in told.what] == [
        "opened your record from outside your care team, for one hour"
    ]


@pytest.mark.parametrize("role", ["owner", "supervisor", "assistant"])
def test_it_is_for_clinicians_of_the_practice(joined, practice, role):
    person = make_staff(practice, "Ada", role)
    assert freshly(person).get(reverse(PAGE)).status_code == 404
    assert opens(person, joined).status_code == 404


def test_somebody_of_another_practice_is_not_found(joined, stranger):
    assert list(opens(stranger, joined).context["form"].errors) == ["name"]
    assert not EmergencyOpening.objects.exists()


def test_it_is_no_way_to_ask_who_is_in_care(joined, colleague):
    """Part of a name finds nobody, each miss is written down without it, and soon it is over."""
    browser = freshly(colleague)
    for name in ("Sam", "Ortega", "S", "Sam O", "sam@"):
        sent = browser.post(reverse(PAGE), {"name": name, "words": WHY})
        assert "exactly this name" in str(sent.context["form"].errors)
    missed = AuditEvent.objects.filter(action="emergency.not_found")
    assert list(missed.values_list("detail", "client_id")) == [({}, None)] * 5
    assert "several people" in str(opens(colleague, joined).context["form"].errors)
    assert AuditEvent.objects.filter(action="emergency.too_often", actor=colleague).count() == 1
    assert not EmergencyOpening.objects.exists()


def test_of_two_with_one_name_the_address_tells(joined, clinician, colleague):
    other = make_client(clinician, joined.preferred_name, email="other@client.example")
    assert "More than one" in str(opens(colleague, joined).context["form"].errors)
    assert opens(colleague, joined, name=other.email).url == other.get_absolute_url()
    for _ in range(4):
        opens(colleague, joined)
    several = AuditEvent.objects.filter(action="emergency.several")
    assert list(several.values_list("detail", "client_id")) == [({}, None)] * 5
    assert "several people" in str(opens(colleague, joined, name="Nobody").context["form"].errors)


def test_whoever_looks_after_them_opens_nothing(joined, clinician):
    assert opens(clinician, joined).url == joined.get_absolute_url()
    assert not EmergencyOpening.objects.exists()


def test_it_stays_as_it_was_said_and_no_longer_than_an_hour(joined, colleague):
    care.open_in_emergency(joined, words=WHY, by=colleague, now=NOW)
    opening = EmergencyOpening.objects.filter(created_by=colleague)
    later = {"until_at": NOW + timedelta(minutes=30)}
    for change in (lambda: opening.update(**later), lambda: opening.get().delete()):
        with pytest.raises(IntegrityError, match="is not allowed"), transaction.atomic():
            change()
    long = {"opened_at": NOW, "until_at": NOW + timedelta(minutes=61), "created_by": colleague}
    with pytest.raises(IntegrityError, match="emergency_of_somebody"), transaction.atomic():
        EmergencyOpening.objects.create(practice=joined.practice, client=joined, **long)
