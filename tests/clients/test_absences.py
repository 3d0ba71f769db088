"""Somebody is away, and a colleague has the caseload: it begins and ends by the clock alone."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import actions
from assessments.actions import set_back_up
from assessments.calls import make_calls
from clients import actions as care
from clients.forms import AbsenceForm
from clients.models import Absence, Client, Cover
from clients.telling import tell_of_absences
from practice.models import AuditEvent
from tests.conftest import NOW, as_user, give, make_client, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)
TODAY = NOW.date()
LIST = "clients:absences"


def away(person, covers, *, first=1, last=3, by=None, **facts):
    return care.take_absence(
        person,
        first_day=TODAY + first * DAY,
        last_day=TODAY + last * DAY,
        covers=covers,
        tells_clients=facts.pop("tells_clients", True),
        by=by or person,
        now=NOW,
        **facts,
    )


def caseload(user):
    return {client.preferred_name for client in Client.objects.cared_for_by(user)}


def form(first=1, last=3, **fields):
    days = {"first_day": TODAY + first * DAY, "last_day": TODAY + last * DAY}
    return days | {"covering": "", "tells_clients": "on"} | fields


@pytest.fixture
def two(clinician):
    return [make_client(clinician, name) for name in ("Ada", "Bo")]


def test_the_caseload_opens_at_midnight_and_shuts_at_midnight(
    two, clinician, colleague, practice, clock
):
    away(clinician, {None: colleague})
    seen = []
    for day, minute in ((18, 59), (19, 0), (21, 59), (22, 0)):
        hour = 23 if minute else 0
        clock.move_to(datetime(2026, 11, day, hour, minute, tzinfo=practice.zone))
        seen.append(len(caseload(colleague)))
    assert seen == [0, 2, 2, 0]
    assert caseload(clinician) == {"Ada", "Bo"}


def test_one_client_may_be_with_somebody_else(two, clinician, colleague, practice, clock):
    dora = make_staff(practice, "Dora", "clinician")
    away(clinician, {None: colleague, two[1].pk: dora})
    clock.shift(DAY)
    assert (caseload(colleague), caseload(dora)) == ({"Ada"}, {"Bo"})


def test_who_covers_reads_and_writes_and_sees_for_whom(two, clinician, colleague, clock):
    give(two[0], "strengths-check", by=clinician)
    session = care.book_session(two[0], by=clinician, starts_at=NOW + DAY + 3 * DAY / 24, now=NOW)
    away(clinician, {None: colleague})
    clock.shift(DAY)
    browser = as_user(colleague)
    for page in (
        reverse("assessments:today"),
        reverse("clients:caseload"),
        reverse("assessments:timeline", args=[two[0].pk]),
    ):
        text = " ".join(browser.get(page).content.decode().split())
        assert "for Clara until 21 Nov" in text, page
    wrote = browser.post(
        reverse("clients:safety_check", args=[two[0].pk]), {"outcome": "hold", "note": "Asked"}
    )
    assert wrote.status_code == 302
    sheet = browser.get(reverse("assessments:sheet", args=[session.pk]))
    assert "note" not in sheet.context["form"].fields
    session.refresh_from_db()
    assert session.sheet_read_at is not None  # so it leaves their Today
    page = reverse("clients:hand_over", args=[two[0].pk])
    assert browser.post(page, {"to": str(colleague.pk)}).status_code == 404


def test_nobody_covers_through_somebody_who_is_away_too(two, clinician, colleague, practice, clock):
    dora = make_staff(practice, "Dora", "clinician")
    away(colleague, {None: dora}, first=2, last=2)
    add = reverse("clients:absence_add", args=[clinician.pk])
    sent = as_user(clinician).post(add, form(covering=str(colleague.pk)))
    assert "Carl is away too" in str(sent.context["form"].errors["covering"])
    # Carl may fall ill all the same: then it is said, and on that day nobody covers.
    care.end_absence(Absence.objects.get(), by=colleague, now=NOW)
    away(clinician, {None: colleague})
    add = reverse("clients:absence_add", args=[colleague.pk])
    sent = as_user(colleague).post(add, form(2, 2, covering=str(dora.pk)), follow=True)
    assert "Carl was to cover for Clara" in sent.content.decode()
    seen = []
    for _ in range(3):
        clock.shift(DAY)
        seen.append((len(caseload(colleague)), len(caseload(dora))))
    assert seen == [(2, 0), (0, 0), (2, 0)]


def test_who_is_away_is_asked_once_however_many_have_somebody_of_their_own(
    two, clinician, colleague, practice
):
    dora = make_staff(practice, "Dora", "clinician")
    away(dora, {}, first=2, last=2)
    chosen = {str(client.pk): str(dora.pk) for client in two}
    said = AbsenceForm(form(covering=str(colleague.pk), **chosen), person=clinician, by=clinician)
    with CaptureQueriesContext(connection) as asked:
        assert said.errors.keys() == chosen.keys()
    assert sum("clients_absence" in each["sql"] for each in asked) == 1


def test_days_that_make_no_sense_are_refused(clinician, colleague):
    away(clinician, {})
    browser, add = as_user(clinician), reverse("clients:absence_add", args=[clinician.pk])
    wrong = {
        "first_day": [form(3, 5), form(-1, 5)],
        "last_day": [form(9, 8), form(9, 900)],
        "covering": [form(9, 9, covering=str(clinician.pk))],
    }
    for field, forms in wrong.items():
        for sent in forms:
            assert field in browser.post(add, sent).context["form"].errors
    assert Absence.objects.count() == 1


def test_it_is_changed_and_ended_early(two, clinician, colleague, practice, clock):
    dora = make_staff(practice, "Dora", "clinician")
    absence = away(clinician, {None: colleague}, first=0)
    assert len(caseload(colleague)) == 2
    browser = as_user(clinician)
    page = reverse("clients:absence_change", args=[absence.pk])
    browser.post(page, form(0, 5, **{str(two[0].pk): str(dora.pk)}, covering=str(colleague.pk)))
    assert (caseload(colleague), caseload(dora)) == ({"Bo"}, {"Ada"})
    changed = Absence.objects.valid().get()
    assert changed.last_day == TODAY + 5 * DAY
    browser.post(reverse("clients:absence_end", args=[changed.pk]))
    assert caseload(colleague) == caseload(dora) == set()
    actions_said = AuditEvent.objects.filter(action__startswith="absence.")
    assert list(actions_said.order_by("number").values_list("action", flat=True)) == [
        "absence.taken",
        "absence.taken",
        "absence.ended",
    ]


def test_the_owner_names_it_for_somebody_and_reads_no_client(two, clinician, colleague, owner):
    browser = as_user(owner)
    add = reverse("clients:absence_add", args=[clinician.pk])
    assert "Ada" not in browser.get(add).content.decode()
    browser.post(add, form(covering=str(colleague.pk)))
    assert Cover.objects.get().covering == colleague
    assert "Ada" not in browser.get(reverse(LIST)).content.decode()


def test_nobody_else_sees_or_names_it(clinician, colleague, stranger, supervisor):
    absence = away(clinician, {})
    for person in (colleague, stranger, supervisor):
        browser = as_user(person)
        assert "Clara" not in browser.get(reverse(LIST)).content.decode()
        for page in (
            reverse("clients:absence_add", args=[clinician.pk]),
            reverse("clients:absence_change", args=[absence.pk]),
            reverse("clients:absence_end", args=[absence.pk]),
        ):
            assert browser.post(page, form()).status_code == 404
    sent = as_user(clinician).post(
        reverse("clients:absence_add", args=[clinician.pk]),
        form(9, 9, covering=str(stranger.pk)),
    )
    assert "covering" in sent.context["form"].errors


class TestAlerts:
    @pytest.fixture
    def told(self):
        def of(at):
            mail.outbox.clear()
            make_calls(lambda: at)
            return sorted(letter.to[0].split("@")[0] for letter in mail.outbox)

        return of

    def raise_one(self, client, clinician, at):
        plan = give(client, "limit-plan", by=clinician, now=at).occurrences.get()
        return actions.ask_to_talk(plan, by=client.user, now=at)

    def test_who_covers_hears_and_who_is_away_does_not(self, joined, clinician, colleague, told):
        away(clinician, {None: colleague})
        at = NOW + DAY
        self.raise_one(joined, clinician, at)
        assert told(at) == ["carl"]
        assert told(NOW + 4 * DAY) == ["clara", "owner"]  # she is back, and it is still unseen

    def test_one_from_before_goes_along(self, joined, clinician, colleague, told):
        away(clinician, {None: colleague})
        self.raise_one(joined, clinician, NOW)
        assert told(NOW) == ["clara"]
        assert told(NOW + DAY) == ["carl", "owner"]

    def test_without_a_cover_whoever_is_away_hears(self, joined, clinician, colleague, told):
        away(clinician, {})
        self.raise_one(joined, clinician, NOW + DAY)
        assert told(NOW + DAY) == ["clara"]

    def test_a_back_up_who_is_away_is_passed_over(self, joined, clinician, colleague, told):
        set_back_up(clinician, colleague, by=clinician, now=NOW)
        away(colleague, {})
        self.raise_one(joined, clinician, NOW + DAY)
        assert told(NOW + DAY) == ["clara"]
        assert told(NOW + DAY + timedelta(hours=4)) == ["owner"]


class TestWhatIsSaid:
    def test_both_hear_once_by_a_mail_that_names_no_client(self, two, clinician, colleague):
        absence = away(clinician, {None: colleague})
        assert (tell_of_absences(now=NOW), tell_of_absences(now=NOW)) == (2, 0)
        [one, other] = mail.outbox
        assert {*one.to, *other.to} == {clinician.email, colleague.email}
        assert one.subject == "Trellis: who covers"
        assert "Clara is away from Thu 19 Nov 2026 to Sat 21 Nov 2026." in one.body
        assert "Carl covers." in one.body
        assert not {"Ada", "Bo"} & set(one.body.split())
        care.end_absence(absence, by=clinician, now=NOW + DAY)
        assert tell_of_absences(now=NOW + DAY) == 2
        assert "That has ended" in mail.outbox[-1].body

    @pytest.mark.parametrize("tells", [True, False])
    def test_the_client_reads_one_line_if_the_clinician_likes(
        self, joined, clinician, colleague, clock, tells
    ):
        joined.leave_page_shown_at = NOW
        joined.save(update_fields=["leave_page_shown_at"])
        away(clinician, {None: colleague}, tells_clients=tells)
        clock.shift(DAY)
        text = as_user(joined.user).get(reverse("assessments:portal")).content.decode()
        assert ("While Clara is away, Carl reads what you send." in text) is tells


def test_a_refused_mail_leaves_no_address_in_the_log(clinician, colleague, settings, caplog):
    settings.EMAIL_BACKEND = "tests.practice.test_knocks.Refuses"
    away(clinician, {None: colleague})
    assert tell_of_absences(now=NOW) == 0
    assert "the mail was not taken: SMTPRecipientsRefused" in caplog.text
    assert not any(person.email in caplog.text for person in (clinician, colleague))
