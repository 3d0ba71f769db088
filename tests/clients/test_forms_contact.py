"""How a client may be reached: the ways, the number, the pause, and what starts a way again."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from clients import actions
from clients.contact_rules import may_mail
from clients.forms.phone import PhoneField, plain_number
from clients.models import ChannelStop, Client, PortalLink, ReminderPolicy
from tests.conftest import NOW, WHOLE_DAY, as_user, freshly, join, make_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NUMBER = "+49301234567"
FORM = {
    "channel": "sms",
    "then_channels": ["email"],
    "phone": "+49 30 1234567",
    "weekdays": ["1", "2", "3"],
    "hours_from": "09:00",
    "hours_until": "17:00",
    "wording": "discreet",
    "most_reminders": "",
    "spacing_days": "",
    "first_days": "",
    "others_see_device": "",
    "paused_from": "",
    "paused_until": "",
}
ADD = FORM | {
    "preferred_name": "Sam Ortega",
    "pronouns": "",
    "email": "sam@mail.example",
    "language": "en",
    "time_zone": "Europe/Berlin",
}


@pytest.fixture
def texting(settings):
    settings.SMS_URL = "file://somewhere"


def change(client):
    return reverse("clients:contact_change", args=[client.pk])


def errors(response):
    assert response.status_code == 200
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def stop(client, channel="sms", why="bounced"):
    return ChannelStop.objects.create(
        practice_id=client.practice_id, client=client, channel=channel, why=why, stopped_at=NOW
    )


def standing(client):
    return list(client.channel_stops.standing().values_list("channel", "why"))


# -- the number ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "+49301234567",
        "+49 30 1234567",
        "0049 30 123 45 67",
        "+49 (0)30 123-4567",
        "+49.30.1234567",
        "+49/30/1234567",
        " +49\u00a030\u20131234567 ",
    ],
)
def test_a_number_is_kept_in_one_form_however_it_was_written(typed):
    assert plain_number(typed) == NUMBER


@pytest.mark.parametrize(
    "typed",
    [
        "030 1234567",
        "+0301234567",
        "+49301",
        "+4930123456789012",
        "+49 30 CALL",
        "+٤٩٣٠١٢٣٤٥٦٧",
        "x",
    ],
)
def test_anything_else_gets_a_sentence(typed):
    with pytest.raises(ValidationError, match="code of the country"):
        plain_number(typed)


@given(st.from_regex(r"\+[1-9][0-9]{7,14}", fullmatch=True))
def test_what_is_kept_reads_as_itself(number):
    assert PhoneField().clean(number) == number


# -- the ways -----------------------------------------------------------------------------------


def test_without_a_provider_nobody_is_asked_about_text_messages(client_in_care, clinician):
    browser = as_user(clinician)
    for url in (change(client_in_care), reverse("clients:client_add")):
        form = browser.get(url).context["form"]
        assert [value for value, _ in form.fields["channel"].choices] == ["email", "none"]
        assert not {"then_channels", "phone"} & set(form.fields)
    assert list(errors(browser.post(change(client_in_care), FORM))) == ["channel"]


def test_a_way_that_was_named_stays_on_offer_when_the_provider_is_gone(
    client_in_care, clinician, settings
):
    actions.confirm_contact(client_in_care, by=clinician, now=NOW, **WHOLE_DAY | {"channel": "sms"})
    form = as_user(clinician).get(change(client_in_care)).context["form"]
    assert form["channel"].value() == "sms"
    assert "sms" in dict(form.fields["channel"].choices)


@pytest.mark.usefixtures("texting")
def test_a_second_way_and_a_number_are_said_along_with_the_rest(client_in_care, clinician):
    response = as_user(clinician).post(change(client_in_care), FORM)
    assert response.status_code == 302
    client_in_care.refresh_from_db()
    contact = client_in_care.safe_contacts.current().get()
    assert (contact.channels, client_in_care.phone) == (("sms", "email"), NUMBER)
    assert (contact.most_reminders, contact.spacing_days, contact.first_days) == (None, None, None)


@pytest.mark.usefixtures("texting")
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"then_channels": ["sms"]}, ("sms",)),
        ({"then_channels": ["email", "sms"]}, ("sms", "email")),
        ({"channel": "none", "then_channels": ["email"]}, ()),
        ({"channel": "email", "then_channels": [], "phone": ""}, ("email",)),
    ],
)
def test_the_first_way_is_not_tried_twice(client_in_care, clinician, said, kept):
    as_user(clinician).post(change(client_in_care), FORM | said)
    assert client_in_care.safe_contacts.current().get().channels == kept


@pytest.mark.usefixtures("texting")
@pytest.mark.parametrize(
    ("wrong", "email", "expected"),
    [
        ({"phone": ""}, "a@b.example", {"phone": ["Give a number, or choose another way."]}),
        (
            {"channel": "email", "then_channels": ["sms"], "phone": ""},
            "a@b.example",
            {"phone": ["Give a number, or choose another way."]},
        ),
        (
            {"phone": "030 12"},
            "a@b.example",
            {
                "phone": [
                    "Write it with the code of the country first, for example +49 170 1234567."
                ]
            },
        ),
        ({}, "", {"then_channels": ["There is no e-mail address for this client."]}),
        (
            {"channel": "email", "then_channels": []},
            "",
            {"channel": ["There is no e-mail address for this client."]},
        ),
        (
            {"then_channels": ["pigeon"]},
            "a@b.example",
            {
                "then_channels": [
                    "Select a valid choice. pigeon is not one of the available choices."
                ]
            },
        ),
        (
            {"paused_from": "2026-12-02"},
            "a@b.example",
            {"paused_until": ["Say until when, or choose no messages."]},
        ),
        (
            {"paused_from": "2026-12-02", "paused_until": "2026-12-01"},
            "a@b.example",
            {"paused_until": ["Choose a day that is not before the first one."]},
        ),
    ],
    ids=str,
)
def test_a_way_that_leads_nowhere_has_its_sentence(clinician, wrong, email, expected):
    client = make_client(clinician, email=email, contact={"channel": "none"})
    assert errors(as_user(clinician).post(change(client), FORM | wrong)) == expected
    assert client.safe_contacts.count() == 1


@pytest.mark.usefixtures("texting")
def test_a_new_client_is_added_with_a_number(clinician):
    assert as_user(clinician).post(reverse("clients:client_add"), ADD).status_code == 302
    client = Client.objects.get()
    assert (client.phone, client.safe_contacts.get().channels) == (NUMBER, ("sms", "email"))


@pytest.mark.usefixtures("texting")
def test_a_new_client_without_the_number_that_they_named_is_not(clinician):
    response = as_user(clinician).post(reverse("clients:client_add"), ADD | {"phone": ""})
    assert errors(response) == {"phone": ["Give a number, or choose another way."]}


def test_the_form_of_a_new_client_proposes_what_the_practice_does(clinician):
    ReminderPolicy.objects.create(
        practice=clinician.practice, weekdays=[2], wording="plain", most_reminders=4
    )
    form = as_user(clinician).get(reverse("clients:client_add")).context["form"]
    assert (form["weekdays"].value(), form["wording"].value()) == ([2], "plain")
    assert form["most_reminders"].value() is None
    assert form.fields["most_reminders"].choices[0] == (
        "",
        "As usual (4 reminders)",
    )


def test_a_number_that_is_not_offered_any_more_is_kept(client_in_care, clinician):
    actions.confirm_contact(
        client_in_care, by=clinician, now=NOW, **WHOLE_DAY | {"spacing_days": 23}
    )
    form = as_user(clinician).get(change(client_in_care)).context["form"]
    assert (23, "23 days") in form.fields["spacing_days"].choices


def test_a_pause_that_is_over_is_not_proposed_again(client_in_care, clinician):
    pause = {"paused_from": "2026-11-01", "paused_until": "2026-11-17"}
    actions.confirm_contact(client_in_care, by=clinician, now=NOW, **WHOLE_DAY | pause)
    form = as_user(clinician).get(change(client_in_care)).context["form"]
    assert (form["paused_from"].value(), form["paused_until"].value()) == (None, None)


# -- what starts a way again --------------------------------------------------------------------


@pytest.mark.usefixtures("texting")
@pytest.mark.parametrize("why", ["bounced", "complained"])
def test_a_way_that_is_named_anew_works_again(client_in_care, clinician, why):
    stop(client_in_care, why=why)
    stop(client_in_care, "email", why)
    page = as_user(clinician).get(change(client_in_care)).content.decode()
    assert "No more text messages:" in page
    assert "No more e-mails:" in page
    as_user(clinician).post(change(client_in_care), FORM | {"then_channels": []})
    assert standing(client_in_care) == [("email", why)]


@pytest.mark.usefixtures("texting")
def test_who_asked_for_no_more_gets_no_more_until_they_ask_again(client_in_care, clinician):
    stop(client_in_care, why="opted_out")
    browser = as_user(clinician)
    response = browser.post(change(client_in_care), FORM)
    assert list(errors(response)) == ["channel"]
    assert client_in_care.safe_contacts.count() == 1
    browser.post(change(client_in_care), FORM | {"channel": "email", "then_channels": []})
    assert standing(client_in_care) == [("sms", "opted_out")]
    browser.post(change(client_in_care), FORM | {"asked_again": "on"})
    assert standing(client_in_care) == []


@pytest.mark.usefixtures("texting")
def test_what_clients_name_themselves_they_ask_for(joined):
    stop(joined, why="opted_out")
    page = as_user(joined.user).get(reverse("clients:contact_own"))
    assert "You answered that you want no more." in page.content.decode()
    assert "asked_again" not in page.context["form"].fields
    before = joined.phone
    as_user(joined.user).post(reverse("clients:contact_own"), FORM)
    joined.refresh_from_db()
    assert joined.phone == before  # a new number takes the personal code
    as_user(joined.user).post(reverse("clients:contact_own"), FORM | {"code": "2580"})
    assert standing(joined) == []
    joined.refresh_from_db()
    assert joined.phone == NUMBER


def test_asking_for_no_messages_starts_nothing_again(client_in_care):
    stop(client_in_care, "email")
    actions.stop_messages(client_in_care, by=None, now=NOW)
    assert standing(client_in_care) == [("email", "bounced")]


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"email": "new@mail.example"}, ["sms"]),
        ({"phone": "+4930999999"}, ["email"]),
        ({"pronouns": "she/her"}, ["email", "sms"]),
    ],
    ids=str,
)
def test_another_address_has_not_failed_yet(client_in_care, clinician, change, left):
    stop(client_in_care)
    stop(client_in_care, "email")
    actions.change_client(client_in_care, by=clinician, now=NOW, **change)
    assert sorted(standing(client_in_care)) == [(channel, "bounced") for channel in left]


def test_another_address_is_no_wish_for_messages(client_in_care, clinician):
    stop(client_in_care, "email", "opted_out")
    actions.change_client(client_in_care, by=clinician, now=NOW, email="new@mail.example")
    assert standing(client_in_care) == [("email", "opted_out")]


def test_what_was_sent_to_the_old_number_opens_nothing(client_in_care, clinician):
    actions.change_client(client_in_care, by=clinician, now=NOW, phone=NUMBER)
    actions.issue_links([client_in_care], now=NOW)
    actions.change_client(client_in_care, by=clinician, now=NOW, pronouns="she/her")
    assert PortalLink.objects.live().count() == 1
    actions.change_client(client_in_care, by=clinician, now=NOW, phone="+4930999999")
    assert not PortalLink.objects.live().exists()


def test_a_first_number_takes_no_link_away(client_in_care, clinician):
    actions.issue_links([client_in_care], now=NOW)
    actions.change_client(client_in_care, by=clinician, now=NOW, phone=NUMBER)
    assert PortalLink.objects.live().count() == 1


@pytest.mark.usefixtures("texting")
def test_the_number_is_on_the_record_and_can_be_changed_there(client_in_care, clinician):
    browser = freshly(clinician)
    person = {name: ADD[name] for name in ("preferred_name", "email", "language", "time_zone")}
    url = reverse("clients:client_change", args=[client_in_care.pk])
    assert browser.post(url, person | {"phone": "0049301234567"}).status_code == 302
    record = browser.get(reverse("clients:record", args=[client_in_care.pk]))
    assert NUMBER in record.content.decode()


# -- who may be mailed --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ways", "may"),
    [
        (("email", []), True),
        (("sms", ["email"]), True),
        (("sms", []), False),
        (("none", []), False),
    ],
)
def test_a_code_to_sign_in_is_mailed_only_where_mail_is_safe(client_in_care, clinician, ways, may):
    client = join(client_in_care, by=clinician)
    said = {"channel": ways[0], "then_channels": ways[1]}
    actions.confirm_contact(client, by=clinician, now=NOW, **WHOLE_DAY | said)
    assert may_mail(user=client.user) is may


def test_an_address_that_failed_is_not_mailed(joined):
    assert may_mail(user=joined.user)
    stop(joined, "email")
    assert not may_mail(user=joined.user)
