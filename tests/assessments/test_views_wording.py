"""The pages on which an owner writes what messages say."""

import pytest
from django.urls import reverse

from assessments.models import MessageWording
from assessments.reminders.messages import trellis_words
from practice.models import AuditEvent, Practice
from tests.conftest import NOW, as_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ALL = reverse("assessments:wordings")
MAIL = {"language": "en", "channel": "email", "wording": "discreet", "kind": "news"}
TEXT = MAIL | {"channel": "sms"}
OURS = {"subject": "A note", "body": "Have a look:\r\n{link}\r\n\r\nEnough: {stop}"}


@pytest.fixture
def texting(settings):
    settings.SMS_URL = "file://somewhere"


def url(place=None, **other):
    return reverse("assessments:wording", kwargs=(place or MAIL) | other)


def errors(response):
    assert response.status_code == 200
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def events(action):
    return AuditEvent.objects.filter(action=f"message_wording.{action}")


@pytest.mark.parametrize("who", ["clinician", "supervisor", "joined"])
def test_only_an_owner_comes_in(who, request):
    user = request.getfixturevalue(who)
    browser = as_user(getattr(user, "user", user))
    for address in (ALL, url()):
        assert [browser.get(address).status_code, browser.post(address, OURS).status_code] == [
            404,
            404,
        ]
    assert not MessageWording.objects.exists()


def test_the_list_has_every_message_that_can_be_sent(owner, settings):
    lines = lambda: sum(  # noqa: E731
        len(section[-1]) for section in as_user(owner).get(ALL).context["sections"]
    )
    assert lines() == 6
    settings.SMS_URL = "file://somewhere"
    assert lines() == 12


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_much_is_ours(owner, rows, django_assert_num_queries):
    for kind in ("invitation", "news", "nudge")[:rows]:
        as_user(owner).post(url(kind=kind), OURS)
    browser = as_user(owner)
    browser.get(ALL)
    with django_assert_num_queries(3):
        assert "yours: Olga Owner" in browser.get(ALL).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"language": "xx"}, {"channel": "sms"}, {"channel": "none"}, {"wording": "x"}, {"kind": "x"}],
    ids=str,
)
def test_what_is_no_message_is_not_found(owner, wrong):
    assert as_user(owner).get(url(**wrong)).status_code == 404
    assert as_user(owner).post(url(**wrong), OURS).status_code == 404


def test_the_owner_writes_it_and_it_is_written_down_who_did(owner):
    response = as_user(owner).post(url(), OURS)
    assert response.url == ALL
    row = MessageWording.objects.get()
    assert (row.practice, row.created_by) == (owner.practice, owner)
    assert row.changed_at >= NOW
    assert (row.subject, row.body) == ("A note", "Have a look:\n{link}\n\nEnough: {stop}")
    event = events("changed").get()
    assert (event.actor, event.record_id, event.detail) == (owner, row.pk, MAIL)


def test_writing_again_replaces_it(owner):
    as_user(owner).post(url(), OURS)
    as_user(owner).post(url(), OURS | {"subject": "Another"})
    assert MessageWording.objects.get().subject == "Another"
    assert events("changed").count() == 2


def test_another_practice_keeps_its_words(owner, stranger):
    as_user(owner).post(url(), OURS)
    assert as_user(stranger).get(url()).context["row"] is None
    as_user(stranger).post(url(), {"act": "back"})
    assert MessageWording.objects.count() == 1


def test_back_to_trellis(owner):
    as_user(owner).post(url(), OURS)
    response = as_user(owner).post(url(), {"act": "back"})
    assert response.url == url()
    assert not MessageWording.objects.exists()
    assert events("dropped").get().detail == MAIL
    as_user(owner).post(url(), {"act": "back"})  # a second click
    assert events("dropped").count() == 1


def test_keeping_trellis_words_makes_nothing_of_ones_own(owner):
    words = trellis_words(**MAIL)
    as_user(owner).post(url(), OURS)
    as_user(owner).post(url(), {"subject": words.subject, "body": words.body})
    assert not MessageWording.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"subject": ""}, {"subject": ["This field is required."]}),
        (
            {"body": "Look {stop}"},
            {"body": ["{link} must stand in it once."]},
        ),
        (
            {"body": "{link} {link} {stop}"},
            {"body": ["{link} must stand in it once."]},
        ),
        (
            {"body": "Look {link}"},
            {"body": ["{stop} must stand in it once: anybody may stop the messages."]},
        ),
        (
            {"body": "Look {link}. {stop}"},
            {"body": ["Leave a space after {link}, or the address does not open."]},
        ),
        (
            {"body": "Hello {name}, {link} {stop}"},
            {"body": ["We do not know {name} here."]},
        ),
        (
            {"body": "From {practice}: {link} {stop}"},
            {"body": ["{practice} says who sends this. Discreet words do not."]},
        ),
        (
            {"subject": "{link}"},
            {"subject": ["We do not know {link} here."]},
        ),
        (
            {"subject": "Your session"},
            {"subject": ["“session” (line 1) lets others guess what this is about."]},
        ),
        (
            {"body": "Hello\n{link}\nfrom Olga {stop}"},
            {"body": ["“Olga” (line 3) is in the name of somebody who works here."]},
        ),
        (
            {"body": "{link}\n{stop}\nmill.example"},
            {
                "body": [
                    "“mill.example” (line 3) looks like an address, which shows who sends this.",
                    "“mill” (line 3) is in the name of the practice.",
                ]
            },
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_tells_or_lacks_something_has_its_sentence(owner, wrong, expected):
    response = as_user(owner).post(url(), OURS | wrong)
    assert errors(response) == expected
    assert not MessageWording.objects.exists()


def test_a_subject_stays_one_line(owner):
    response = as_user(owner).post(url(), OURS | {"subject": "A note\r\nBcc: x@y.example"})
    assert "A name stands on one line" in errors(response)["subject"][0]


def test_plain_words_may_say_the_practice(owner):
    plain = {"subject": "{practice}", "body": "Your session at {practice}: {link} {stop}"}
    assert as_user(owner).post(url(wording="plain"), plain).status_code == 302


@pytest.mark.usefixtures("texting")
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Look: {link} Reply STOP for no more", None),
        ("Look: {link} or {stop}", None),
        ("Look: {stop}", ["{link} must stand in it once."]),
        (
            "Look: {link} STOP {how}",
            ["We do not know {how} here."],
        ),
        (
            "Look: {link} STOP " + "a long story " * 30,
            ["With its link this takes 3 text messages. Please say it in fewer words."],
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_text_message_is_short(owner, body, expected):
    response = as_user(owner).post(url(TEXT), {"body": body})
    if expected is None:
        assert response.status_code == 302
        assert MessageWording.objects.get().subject == ""
    else:
        assert errors(response) == {"body": expected}


@pytest.mark.usefixtures("texting")
def test_the_preview_shows_what_is_typed_and_keeps_nothing(owner):
    typed = {"body": "Look <b>here</b>: {link} STOP", "act": "preview"}
    whole = as_user(owner).post(url(TEXT), typed)
    part = as_user(owner).post(url(TEXT), typed, headers={"X-Preview": "1"})
    for response in (whole, part):
        text = response.content.decode()
        assert "Look &lt;b&gt;here&lt;/b&gt;: http://testserver/l/" in text
        assert "of 160 characters, with the link." in text
    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert not MessageWording.objects.exists()


def test_the_preview_says_what_tells(owner):
    typed = OURS | {"subject": "Therapy", "act": "preview"}
    text = as_user(owner).post(url(), typed, headers={"X-Preview": "1"}).content.decode()
    assert "“Therapy” (line 1) lets others guess what this is about." in text


class TestTheSender:
    def test_a_neutral_name_is_kept(self, owner):
        assert as_user(owner).post(ALL, {"sender_name": "Garden"}).url == ALL
        assert Practice.objects.get(pk=owner.practice_id).sender_name == "Garden"
        assert AuditEvent.objects.get(action="practice.changed").detail == {
            "fields": ["sender_name"]
        }

    @pytest.mark.parametrize(
        "name", ["Mill", "Olga", "The Therapy Place", "a@b.example", "{practice}", "Two\nlines", ""]
    )
    def test_one_that_tells_is_not(self, owner, name):
        assert list(errors(as_user(owner).post(ALL, {"sender_name": name}))) == ["sender_name"]
        assert Practice.objects.get(pk=owner.practice_id).sender_name == "Trellis"
