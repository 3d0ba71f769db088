"""What will be asked and when, and who is left in peace.

Given a clinician and her client, who has joined,
when she gives a check every week and reads beforehand what that means,
and her client hears of it and, tired, says "remind me tomorrow",
then no other message leaves today and the calendar says when one will;
and when she pauses the check, nothing more is to come, until it goes on again;
and when the client stops the messages from the last one they got, none is planned any more.
"""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import Assignment, Reminder
from clients.models.portal import stop_token
from tests.workers import until

from .conftest import DESK, PHONE
from .test_own import clara, enter, sam  # noqa: F401

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CHECK = "How my week was"


def give_every_week(desk, client):
    desk.goto(f"/clients/{client.pk}/assign/")
    card = desk.locator("li.activity-card", has_text=CHECK).first
    card.get_by_role("link", name=re.compile("Choose")).click()
    desk.get_by_label("Every week").check()
    box = desk.get_by_role("region", name="What Sam Ortega will receive")
    expect(box).to_contain_text("4 times")
    expect(box).to_contain_text(re.compile("The last one comes on"))
    desk.get_by_role("button", name="Assign", exact=True).click()
    expect(desk.get_by_text("Assigned.")).to_be_visible()


def test_a_week_that_can_be_foreseen(open_page, clara, sam, mail, site):  # noqa: F811
    desk, phone = open_page(DESK), open_page(PHONE, is_mobile=True, has_touch=True)
    enter(desk, clara[0], site.url)
    give_every_week(desk, sam)
    assignment = Assignment.objects.get(client=sam)
    until(lambda: mail.letters, "Sam hears that something is there")

    # Sam would rather be reminded tomorrow.
    enter(phone, sam.user, site.url)
    phone.goto(reverse("assessments:portal"))
    phone.get_by_role("button", name=re.compile("Remind me tomorrow")).click()
    expect(phone.get_by_text(re.compile("We remind you tomorrow"))).to_be_visible()
    planned = Reminder.objects.planned().get(client=sam)
    assert timedelta(hours=0) < planned.planned_for - timezone.now() < timedelta(days=2)

    # The calendar says so, in words.
    desk.goto(f"/clients/{sam.pk}/calendar/")
    expect(desk.get_by_text(re.compile("one message", re.I)).first).to_be_visible()

    # A pause takes away what is to come; what is open can still be done.
    desk.goto(f"/clients/{sam.pk}/work/")
    desk.get_by_role("button", name=re.compile("Pause")).click()
    expect(desk.get_by_text(re.compile("Paused")).first).to_be_visible()
    assert assignment.occurrences.filter(opens_at__gt=timezone.now()).count() == 0
    desk.get_by_role("button", name=re.compile("Go on again")).click()
    expect(desk.get_by_role("button", name=re.compile("Pause"))).to_be_visible()
    assert assignment.occurrences.filter(opens_at__gt=timezone.now()).count() == 3

    # One click, without signing in.
    stranger = open_page(PHONE)
    stranger.goto(f"/s/{stop_token(sam.pk)}/")
    stranger.get_by_role("button", name="Stop messages").click()
    expect(stranger.get_by_role("heading", name="Messages are stopped")).to_be_visible()
    assert not Reminder.objects.planned().filter(client=sam).exists()
    desk.goto(f"/clients/{sam.pk}/contact/")
    expect(desk.get_by_text("They asked for no messages.").first).to_be_visible()
    assert len(mail.letters) == 1
