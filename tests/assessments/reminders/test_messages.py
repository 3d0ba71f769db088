"""What a message says, to whom it says what, and how long it is."""

import re

import pytest
from django.conf import settings as django_settings
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assessments.models import Delivery, MessageWording, Reminder
from assessments.reminders.messages import (
    compose,
    message_id,
    preview_of,
    trellis_words,
    wordings_of,
)
from assessments.reminders.wording import Words, fill, one_line, sms_size
from clients.models import WAYS, Client, SafeContact, Wording
from clients.models.portal import client_id_to_stop
from practice.models import Practice
from tests.conftest import NOW, WHOLE_DAY

KINDS = Reminder.Kind.values
TOKEN = "t" * 32
LONG_SITE = "https://trellis.a-practice-with-a-long-name.example.org"
names = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40
).filter(str.strip)


class NoWordings:
    """What ``wordings_of`` gives where nobody wrote anything."""

    of = staticmethod(lambda _practice_id, *place: trellis_words(*place))


def unsaved(name, practice_name, **contact):
    client = Client(
        practice=Practice(name=practice_name),
        preferred_name=name,
        email="someone@client.example",
        phone="+4930123456",
        language="en",
        time_zone="UTC",
    )
    return client, SafeContact(client=client, **(WHOLE_DAY | contact))


def outgoing(client, contact, kind="news", channel="email", wordings=NoWordings):
    reminder = Reminder(practice_id=client.practice_id, client=client, kind=kind)
    delivery = Delivery(
        reminder=reminder,
        channel=channel,
        address=client.email if channel == "email" else client.phone,
        message_id=message_id(reminder, 1, channel),
        attempt=1,
    )
    return compose(reminder, delivery, client, contact, TOKEN, wordings)


def said(out) -> str:
    """All of it but the address that stops, which is signed with the time."""
    return f"{out.subject}\n{out.body}".replace(out.stop_url, "")


# -- discreet and plain -------------------------------------------------------------------------


@given(
    name=names,
    practice_name=names,
    kind=st.sampled_from(KINDS),
    channel=st.sampled_from(WAYS),
)
@settings(max_examples=200, deadline=None, database=None)
def test_a_discreet_message_does_not_depend_on_who_it_is_for(name, practice_name, kind, channel):
    somebody = said(outgoing(*unsaved(name, practice_name), kind, channel))
    anybody = said(outgoing(*unsaved("Anybody Else", "Any Practice"), kind, channel))
    assert somebody == anybody


@pytest.mark.parametrize("language", [code for code, _ in django_settings.LANGUAGES])
@pytest.mark.parametrize("channel", WAYS)
@pytest.mark.parametrize("wording", Wording.values)
@pytest.mark.parametrize("kind", KINDS)
def test_every_message_has_its_words_in_every_language(language, channel, wording, kind):
    words = trellis_words(language, channel, wording, kind)
    assert words.body.count("{link}") == 1
    assert bool(words.subject) == (channel == "email")
    assert ("{practice}" in words.body) == (wording == "plain")
    assert ("{stop}" in words.body) == (channel == "email")
    assert trellis_words(language, channel, wording, kind) is words


@given(name=names, practice_name=names, kind=st.sampled_from(KINDS))
@settings(max_examples=50, deadline=None, database=None)
def test_a_plain_mail_says_the_practice_and_never_the_person(name, practice_name, kind):
    assume(name not in practice_name)
    out = outgoing(*unsaved(name, practice_name, wording="plain"), kind)
    anybody = outgoing(*unsaved("Anybody Else", practice_name, wording="plain"), kind)
    assert said(out) == said(anybody)
    assert " ".join(practice_name.split()) in " ".join(out.body.split())


def test_what_a_first_mail_says():
    out = outgoing(*unsaved("Sam", "At the Mill"))
    assert out.subject == "Trellis: something is waiting for you"
    assert out.body == (
        "Something is waiting for you:\n\n"
        f"http://testserver/l/{TOKEN}/\n\n"
        "The link works for 14 days, and only once. You choose a code with it.\n\n"
        f"No more messages like this:\n{out.stop_url}\n"
    )


def test_the_mail_stops_by_a_signed_address_and_a_text_message_by_its_link():
    client, contact = unsaved("Sam", "At the Mill")
    mail, text = (outgoing(client, contact, channel=way) for way in ("email", "sms"))
    assert client_id_to_stop(mail.stop_url.rsplit("/", 2)[-2]) == str(client.pk)
    assert text.stop_url == f"http://testserver/s/{TOKEN}/"


@pytest.mark.parametrize("name", ["At the\r\nMill", "Mill\u2028Bcc: x@y.example", "A\x00\x1fB"])
def test_a_subject_is_one_line_whatever_the_practice_is_called(name):
    out = outgoing(*unsaved("Sam", name, wording="plain"))
    assert out.subject.isprintable()
    assert out.subject.endswith(": something is waiting for you")


def test_a_name_that_looks_like_a_placeholder_is_only_a_name():
    out = outgoing(*unsaved("Sam", "{link} {stop} {0.__class__}", wording="plain"))
    assert "This is from {link} {stop} {0.__class__}." in out.body
    assert out.body.count(f"/l/{TOKEN}/") == 1


# -- ids ----------------------------------------------------------------------------------------


def test_each_attempt_on_each_channel_has_an_id_of_its_own_and_always_the_same(settings):
    settings.DEFAULT_FROM_EMAIL = "Trellis <post@mill.example>"
    reminder = Reminder()
    ids = [message_id(reminder, n, way) for way in WAYS for n in (1, 2)]
    assert len(set(ids)) == 4
    assert ids == [message_id(reminder, n, way) for way in WAYS for n in (1, 2)]
    assert message_id(reminder, 1) == f"<{reminder.pk}.1@mill.example>"
    assert all(len(each) <= 120 for each in ids)


# -- text messages ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wording", Wording.values)
@pytest.mark.parametrize("name", ["At the Mill", "The Long and Winding Road Practice " * 3])
def test_a_text_message_is_one_even_with_a_long_address(settings, kind, wording, name):
    settings.SITE_URL = LONG_SITE
    out = outgoing(*unsaved("Sam", name, wording=wording), kind, "sms")
    assert sms_size(out.body).parts == 1
    assert sms_size(out.body).room == 160  # in the alphabet that takes least
    assert out.body.count("\n") == 0
    assert re.findall(r"https?://\S+", out.body) == [f"{LONG_SITE}/l/{TOKEN}/"]
    assert out.body.endswith("To stop these: same link.")
    assert out.subject == ""


def test_a_name_is_cut_between_words_to_fit(settings):
    settings.SITE_URL = LONG_SITE
    name = "The Long and Winding Road Practice of Many Doors"
    out = outgoing(*unsaved("Sam", name, wording="plain"), "nudge", "sms")
    cut = out.body.partition(": ")[0]
    assert cut
    assert name.startswith(cut)
    assert name[len(cut)] == " "


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", (0, 160, 1)),
        ("a" * 160, (160, 160, 1)),
        ("a" * 161, (161, 306, 2)),
        ("a" * 306, (306, 306, 2)),
        ("a" * 307, (307, 459, 3)),
        ("€" * 80, (160, 160, 1)),
        ("ä" * 160, (160, 160, 1)),
        ("ж" * 70, (70, 70, 1)),
        ("ж" * 71, (71, 134, 2)),
        ("🙂" * 35, (70, 70, 1)),
    ],
    ids=lambda value: str(value)[:12],
)
def test_the_length_of_a_text_message(text, size):
    found = sms_size(text)
    assert (found.characters, found.room, found.parts) == size


# -- placeholders -------------------------------------------------------------------------------


@given(st.text(), st.dictionaries(st.sampled_from(["link", "stop"]), st.text()))
def test_putting_in_is_done_once_and_leaves_the_rest_alone(text, values):
    pieces = re.split(r"(\{link\}|\{stop\})", text)
    known = {f"{{{name}}}": value for name, value in values.items()}
    assert fill(text, values) == "".join(known.get(piece, piece) for piece in pieces)


@given(st.text())
def test_one_line_is_one_line(text):
    line = one_line(text)
    assert line.isprintable()
    assert line.splitlines() in ([], [line])


# -- the practice's own -------------------------------------------------------------------------


def own(practice, **facts):
    place = {"language": "en", "channel": "email", "wording": "discreet", "kind": "news"}
    return MessageWording.objects.create(
        practice=practice,
        changed_at=NOW,
        **place | {"subject": "Ours", "body": "Look: {link} Enough: {stop}"} | facts,
    )


@pytest.mark.django_db
def test_the_practice_says_it_in_its_own_words(client_in_care):
    own(client_in_care.practice)
    contact = client_in_care.safe_contacts.get()
    wordings = wordings_of([client_in_care.practice_id])
    out = outgoing(client_in_care, contact, wordings=wordings)
    assert (out.subject, out.body) == (
        "Ours",
        f"Look: http://testserver/l/{TOKEN}/ Enough: {out.stop_url}\n",
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        {"language": "de"},
        {"channel": "sms", "subject": ""},
        {"wording": "plain"},
        {"kind": "nudge"},
    ],
    ids=str,
)
def test_other_messages_stay_as_they_are(client_in_care, other):
    own(client_in_care.practice, **other)
    wordings = wordings_of([client_in_care.practice_id])
    out = outgoing(client_in_care, client_in_care.safe_contacts.get(), wordings=wordings)
    assert out.subject == "Trellis: something is waiting for you"


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_a_batch_asks_once(practice, stranger, rows, django_assert_num_queries):
    for kind in KINDS[:rows]:
        own(practice, kind=kind)
    own(stranger.practice, subject="Theirs")
    with django_assert_num_queries(1):
        wordings = wordings_of([practice.pk, stranger.practice_id, practice.pk])
    place = ("en", "email", "discreet", KINDS[0])
    assert wordings.of(practice.pk, *place).subject == "Ours"
    assert wordings_of([]).of(practice.pk, *place) == trellis_words(*place)


@pytest.mark.django_db
def test_the_name_that_discreet_mails_come_from_is_the_practices_choice(client_in_care):
    client_in_care.practice.sender_name = "Garden"
    out = outgoing(client_in_care, client_in_care.safe_contacts.get())
    assert out.subject == "Garden: something is waiting for you"


def test_a_preview_is_as_long_as_what_is_sent(settings):
    settings.SITE_URL = LONG_SITE
    client, contact = unsaved("Sam", "At the Mill")
    words = trellis_words("en", "sms", "discreet", "news")
    place = {"language": "en", "channel": "sms", "wording": "discreet", "kind": "news"}
    preview = preview_of(words, practice=client.practice, **place)
    assert preview.size == sms_size(outgoing(client, contact, channel="sms").body)
    assert preview_of(Words("", "{link} {oops}"), practice=client.practice, **place).body.endswith(
        "{oops}"
    )
