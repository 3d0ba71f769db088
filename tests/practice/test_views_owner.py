import pytest
from django.urls import reverse

from practice.models import AuditEvent, Practice
from tests.conftest import as_user, make_staff

pytestmark = pytest.mark.django_db

FORM = {
    "name": "At the Mill",
    "time_zone": "Europe/Vienna",
    "help_text": "Call 112 at any hour.",
}


def test_the_owner_changes_what_the_practice_says_of_itself(owner):
    response = as_user(owner).post(reverse("practice"), FORM)
    assert response.url == reverse("practice")
    practice = Practice.objects.get()
    assert practice.time_zone == "Europe/Vienna"
    event = AuditEvent.objects.get(action="practice.changed")
    assert (event.actor, event.detail) == (owner, {"fields": ["time_zone"]})


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"time_zone": "Berlin"}, "Choose a time zone from the list."),
        ({"help_text": ""}, "This field is required."),
    ],
    ids=str,
)
def test_a_wrong_input_has_its_sentence_and_changes_nothing(owner, wrong, sentence):
    response = as_user(owner).post(reverse("practice"), FORM | wrong)
    assert response.context["form"].errors == {next(iter(wrong)): [sentence]}
    practice = Practice.objects.get()
    assert (practice.name, practice.time_zone) == ("At the Mill", "Europe/Berlin")


@pytest.mark.parametrize("role", ["clinician", "supervisor", "assistant"])
def test_nobody_else_comes_in(practice, role):
    browser = as_user(make_staff(practice, "Ada", role))
    assert browser.get(reverse("practice")).status_code == 404
    assert browser.post(reverse("practice"), FORM).status_code == 404
    assert Practice.objects.get().time_zone == "Europe/Berlin"
