"""Names on one line, and zones from a list."""

import pytest
from django.core.cache import caches

from practice import zones
from practice.forms import PracticeForm, SetupForm
from practice.models.tenant import is_time_zone

ONE_LINE = "A name stands on one line: please leave out line breaks and control characters."


@pytest.mark.parametrize("bad", ["Olga\nBcc: x", "Ol\rga", "Ol\tga", "Ol\x1bga", "Ol\u2028ga"])
@pytest.mark.parametrize("field", ["practice_name", "owner_name"])
def test_a_name_with_a_line_break_is_refused_on_the_first_visit(bad, field):
    assert SetupForm({field: bad}).errors[field] == [ONE_LINE]


@pytest.mark.django_db
def test_and_by_the_owner_too(practice, owner):
    form = PracticeForm({"name": "Mill\nHouse"}, instance=practice, by=owner)
    assert form.errors["name"] == [ONE_LINE]


@pytest.mark.parametrize("good", ["Olga Ölmüller", "علی‌رضا", "O'Neil-Śmith", "李"])
def test_names_of_the_world_are_names(good):
    assert "owner_name" not in SetupForm({"owner_name": good}).errors


@pytest.mark.parametrize(("length", "fits"), [(254, True), (255, False)])
def test_an_address_has_the_length_its_column_has(length, fits):
    address = "o@" + ".".join(["d" * 60] * 4)
    address = "o" * (length - len(address)) + address
    assert len(address) == length
    errors = SetupForm({"owner_email": address}).errors.get("owner_email", [])
    assert any("at most 254" in error for error in errors) is not fits


def test_the_zones_are_places_and_utc():
    names = [name for name, _ in zones.ZONES]
    assert names[0] == "UTC"
    assert len(names) == len(set(names))
    assert {"Europe/Berlin", "America/Argentina/Buenos_Aires", "Indian/Maldives"} <= set(names)
    assert not {"GMT", "US/Eastern", "Etc/GMT+3", "posixrules", "CET", "Factory"} & set(names)
    assert dict(zones.ZONES)["America/New_York"] == "America/New York"
    for name in names:
        is_time_zone(name)


@pytest.mark.django_db
def test_a_zone_from_before_stays_until_another_is_chosen(practice, owner):
    practice.time_zone = "US/Eastern"
    form = PracticeForm(instance=practice, by=owner)
    assert form["time_zone"].value() == "US/Eastern"
    assert ("US/Eastern", "US/Eastern") in form.fields["time_zone"].choices
    assert ("US/Eastern", "US/Eastern") not in zones.ZONES


def test_the_cache_has_room_for_a_flood_of_visitors():
    assert caches["default"]._max_entries == 100_000
