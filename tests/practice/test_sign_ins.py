"""Where people are signed in: each sees their own, and ends them at once."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.urls import reverse

from clients.actions import change_client
from practice import actions, audit, devices, limits
from practice.models import AuditEvent, SignIn
from practice.tasks import forget_sessions
from tests.conftest import NOW, PASSWORD, as_user

pytestmark = pytest.mark.django_db

SIGN_INS = "/signed-in/"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0"
)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, ("Safari", "iPhone")),
        (EDGE, ("Edge", "Windows")),
        (
            "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
            ("Firefox", "Android"),
        ),
        ("curl/8.6", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_device_in_words(agent, words):
    assert devices.in_words(agent) == words


def come_in(user):
    browser = Browser(headers={"user-agent": PHONE})
    browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return browser


def test_signing_in_says_where_and_when_and_signing_out_ends_it(clock, clinician):
    browser = come_in(clinician)
    sign_in = SignIn.objects.get()
    assert (sign_in.user, sign_in.device, sign_in.address) == (
        clinician,
        "Safari on iPhone",
        "127.0.0.1",
    )
    browser.post(reverse("account_logout"))
    assert not SignIn.objects.exists()
    trail = AuditEvent.objects.filter(action__startswith="sign_in.").order_by("number")
    assert list(trail.values_list("action", "actor")) == [
        ("sign_in.began", clinician.pk),
        ("sign_in.ended", clinician.pk),
    ]


def test_of_a_client_no_address_is_kept(clock, joined):
    token = audit.address.set("198.51.100.7")
    actions.begin_sign_in(joined.user, agent="", now=NOW)
    audit.record("help.shown", joined, by=joined.user)
    audit.address.reset(token)
    assert SignIn.objects.get(user=joined.user).address is None
    theirs = AuditEvent.objects.filter(actor=joined.user)
    assert not theirs.filter(address__isnull=False).exists()
    assert theirs.get(action="sign_in.began").detail.keys() == {"network"}
    assert "198.51.100.7" not in str(list(theirs.values()))


def test_the_mark_of_a_network_is_anothers_for_each_person(joined, clinician):
    one, other = (limits.been_there(user, "198.51.100.7") for user in (joined.user, clinician))
    assert one != other
    assert limits.been_there(joined.user, None) == ""


def test_one_signs_out_elsewhere_and_stays_here(clock, clinician):
    here, there, third = as_user(clinician), as_user(clinician), as_user(clinician)
    page = here.get(SIGN_INS)
    assert len(page.context["sign_ins"]) == 3
    [other] = SignIn.objects.filter(pk=there.session["sign_in"])
    here.post(SIGN_INS, {"which": other.pk})
    assert [each.get("/today/").status_code for each in (here, there, third)] == [200, 302, 200]
    here.post(SIGN_INS)
    assert [each.get("/today/").status_code for each in (here, third)] == [200, 302]


def test_nobody_ends_or_sees_that_of_somebody_else(clock, clinician, colleague, joined):
    mine, theirs = as_user(clinician), as_user(joined.user)
    other = as_user(colleague)
    for each in (theirs, other):
        answer = mine.post(SIGN_INS, {"which": each.session["sign_in"]})
        assert answer.status_code == 404
    assert [each.user for each in theirs.get("/me/signed-in/").context["sign_ins"]] == [joined.user]


def test_what_is_no_sign_in_at_all_is_not_there(clock, clinician):
    assert as_user(clinician).post(SIGN_INS, {"which": "x"}).status_code == 404


def test_a_client_sees_their_devices_only_with_their_own_code(clock, joined):
    browser = Browser()
    browser.force_login(joined.user)
    assert browser.get("/me/signed-in/").url == reverse("clients:own_code")


def test_another_password_ends_all_others(clock, clinician):
    here, there = come_in(clinician), as_user(clinician)
    session = here.session
    session["second_factor"] = True
    session.save()
    form = {
        "oldpassword": PASSWORD,
        "password1": "another long horse",
        "password2": "another long horse",
    }
    here.post(reverse("account_change_password"), form)
    assert here.get("/today/").status_code == 200
    assert there.get("/today/").status_code == 302
    assert SignIn.objects.of(clinician).count() == 1


def test_another_address_of_a_client_ends_theirs(clock, joined, clinician):
    as_user(joined.user)
    change_client(joined, by=clinician, now=NOW, email="new@client.example")
    assert not SignIn.objects.of(joined.user).exists()


def test_a_session_from_before_is_over(clock, clinician):
    browser = as_user(clinician)
    SignIn.objects.all().delete()
    assert browser.get("/today/").status_code == 302


def test_the_acts_do_not_go_back_in_time(clock, clinician):
    as_user(clinician)
    sign_in = SignIn.objects.get()
    SignIn.objects.update(acted_at=NOW.replace(hour=11))
    actions.go_on(sign_in, now=NOW.replace(minute=30))
    assert SignIn.objects.get().acted_at == NOW.replace(hour=11)


def test_nothing_stays_behind_of_whoever_never_comes_back(clock, clinician, joined):
    for user in (clinician, joined.user):
        as_user(user)
    clock.shift(timedelta(hours=6))
    as_user(clinician)
    clock.shift(timedelta(hours=6))
    forget_sessions()
    assert [row.user for row in SignIn.objects.all()] == [clinician]
    assert Session.objects.count() == 1


@pytest.mark.parametrize("places", [1, 3])
def test_the_list_costs_the_same_however_long(clock, clinician, places, django_assert_num_queries):
    for _place in range(places - 1):
        as_user(clinician)
    browser = as_user(clinician)
    with django_assert_num_queries(3):
        browser.get(SIGN_INS)
