"""Who saw whom, and what happened here: for those who answer for it, and without what was read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import actions, exports
from clients import actions as care
from clients.log import PAGE
from practice import audit
from practice.auditing import checking
from practice.ids import uuid7
from practice.models import AuditCheck, AuditEvent
from tests.conftest import NOW, as_user, give, join, make_client, make_staff, reads, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.AUDIT_ANCHORS = tmp_path / "anchors"


def who_saw(client, **query):
    return reverse("clients:who_saw", args=[client.pk], query=query or None)


def lines(browser, url):
    return [(line.who, line.what) for line in browser.get(url).context["log"].lines]


def test_the_page_says_who_read_what_and_the_file_says_the_same(joined, clinician, supervisor):
    reads(supervisor, joined)
    as_user(supervisor).get(reverse("clients:record", args=[joined.pk]))
    mine = as_user(clinician)
    mine.get(reverse("assessments:work", args=[joined.pk]))
    shown = lines(mine, who_saw(joined, kind="read"))
    assert ("Sue", "read the record") in shown
    assert ("Clara", "read the work") in shown
    file = mine.get(reverse("clients:who_saw_taken", args=[joined.pk]) + "?kind=read")
    rows = file.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + len(shown)
    assert any("Sue" in row and "read the record" in row for row in rows)
    assert AuditEvent.objects.filter(action="log.taken", client_id=joined.pk).count() == 1


def test_it_is_narrowed_by_day_by_person_and_by_kind(joined, clinician, supervisor, clock):
    reads(supervisor, joined)
    as_user(supervisor).get(reverse("clients:record", args=[joined.pk]))
    clock.shift(60 * 60 * 24)
    mine = as_user(clinician)
    mine.get(reverse("clients:record", args=[joined.pk]))
    read = {"kind": "read", "person": clinician.pk}
    assert lines(mine, who_saw(joined, **read)) == [
        ("Clara", "read this log"),
        ("Clara", "read the record"),
    ]
    assert lines(mine, who_saw(joined, **read, until="2026-11-18")) == []
    sue = {"kind": "read", "person": supervisor.pk, "until": "2026-11-18"}
    assert len(lines(mine, who_saw(joined, **sue))) == 2
    assert lines(mine, who_saw(joined, since="nonsense", kind="nonsense", below="x"))
    ends = {"since": "0001-01-01", "until": "9999-12-31"}
    assert lines(mine, who_saw(joined, **ends))
    taken = reverse("clients:who_saw_taken", args=[joined.pk], query=ends)
    assert mine.get(taken).status_code == 200


def test_an_owner_sees_who_and_what_and_nothing_of_the_record(joined, clinician, owner):
    as_user(clinician).get(reverse("clients:record", args=[joined.pk]))
    browser = as_user(owner)
    text = browser.get(who_saw(joined)).content.decode()
    assert "read the record" in text
    assert "S. O." in text
    assert "Sam" not in text
    assert joined.email not in text
    assert browser.get(reverse("clients:record", args=[joined.pk])).status_code == 404
    assert "Sam" not in browser.get(reverse("clients:log")).content.decode()


def test_a_client_is_never_somebody_elses_who(joined, clinician, owner):
    """A line of an earlier version says that one client stood at another's door."""
    other = join(make_client(clinician, "Other"), by=clinician)
    audit.record("access.denied", other, by=joined.user)
    audit.record("plan.written", other, by=other.user)
    for person in (clinician, owner):
        browser = as_user(person)
        assert lines(browser, who_saw(other, kind="refused"))[0][0] == "somebody else"
        assert joined.email not in browser.get(who_saw(other)).content.decode()
        own = lines(browser, who_saw(other, kind="safety"))
        assert ("the client", "wrote their own plan") in own


def test_nobody_else_sees_it(joined, colleague, supervisor, stranger, practice):
    elsewhere = make_staff(stranger.practice, "Ole", "owner")
    others = (colleague, stranger, elsewhere, make_staff(practice, "Ada", "assistant"))
    for person in (*others, joined.user):
        browser = as_user(person)
        for name in ("clients:who_saw", "clients:who_saw_taken"):
            assert browser.get(reverse(name, args=[joined.pk])).status_code == 404
    asked = as_user(supervisor).get(who_saw(joined))
    assert asked.url.startswith(reverse("clients:reason", args=[joined.pk]))


def test_the_whole_log_is_paged_by_number(owner, practice):
    for n in range(PAGE + 5):
        audit.record("library.synced", practice, by=None, detail={"n": n})
    browser, seen, url = as_user(owner), [], reverse("clients:log")
    while url:
        page = browser.get(url).context["log"]
        seen += [line.number for line in page.lines]
        url = page.older and reverse("clients:log", query={"below": page.older})
    newest = AuditEvent.objects.filter(practice=practice).order_by("-number").first().number
    assert len(seen) > PAGE
    assert seen == list(range(newest, 0, -1)) or seen == list(range(newest - 1, 0, -1))


def test_both_pages_cost_the_same_with_one_line_and_with_many(clinician, owner, joined):
    def cost(user, url):
        browser = as_user(user)
        browser.get(url)
        with CaptureQueriesContext(connection) as sent:
            assert browser.get(url).status_code == 200
        return len(sent)

    def costs():
        return cost(clinician, who_saw(joined)), cost(owner, reverse("clients:log"))

    before = costs()
    for name in ("Ada", "Bo", "Cy"):
        other = make_client(clinician, name)
        care.open_in_emergency(other, words="x", by=clinician, now=NOW)
        for n in range(9):
            audit.record(f"x.{n}", joined, by=clinician)
    assert costs() == before


def test_the_owner_reads_what_the_last_check_found(owner, practice):
    browser, url = as_user(owner), reverse("clients:log")
    assert "Not checked yet" in browser.get(url).content.decode()
    checking.anchor_all(now=NOW)
    checking.check_next(now=NOW)
    text = browser.get(url).content.decode()
    assert "as they were written" in text
    assert "noted outside of the database" in text
    assert "kept of this log elsewhere" not in text
    AuditCheck.objects.update(lines_forged=1)
    assert "kept of this log elsewhere are not all there" in browser.get(url).content.decode()
    AuditCheck.objects.update(fault="removed", bad_number=7)
    assert "not as it was written" in browser.get(url).content.decode()


def test_the_log_of_each_client_says_who_took_a_file_of_many(joined, clinician):
    send(give(joined, "strengths-check", by=clinician).occurrences.get(), by=joined.user)
    export = actions.ask_for_export(
        None, kind="tables", with_words=False, once=uuid7(), by=clinician, now=NOW
    )
    exports.make_next(clock=lambda: NOW)
    export.refresh_from_db()
    actions.take_export(export, by=clinician, now=NOW)
    taken = AuditEvent.objects.filter(action="record.taken")
    assert list(taken.values_list("client_id", "actor")) == [(joined.pk, clinician.pk)]
