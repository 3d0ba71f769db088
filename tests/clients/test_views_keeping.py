"""What an owner sees of the records, holds and erases; what a clinician asks of them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients import actions
from clients.models import Client, LegalHold, RetentionPolicy
from practice.models import AuditEvent, Erased
from tests.conftest import NOW, as_user, freshly, make_client
from tests.whole import close, whole_client

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def asked(clinician):
    """Care has ended, and they want to be forgotten."""
    client = close(make_client(clinician), by=clinician)
    actions.ask_for_erasure(client, why="wish", words="On the phone", by=clinician, now=NOW)
    return client


def page(name, *args):
    return reverse(f"clients:{name}", args=args)


def text(response):
    return " ".join(response.content.decode().split())


def test_a_clinician_writes_down_what_the_client_asked_and_the_owner_erases_them(clinician, owner):
    client = whole_client(clinician)
    actions.take_back_erasure(client, by=clinician, now=NOW)
    hers, owners = as_user(clinician), freshly(owner)
    hers.post(page("erasure_ask", client.pk), {"why": "wish", "words": "In the last session"})
    assert "To be forgotten" in text(hers.get(page("record", client.pk)))
    assert "Not while care goes on" in text(owners.get(page("keeping_of", client.pk)))

    close(client, by=clinician)
    assert client.preferred_name in text(owners.get(page("keeping")))
    said = text(owners.get(page("erase", client.pk)))
    for words in ("What goes", "What stays", "Sessions, with notes", "The trail of who did what"):
        assert words in said

    wrong = {"early": "No claim is open", "name": "Somebody else"}
    assert "That is not their name" in text(owners.post(page("erase", client.pk), wrong))
    assert Client.objects.filter(pk=client.pk).exists()
    right = wrong | {"name": "  ottilie unmistakable "}
    done = owners.post(page("erase", client.pk), right)
    assert done.url == page("erased", client.pk)

    proof = text(owners.get(done.url))
    event = AuditEvent.objects.get(action="client.erased")
    assert bytes(event.hash).hex() in proof
    assert "Ottilie" not in proof
    paper = owners.get(reverse("assessments:certificate", args=[client.pk]))
    assert paper.content.startswith(b"%PDF")
    assert owners.get(page("erased_facts", client.pk)).json()["record"] == str(client.pk)
    assert hers.get(page("record", client.pk)).status_code == 404
    assert owners.get(reverse("clients:log")).status_code == 200  # what it tells of is gone


def test_to_erase_one_shows_first_who_one_is(asked, owner):
    answer = as_user(owner).get(page("erase", asked.pk))
    assert "/accounts/reauthenticate/" in answer.url
    assert "/accounts/reauthenticate/" in as_user(owner).post(page("erase", asked.pk)).url
    assert Client.objects.filter(pk=asked.pk).exists()


def test_under_a_hold_the_page_offers_no_erasure_and_a_post_does_nothing(asked, owner, clinician):
    browser = freshly(owner)
    browser.post(page("keeping_of", asked.pk), {"reason": "Court of Lübeck, 3 C 12"})
    hold = LegalHold.objects.get()
    assert (hold.reason, hold.created_by) == ("Court of Lübeck, 3 C 12", owner)
    said = text(browser.get(page("keeping_of", asked.pk)))
    assert "Court of Lübeck" in said
    assert page("erase", asked.pk) not in said
    browser.post(page("erase", asked.pk), {"name": asked.preferred_name, "early": "x"})
    assert Client.objects.filter(pk=asked.pk).exists()
    record = text(as_user(clinician).get(page("record", asked.pk)))
    assert "On legal hold since" in record
    assert "Court of Lübeck" not in record

    as_user(owner).post(page("hold_lift", asked.pk))  # has not shown who they are
    assert LegalHold.objects.standing().exists()
    browser.post(page("hold_lift", asked.pk))
    assert not LegalHold.objects.standing().exists()


def test_where_two_are_needed_the_one_who_asked_is_told(clinician, owner, practice):
    actions.change_retention(practice, by=owner, now=NOW, by_itself=False, second_person=True)
    client = close(make_client(clinician), by=clinician)
    browser = freshly(owner)
    browser.post(page("erasure_ask", client.pk), {"why": "mistake"})
    form = {"name": client.preferred_name, "early": "Added twice"}
    assert "another owner has to" in text(browser.post(page("erase", client.pk), form))
    assert not Erased.objects.exists()


def test_a_second_click_on_erase_leads_to_the_certificate(asked, owner, monkeypatch):
    browser, address = freshly(owner), page("erase", asked.pk)
    form = {"name": asked.preferred_name, "early": "They insist"}

    def one_was_quicker(client, **facts):
        erase(client, **facts)
        return erase(client, **facts)

    erase = actions.erase_client
    monkeypatch.setattr(actions, "erase_client", one_was_quicker)
    for _click in range(2):
        assert browser.post(address, form).url == page("erased", asked.pk)
    assert browser.get(address).url == page("erased", asked.pk)
    assert AuditEvent.objects.filter(action="client.erased").count() == 1


def test_each_certificate_can_be_reached_however_many_there_are(owner, practice):
    shared = {"practice": practice, "why": "over", "counts": {}}
    for days in range(51):
        Erased.objects.create(**shared, erased_at=NOW - timedelta(days=days))
    browser, address = as_user(owner), page("keeping") + "?show=erased"
    first, second = text(browser.get(address)), text(browser.get(address + "&page=2"))
    assert "1 to 50 of 51" in first
    oldest = Erased.objects.order_by("erased_at").first()
    assert page("erased", oldest.pk) not in first
    assert page("erased", oldest.pk) in second


def test_a_hold_that_is_to_be_looked_at_again_stands_among_what_is_to_decide(
    clinician, owner, clock
):
    client = close(make_client(clinician, "Hetty Held"), by=clinician)
    day = NOW.date() + timedelta(days=9)
    actions.hold(client, reason="A claim", look_again_on=day, by=owner, now=NOW)
    for days, stands in ((8, False), (9, True)):
        clock.move_to(NOW + timedelta(days=days))
        assert ("Hetty Held" in text(as_user(owner).get(page("keeping")))) is stands


def test_to_look_at_the_list_is_written_down_once_a_day(asked, owner):
    browser = as_user(owner)
    for show in ("due", "held", "ended"):
        browser.get(page("keeping") + f"?show={show}")
    assert AuditEvent.objects.filter(action="records.shown_to_owner").count() == 1


def test_once_care_has_ended_the_record_says_until_when_it_is_kept(clinician):
    client = make_client(clinician)
    browser = as_user(clinician)
    assert "is kept until" not in text(browser.get(page("record", client.pk)))
    close(client, by=clinician)
    said = text(browser.get(page("record", client.pk)))
    assert "By the rule of your practice their record is kept until 18 Nov 2036." in said


def test_to_change_the_rule_one_shows_first_who_one_is(owner):
    form = {"law": "de", "years": "1", "grace_days": "30", "by_itself": "on", "why_shorter": "x"}
    for answer in (as_user(owner).get(page("retention")), as_user(owner).post(page("retention"))):
        assert "/accounts/reauthenticate/" in answer.url
    as_user(owner).post(page("retention"), form)
    assert not RetentionPolicy.objects.exists()


def test_a_shorter_time_than_the_law_needs_a_reason(owner):
    browser = freshly(owner)
    form = {"law": "de", "years": "3", "grace_days": "30", "by_itself": "on"}
    said = text(browser.post(page("retention"), form))
    assert "The rule that you chose says 10 years." in said
    assert not RetentionPolicy.objects.exists()
    browser.post(page("retention"), form | {"why_shorter": "Our chamber allows it"})
    policy = RetentionPolicy.objects.get()
    assert (policy.law, policy.years, policy.why_shorter) == ("de", 3, "Our chamber allows it")
    since = policy.by_itself_since
    browser.post(page("retention"), form | {"years": "12"})
    policy.refresh_from_db()
    assert (policy.years, policy.by_itself_since) == (12, since)


def test_what_is_to_decide_comes_first_and_who_is_in_care_is_not_among_it(asked, clinician, owner):
    there = make_client(clinician, "Berta Stays")
    old = close(make_client(clinician, "Olli Long"), by=clinician, now=NOW)
    old.episodes.update(opened_at=NOW - timedelta(days=9000), closed_at=NOW - timedelta(days=3600))
    said = text(as_user(owner).get(page("keeping")))
    assert asked.preferred_name in said
    assert "Olli Long" in said
    assert there.preferred_name not in said
    assert there.preferred_name in text(as_user(owner).get(page("keeping") + "?show=all"))


def test_the_list_costs_the_same_with_one_row_and_with_three(asked, clinician, owner):
    browser, address = as_user(owner), page("keeping") + "?show=all"

    def statements():
        browser.get(address)
        with CaptureQueriesContext(connection) as sent:
            assert browser.get(address).status_code == 200
        return len(sent)

    one = statements()
    for n in (1, 2):
        client = close(make_client(clinician, f"Client {n}"), by=clinician)
        actions.hold(client, reason="A claim", by=owner, now=NOW)
        actions.ask_for_erasure(client, why="wish", words="", by=clinician, now=NOW)
    assert statements() == one
