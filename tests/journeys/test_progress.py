"""Monday morning, by somebody who has never seen this before.

Given twelve clients, of whom one got reliably worse and one had a session today,
when the clinician opens Today and is told nothing else,
then the first row says who got worse and by how much; one click says why that is more than chance,
by whose word, and what they last practised; and "Noted" takes it from Today.
When she opens the sheet of today's session, what came in stands there; she raises a point with one
click and types another, both are kept while she types, and the row has left Today.
"""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments import actions
from assessments.models import Response
from clients import actions as care
from clients.models import Session
from tests.conftest import agree, give, make_client, measure

from .conftest import DESK, PHONE
from .test_own import clara, enter, sam  # noqa: F401

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)
ENTRY = {"limit": "No calls after nine", "said": "yes", "kept": "kept"}


@pytest.fixture
def caseload(clara, sam):  # noqa: F811
    """Sam practises and has a session today; Rosa got worse; ten others are just in care."""
    now, clinician = timezone.now(), clara[0]
    for n in range(10):
        make_client(clinician, f"Client {n}", now=now - 30 * DAY)
    care.record_safety_check(sam, by=clinician, outcome="clear", note="asked", now=now)
    rosa = make_client(clinician, "Rosa Blum", now=now - 30 * DAY)
    for total, days_ago in ((8, 20), (10, 12), (16, 1)):
        measure(rosa, total, by=clinician, days_ago=days_ago, now=now)
    for client in (sam, rosa):
        care.record_safety_check(client, by=clinician, outcome="clear", note="asked", now=now)
        agree(client, now=now)
        log = give(client, "limit-log", by=clinician, times=4, now=now - 9 * DAY)
        occurrence = log.occurrences.open(now).earliest("opens_at")
        actions.add_entry(
            occurrence, ENTRY, number=actions.next_number(occurrence), by=client.user, now=now
        )
    session = care.book_session(
        sam, by=clinician, starts_at=now + timedelta(hours=3), now=now - 9 * DAY
    )
    return clinician, rosa, session


def test_who_needs_me_and_why(open_page, caseload, site):
    clinician, rosa, session = caseload
    desk = open_page(DESK)
    enter(desk, clinician, site.url)
    desk.goto("/today/")
    first = desk.locator("li.row-card").first
    expect(first).to_contain_text("Worse")
    expect(first).to_contain_text("Rosa Blum")
    expect(first).to_contain_text(
        "PHQ-9 total is 8 higher than at the start of this episode (reliable: 6)"
    )

    # One click: what, by how much, by whose word, and what they practise.
    first.get_by_role("link", name=re.compile("^Timeline")).click()
    changed = desk.get_by_role("region", name="What changed")
    expect(changed).to_contain_text("Deteriorated")
    expect(changed).to_contain_text("Worse by more than measurement error.")
    expect(changed).to_contain_text(re.compile(r"SD 5\.5, reliability 0\.89 \(alpha\), z 1\.96"))
    expect(changed).to_contain_text("NHS Talking Therapies")
    # What a client did stands under the day of their own clock, which may not have turned yet.
    [entry] = Response.objects.submitted().filter(client=rosa, version__activity__slug="limit-log")
    today = timezone.localdate(timezone=ZoneInfo(clinician.time_zone))
    when = "today" if rosa.local_day(entry.submitted_at) == today else "yesterday"
    expect(changed).to_contain_text(re.compile(rf"Last practised:\s+Limit log,\s+{when}"))
    changed.get_by_role("button", name="Noted").click()
    expect(desk.get_by_text("Noted, until there is a newer score.")).to_be_visible()
    expect(desk.locator("li.row-card", has_text="Worse")).to_have_count(0)

    # The session of today, from its row.
    row = desk.locator("li.row-card", has_text="Session of 50 minutes")
    row.get_by_role("link", name=re.compile("^Session sheet")).click()
    expect(desk.get_by_text("What came in, and what did not")).to_be_visible()
    question = desk.get_by_role("region", name="Questions one could ask")
    question.get_by_role("button").first.click()
    points = desk.get_by_label("To raise")
    expect(points).not_to_have_value("")
    raised = points.input_value()
    points.press("End")
    points.press("Control+End")
    points.press_sequentially("\nHow was Sunday?")
    expect(desk.locator("[data-kept]")).to_have_text("Kept")
    assert Session.objects.get(pk=session.pk).points == f"{raised}\nHow was Sunday?"
    desk.goto("/today/")
    expect(desk.locator("li.row-card", has_text="Session of 50 minutes")).to_have_count(0)


def test_the_same_on_a_phone(open_page, caseload, site):
    phone = open_page(PHONE, is_mobile=True, has_touch=True)
    enter(phone, caseload[0], site.url)
    phone.goto("/today/")
    phone.locator("li.row-card").first.get_by_role("link", name=re.compile("^Timeline")).tap()
    expect(phone.get_by_role("region", name="What changed")).to_contain_text("Deteriorated")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
