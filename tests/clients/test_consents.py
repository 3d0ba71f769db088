"""What clients agree to, in which words, and what follows when they take it back."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from assessments.models import Alert, PracticePicture, Reminder
from assessments.reminders.standing import Why, standings
from clients import actions
from clients.agreements import Standing, asked_of, standing_of
from clients.models import Agreement, Consent, ConsentWording
from practice.models import AuditEvent
from tests.conftest import NOW, agree, as_user, give, make_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
AGREE, USES, HOME = (
    reverse(name) for name in ("clients:agree", "clients:uses", "assessments:portal")
)


@pytest.fixture
def welcomed(joined):
    joined.leave_page_shown_at = NOW
    joined.save(update_fields=["leave_page_shown_at"])
    return joined


def test_the_first_visit_asks_before_anything_else_and_once(welcomed, clinician):
    occurrence = give(welcomed, "patterns-check", by=clinician).occurrences.get()
    Consent.objects.all().delete()
    browser = as_user(welcomed.user)
    assert browser.get(HOME).url == AGREE
    assert browser.get(reverse("assessments:begin", args=[occurrence.pk])).url == AGREE
    page = browser.get(AGREE)
    assert b"checked" not in page.content  # a tick that stands there already is no yes
    assert browser.post(AGREE, {"care": "1"}).url == HOME
    assert [row.kind for row in welcomed.consents.standing()] == ["care"]
    # The rest is asked in their own time.
    assert b"something new about your answers" in browser.get(HOME).content
    assert b"checked" not in browser.get(AGREE).content
    assert browser.post(AGREE, {"picture": "1"}).url == HOME
    assert b"something new" not in browser.get(HOME).content
    said = {row.kind: row for row in welcomed.consents.standing()}
    assert said["care"].is_given
    assert said["picture"].declined_at
    assert not said["picture"].is_given


def test_taking_care_back_pauses_what_is_asked_and_tells_the_care_team(welcomed, clinician):
    assignment = give(welcomed, "patterns-check", by=clinician)
    occurrence = assignment.occurrences.get()
    browser = as_user(welcomed.user)
    browser.post(USES, {"kind": "care", "said": "back"})
    assignment.refresh_from_db()
    assert assignment.paused_at is not None
    assert welcomed.alerts.get().kind == Alert.Kind.CONSENT
    assert not Reminder.objects.filter(client=welcomed, settled_at__isnull=True).exists()
    assert browser.get(HOME).url == AGREE
    step = reverse("assessments:step", args=[occurrence.pk, 1])
    assert browser.post(step, {"giving_1": "1"}).url == AGREE
    assert not welcomed.responses.exists()
    # What is theirs stays open to them.
    for name in ("assessments:sent", "assessments:help", "clients:plan", "clients:uses"):
        assert browser.get(reverse(name)).status_code == 200
    browser.post(USES, {"kind": "care", "number": "1", "said": "yes"})
    assert browser.get(HOME).status_code == 200


def test_the_picture_is_taken_back_in_one_tap_and_nothing_else_changes(welcomed):
    agree(welcomed, counts=True)
    as_user(welcomed.user).post(USES, {"kind": "picture", "said": "back"})
    assert not Consent.objects.given(Agreement.PICTURE).exists()
    assert Consent.objects.given(Agreement.CARE).exists()
    assert not welcomed.alerts.exists()


def care_stops(client, clinician):
    """Nothing waits to be sent, nothing is asked, no answer is taken, and no answer is lost."""
    log = give(client, "limit-log", by=clinician, times=2)
    assert Reminder.objects.planned().filter(client=client).exists()

    def is_stopped():
        log.refresh_from_db()
        page = reverse("assessments:entry", args=[log.occurrences.get(number=1).pk])
        return (
            not Reminder.objects.planned().filter(client=client).exists()
            and log.paused_at is not None
            and as_user(client.user).post(page, {"limit": "No", "number": "1"}).url == AGREE
            and standings([client.pk], now=NOW)[client.pk].block == Why.NO_CONSENT
        )

    return is_stopped


def picture_stops(client, clinician):
    """The next figures are without them, and are made now, not tonight."""
    PracticePicture.for_all()
    picture = PracticePicture.objects.get(practice=client.practice)
    picture.content, picture.made_at = {}, NOW
    picture.save()
    counted = Consent.objects.given(Agreement.PICTURE).filter(client=client)
    assert counted.exists()

    def is_stopped():
        picture.refresh_from_db()
        return not counted.exists() and picture.asked_at > picture.made_at

    return is_stopped


STOPS = {Agreement.CARE: care_stops, Agreement.PICTURE: picture_stops}


@pytest.mark.parametrize("said", ["back", "no"])
def test_whatever_was_agreed_to_stops_when_it_is_taken_back(welcomed, clinician, said):
    """Each kind there is: a new one has to say here what ends with it."""
    assert STOPS.keys() == set(Agreement)
    agree(welcomed, counts=True)
    later = NOW + timedelta(minutes=1)
    for kind, stops in STOPS.items():
        is_stopped = stops(welcomed, clinician)
        if said == "back":
            actions.withdraw_consent(welcomed, kind, by=welcomed.user, now=later)
        else:
            again = {"number": 1, "agrees": False, "by": welcomed.user, "now": later}
            actions.answer_consent(welcomed, kind, **again)
        assert is_stopped(), kind


def test_new_words_ask_again_in_their_own_time_and_the_old_yes_holds(welcomed, practice, owner):
    assert standing_of(welcomed) is Standing.SETTLED
    form = {"care": "They read it.", "picture": ConsentWording.objects.get(kind="picture").words}
    as_user(owner).post(reverse("clients:agreements"), form)
    assert standing_of(welcomed) is Standing.ASK_ANEW
    browser = as_user(welcomed.user)
    assert b"something new about your answers" in browser.get(HOME).content
    old = browser.post(AGREE, {"care": "1", "picture": "1"})
    assert old.url == AGREE  # they answered words that are not the newest
    browser.post(AGREE, {"care": "2", "picture": "1"})
    assert standing_of(welcomed) is Standing.SETTLED
    care = welcomed.consents.filter(kind="care").order_by("wording__number")
    assert [row.replaced_at is None for row in care] == [False, True]
    assert [row.wording.words for row in care][1] == "They read it."


def test_a_page_of_which_some_words_are_old_keeps_nothing_of_it(welcomed, practice, owner):
    for kind in ("care", "picture"):
        actions.publish_wording(practice, kind, "They read it.", by=owner, now=NOW)
    browser = as_user(welcomed.user)
    assert browser.post(AGREE, {"care": "2", "picture": "1", "counts": "on"}).url == AGREE
    assert not welcomed.consents.filter(wording__number=2).exists()


def test_words_that_were_agreed_to_never_change(welcomed):
    wording = ConsentWording.objects.filter(kind="care").get()
    with pytest.raises(DatabaseError), transaction.atomic():
        ConsentWording.objects.filter(pk=wording.pk).update(words="All of it")


def test_what_was_said_on_paper_is_written_down_by_the_care_team(clinician, client_in_care):
    note = reverse("clients:consent_note", args=[client_in_care.pk])
    browser = as_user(clinician)
    browser.post(note, {"kind": "picture", "number": "1", "said": "yes"})
    consent = client_in_care.consents.get()
    assert (consent.is_given, consent.created_by) == (True, clinician)
    record = browser.get(reverse("clients:record", args=[client_in_care.pk]))
    assert b"written down by Clara" in record.content
    assert AuditEvent.objects.filter(action="consent.agreed", client_id=client_in_care.pk).exists()


def test_the_page_names_who_reads_today(welcomed, clinician, colleague):
    page = as_user(welcomed.user).get(USES).content.decode()
    assert "Clara" in page
    assert "Carl" not in page


@pytest.mark.parametrize("clients", [1, 3])
def test_what_somebody_agreed_to_costs_the_same_however_many_there_are(
    clinician, clients, django_assert_num_queries
):
    made = [make_client(clinician, name, email="") for name in ("Ada", "Bo", "Cy")[:clients]]
    for client in made:
        actions.answer_consent(client, "care", number=1, agrees=True, by=clinician, now=NOW)
    with django_assert_num_queries(2):
        asked_of(made[0])
    with django_assert_num_queries(1):
        standing_of(made[0])
