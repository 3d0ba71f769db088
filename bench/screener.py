"""The screener that is answered: sixteen questions of five answers each, and one score of all."""

from assessments.definitions import Definition, parse
from assessments.models import Activity, ActivityVersion

QUESTIONS = 16
HEAD = """
slug = "{slug}"
kind = "screener"
title = "Sixteen questions"
summary = "Sixteen short questions. There are no right answers."
for_clinicians = "Made up to measure how fast it is answered. It says nothing about anybody."
minutes = 4
layout = "steps"
intro = "Think about the past two weeks. How often was each sentence true for you?"

[options]
how_often = [
    {{ value = 0, label = "Never" }},
    {{ value = 1, label = "Rarely" }},
    {{ value = 2, label = "Sometimes" }},
    {{ value = 3, label = "Often" }},
    {{ value = 4, label = "Almost always" }},
]
"""
ITEM = """
[[items]]
id = "item_{number}"
kind = "scale"
text = "Sentence number {number} of this list was true for me."
options = "how_often"
"""
SCALE = """
[[scales]]
code = "{code}"
title = "All sixteen"
construct = "Nothing that anybody has"
items = [{items}]
method = "sum"
minimum = 0
maximum = 64
higher_is = "worse"

[provenance]
author = "Trellis contributors"
validation = "unvalidated"

[provenance.licence]
kind = "OPEN"
holder = "Trellis contributors"
text = "CC BY 4.0"
"""


def definition(slug: str = "sixteen") -> Definition:
    numbers = range(1, QUESTIONS + 1)
    items = ", ".join(f'"item_{number}"' for number in numbers)
    text = HEAD.format(slug=slug) + "".join(ITEM.format(number=number) for number in numbers)
    code = f"all_{slug}".replace("-", "_")
    return parse(text + SCALE.format(code=code, items=items), source=f"{slug}.toml")


def publish(practice, made: Definition, *, now) -> ActivityVersion:
    """As something of the practice's own."""
    activity = Activity.objects.create(
        practice=practice, slug=made.slug, kind=made.kind, is_own=True
    )
    return ActivityVersion.objects.create(
        practice=practice,
        activity=activity,
        number=1,
        digest=made.digest(),
        content=made.dump(),
        published_at=now,
    )
