"""Which questions come next, and how many a client is told of."""

import pytest

from assessments.way import Way, section_of, sections

from .made import walk

WHOM, WENT, FAR, WHO, MET, WHY, DARK, TIRED = range(1, 9)
YES = {"went": "yes"}


def way(**answers):
    return Way(walk(), answers)


@pytest.mark.parametrize(
    ("answers", "numbers"),
    [
        ({}, (WHOM, WENT, DARK, TIRED)),
        ({"went": "no"}, (WHOM, WENT, WHY, DARK, TIRED)),
        (YES, (WHOM, WENT, FAR, WHO, DARK, TIRED)),
        (YES | {"far": 4}, (WHOM, WENT, FAR, WHO, DARK, TIRED)),
        (YES | {"far": 5}, (WHOM, WENT, FAR, WHO, MET, DARK, TIRED)),
        # What an answer has closed opens nothing any more.
        ({"went": "no", "far": 5}, (WHOM, WENT, WHY, DARK, TIRED)),
        ({"went": None}, (WHOM, WENT, DARK, TIRED)),
    ],
    ids=str,
)
def test_the_number_of_a_question_is_the_same_on_every_way(answers, numbers):
    assert way(**answers).numbers == numbers


def test_what_is_not_asked_is_stepped_over_both_ways():
    assert (way().after(WENT), way().before(DARK)) == (DARK, WENT)
    assert (way(**YES).after(WENT), way(**YES).before(DARK)) == (FAR, WHO)
    assert (way().after(TIRED), way().before(WHOM)) == (None, None)
    assert way().after(WHO) == DARK  # from a question that is not asked any more


def test_a_client_counts_what_they_are_asked():
    assert [way().place(n) for n in (WHOM, WENT, DARK, TIRED)] == [1, 2, 3, 4]
    assert [way(**YES).place(n) for n in (WENT, FAR, WHO, DARK)] == [2, 3, 4, 5]
    assert (way().total, way(**YES).total) == (4, 6)


@pytest.mark.parametrize(
    ("answers", "at", "most"),
    [
        ({}, WHOM, 7),  # went: yes, and far enough to have met something
        ({}, WENT, 7),
        ({}, DARK, 4),  # passed over without an answer: it brings nothing any more
        ({"went": "no"}, WENT, 5),
        (YES, WENT, 7),
        (YES, FAR, 7),
        (YES, WHO, 6),
        (YES | {"far": 2}, FAR, 6),
        (YES | {"far": 9}, FAR, 7),
        (YES | {"far": 9}, TIRED, 7),
    ],
    ids=str,
)
def test_nobody_is_promised_fewer_than_there_can_be(answers, at, most):
    assert way(**answers).most(at) == most


def test_of_two_branches_only_one_can_open():
    """Yes brings three more and no brings one: never four."""
    assert way().most(WENT) - way().total == 3


def test_one_goes_on_with_what_one_has_not_seen():
    assert way().first_unseen() == WHOM
    assert way(whom="friend", went="yes", far=0).first_unseen() == WHO
    assert way(whom="_declined", went="no").first_unseen() == WHY
    assert way(whom=None, went=None).first_unseen() == DARK
    all_of_it = {"whom": None, "went": "no", "why": "x", "dark": "no", "tired": 0}
    assert way(**all_of_it).first_unseen() == TIRED


def test_a_section_goes_on_until_the_next_begins():
    definition = walk()
    of = {item.id: section_of(definition, item) for item in definition.items}
    assert (of["went"], of["far"], of["who"], of["tired"]) == (
        "",
        "The walk",
        "The walk",
        "From here",
    )


def test_a_section_has_its_heading_whoever_of_it_comes_first():
    definition = walk()
    shown = definition.shown({"went": "no"})
    assert [
        (heading, [item.id for item in items]) for heading, items in sections(definition, shown)
    ] == [
        ("", ["whom", "went"]),
        ("The walk", ["why"]),
        ("From here", ["dark", "tired"]),
    ]
