"""A definition that is edited, renamed or deleted never changes what an old response says."""

import re
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse

from assessments.actions import sync_library
from assessments.actions.library import LIBRARY
from assessments.definitions import Definition, load_library
from assessments.models import Activity, ActivityVersion
from tests.conftest import as_user, clear, give, join, make_client, send

pytestmark = pytest.mark.django_db
LIBRARY_NOW = load_library(LIBRARY)
# What is on the page and may change with the time or the reader, not with the definition.
PASSING = re.compile(r'(csrfmiddlewaretoken|once)" value="[^"]*"')


@pytest.fixture
def sent(clinician, practice):
    client = make_client(clinician)
    clear(client, by=clinician)
    join(client, by=clinician)
    give(client, "patterns-check", by=clinician)
    return send(client.occurrences.get(), by=client.user, value=3)


def seen(sent, clinician):
    """What the clinician sees of a response, and what the timeline draws of it."""
    browser = as_user(clinician)
    page = browser.get(reverse("assessments:response", args=[sent.pk]))
    timeline = browser.get(reverse("assessments:timeline", args=[sent.client_id]))
    lanes = timeline.context["timeline"].lanes
    drawn = [(lane.code, lane.title, lane.rows) for lane in lanes]
    return PASSING.sub("", page.content.decode()), drawn


def scored(sent):
    return list(
        sent.scores.order_by("scale").values_list("scale", "value", "answered", "trace", "engine")
    )


def with_one(slug, change):
    return replace(
        LIBRARY_NOW,
        activities=tuple(
            change(each) if each.slug == slug else each for each in LIBRARY_NOW.activities
        ),
    )


def edited(definition: Definition) -> Definition:
    """Another title, other words, other options, other scales, and the last question is gone."""
    content = definition.model_dump()
    content["title"] = "Another title"
    content["items"] = content["items"][:-1]
    for item in content["items"]:
        item["text"] = "Other words altogether"
    for option in content["options"]["how_often"]:
        option["label"] = f"Other {option['value']}"
    content["scales"] = [
        scale | {"title": "Other", "reverse": scale["items"]} for scale in content["scales"][:-1]
    ]
    return Definition(**content)


def renamed(definition: Definition) -> Definition:
    return edited(definition).model_copy(
        update={"slug": "with-others", "formerly": (definition.slug,)}
    )


def test_there_is_something_to_change(sent, clinician):
    page, drawn = seen(sent, clinician)
    assert LIBRARY_NOW.activities
    assert "Most of the giving comes from me" in page
    assert len(drawn) > 7
    assert edited(sent.version.definition).digest() != sent.version.digest


@pytest.mark.parametrize("change", [edited, renamed])
def test_a_response_shows_and_scores_what_it_answered(sent, clinician, practice, change):
    before, numbers = seen(sent, clinician), scored(sent)
    changes = sync_library(practice, library=with_one("patterns-check", change))
    assert changes
    assert (seen(sent, clinician), scored(sent)) == (before, numbers)


def test_also_when_the_activity_is_gone(sent, clinician, practice):
    before, numbers = seen(sent, clinician), scored(sent)
    fewer = [each for each in LIBRARY_NOW.activities if each.slug != "patterns-check"]
    sync_library(practice, library=replace(LIBRARY_NOW, activities=tuple(fewer), programs=()))
    assert Activity.objects.get(practice=practice, slug="patterns-check").retired_at
    assert (seen(sent, clinician), scored(sent)) == (before, numbers)


def test_also_when_todays_rules_would_refuse_it(sent, clinician, practice):
    """A key the format has lost, a scale without its item: the version is read all the same."""
    content = sent.version.content | {"colour": "green"}
    content["scales"][0]["items"] = ["no_such_item", *content["scales"][0]["items"]]
    with pytest.raises(ValueError, match="colour"):
        Definition(**content)
    stale = ActivityVersion(content=content, digest="of something older")
    assert stale.definition.item("giving_1").text == sent.version.definition.item("giving_1").text
    assert stale.definition.scales[0].items[0] == "no_such_item"


def test_trends_go_on_under_the_new_name(sent, clinician, practice):
    sync_library(
        practice,
        library=with_one(
            "patterns-check",
            lambda old: old.model_copy(update={"slug": "with-others", "formerly": (old.slug,)}),
        ),
    )
    give(sent.client, "with-others", by=clinician)
    second = sent.client.occurrences.exclude(pk=sent.occurrence_id).get()
    send(second, by=sent.client.user, value=1)
    timeline = as_user(clinician).get(reverse("assessments:timeline", args=[sent.client_id]))
    lanes = [lane for lane in timeline.context["timeline"].lanes if lane.code.endswith("giving")]
    assert [len(lane.rows) for lane in lanes] == [2]


@pytest.mark.parametrize(("table", "column"), [("activityversion", "digest"), ("score", "engine")])
def test_the_database_refuses_to_change_a_version_or_a_score(sent, table, column):
    with pytest.raises(IntegrityError, match="do not change"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE assessments_{table} SET {column} = 'x'")
