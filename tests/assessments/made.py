"""Activities that are made up for the tests: with branches, an answer that asks for somebody
today, and whom it is about."""

from assessments import actions, schedule
from assessments.definitions import parse
from assessments.models import Activity, ActivityVersion
from tests.conftest import NOW

WALK = """
slug = "walk"
kind = "screener"
title = "A walk"
summary = "A few questions about a walk."
for_clinicians = "Made up for the tests."
minutes = 2
index_item = "whom"

[options]
whom = [{ value = "friend", label = "A friend" }, { value = "family", label = "Family" }]
went = [{ value = "yes", label = "Yes" }, { value = "no", label = "No" }]
dark = [
    { value = "no", label = "No" },
    { value = "unsure", label = "I am not sure" },
    { value = "yes", label = "Yes" },
]

[[items]]
id = "whom"
kind = "choice"
text = "With whom in mind?"
options = "whom"
can_skip = true

[[items]]
id = "went"
kind = "choice"
text = "Did I go for a walk?"
options = "went"

[[items]]
id = "far"
kind = "rating"
text = "How far was it?"
heading = "The walk"
minimum = 0
maximum = 10
show_if = { item = "went", equals = ["yes"] }

[[items]]
id = "who"
kind = "line"
text = "Who came along?"
required = true
show_if = { item = "went", equals = ["yes"] }

[[items]]
id = "met"
kind = "text"
text = "What did I see out there?"
show_if = { item = "far", at_least = 5 }

[[items]]
id = "why"
kind = "text"
text = "What would have helped to go?"
show_if = { item = "went", equals = ["no"] }

[[items]]
id = "dark"
kind = "choice"
text = "Were there dark thoughts?"
heading = "From here"
options = "dark"
can_skip = true
critical = ["unsure", "yes"]

[[items]]
id = "tired"
kind = "rating"
text = "How tired am I?"
minimum = 0
maximum = 10

[[scales]]
code = "tired"
title = "Tired"
construct = "tiredness"
items = ["tired"]
minimum = 0
maximum = 10
higher_is = "worse"

[[scales]]
code = "far"
title = "Far"
construct = "distance"
items = ["far"]
minimum = 0
maximum = 10
higher_is = "better"

[example]
story = "Someone who went round the block."

[example.answers]
went = "yes"
far = 2
who = "A dog"

[provenance]
author = "Trellis contributors"
validation = "unvalidated"

[provenance.licence]
kind = "OPEN"
holder = "Trellis contributors"
text = "CC BY 4.0"
"""
SCORED = WALK[WALK.index("[[scales]]") : WALK.index("[example]")]


def walk(*, slug="walk", title="A walk"):
    """In steps. Asked of everybody: whom, went, dark, tired."""
    text = WALK.replace('slug = "walk"', f'slug = "{slug}"').replace('"A walk"', f'"{title}"')
    return parse(text, source="walk.toml")


def walk_on_a_page(*, as_log=False):
    """The same questions on one page, as an exercise."""
    text = WALK.replace(SCORED, "").replace('kind = "screener"', 'kind = "exercise"', 1)
    text = text.replace('slug = "walk"', 'slug = "walk-page"').replace('index_item = "whom"', "")
    text = text.replace(
        "minutes = 2", f'minutes = 2\nlayout = "page"\nas_log = {str(as_log).lower()}'
    )
    return parse(text, source="walk-page.toml")


def publish(practice, definition):
    """A (further) version in this practice."""
    activity, _new = Activity.objects.get_or_create(
        practice=practice, slug=definition.slug, defaults={"kind": definition.kind}
    )
    return ActivityVersion.objects.create(
        practice=practice,
        activity=activity,
        number=activity.versions.count() + 1,
        digest=definition.digest(),
        content=definition.dump(),
        published_at=NOW,
    )


def ask(client, definition, *, by, now=NOW):
    """Published, and asked of ``client`` once: the occurrence."""
    version = publish(client.practice, definition)
    assignment = actions.assign(
        client,
        version.activity,
        when=schedule.Once(due_on=None),
        definition=definition,
        by=by,
        now=now,
    )
    return assignment.occurrences.get()
