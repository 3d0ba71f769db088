"""How well the reflection tools of a practice measure, from what its clients answered.

Of each person one response enters a scale's figures, the first with every answer there: several of
one person are not independent, and would count whoever answers often for more. What is left out is
counted over all responses. Newest version and older ones that ask the same are one tool.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import combinations, groupby, islice
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef

from assessments.cells import LEAST, is_small, shown, table
from assessments.change import same_questions
from assessments.definitions import Definition, Scale
from assessments.models import ActivityVersion, Score
from assessments.quality import Estimate, Why, alpha, as_matrix, icc_agreement, omega, spread_of
from clients.models import Agreement, Consent
from practice import keys
from practice.models import DataKeyRow

AT_ONCE = 500
# Long enough to forget the answers, short enough to be much the same person. 14 days is the usual
# end (Terwee et al. 2007, Journal of Clinical Epidemiology 60:34-42); the beginning is ours.
SOONEST, LATEST = timedelta(days=3), timedelta(days=14)
# The mean of fewer people says too much about the one who came last. Ours.
LEAST_FOR_MEAN = 2 * LEAST
KINDS = ("not_answered", "not_applicable", "declined", "not_shown")


@dataclass(eq=False)
class Gathered:
    """What people answered on one scale; ``values`` and ``pairs`` have one entry a person,
    ``answers`` one of each item, person after person. ``versions`` are those that ask the same."""

    definition: Definition
    scale: Scale
    versions: list[UUID]
    always: int = 0  # people who never left anything out
    sometimes: int = 0
    never: int = 0  # people without one complete response
    responses: int = 0
    answered: int = 0  # items, over all responses
    missing: Counter[str] = field(default_factory=Counter)  # the same, by kind
    missing_people: Counter[str] = field(default_factory=Counter)
    values: list[float] = field(default_factory=list)
    answers: array = field(default_factory=lambda: array("d"))
    pairs: list[tuple[float, float]] = field(default_factory=list)

    @cached_property
    def items(self) -> list[str]:
        of = self.definition.item
        return [each for each in self.scale.all_items() if not of(each).withdrawn]

    @property
    def people(self) -> int:
        return self.always + self.sometimes + self.never

    @property
    def may_tell_left_out(self) -> bool:
        """Nobody who left something out, or never did, is one of a few."""
        return not any(map(is_small, (self.always, self.sometimes, self.never)))

    def add(self, scores: list[Score]) -> None:
        """All of one person, the oldest first."""
        whole = [each for each in scores if each.value is not None and not each.missing]
        self.always += len(whole) == len(scores)
        self.sometimes += 0 < len(whole) < len(scores)
        self.never += not whole
        self.responses += len(scores)
        self.answered += sum(each.answered for each in scores)
        kinds = Counter(kind for each in scores if each.missing for kind in _missing(each))
        self.missing += kinds
        self.missing_people += Counter(kinds.keys())
        if whole:
            self.values.append(float(whole[0].value))
            self.answers.extend(_keyed(whole[0], self.items))
        if pair := _pair(whole):
            self.pairs.append(pair)


def how_tools_measure(practice_id: UUID) -> list[dict[str, Any]]:
    """Of each reflection tool that anybody has answered, its scales and their figures."""
    tools = _tools(practice_id)
    places = {
        (version, each.scale.code): each
        for scales in tools
        for each in scales
        for version in each.versions
    }
    for _client, scores in groupby(_scores(practice_id, places), key=attrgetter("client_id")):
        of_one: dict[Gathered, list[Score]] = defaultdict(list)
        for score in scores:
            if place := places.get((score.version_id, score.scale)):
                of_one[place].append(score)
        for place, own in of_one.items():
            place.add(own)
    answered = [scales for tool in tools if (scales := [each for each in tool if each.responses])]
    return [_tool(scales) for scales in sorted(answered, key=lambda each: each[0].definition.title)]


def _tool(scales: list[Gathered]) -> dict[str, Any]:
    """Who answers a tool answers all of its scales: so where one may not tell how many left
    something out, the people and responses beside another would."""
    tells = all(each.may_tell_left_out for each in scales)
    return {
        "title": scales[0].definition.title,
        "tells_left_out": tells,
        "scales": [
            figures(each) | {"left_out": _left_out(each) if tells else None} for each in scales
        ],
    }


def _tools(practice_id: UUID) -> list[list[Gathered]]:
    """The scales of the newest version of each tool."""
    rows = (
        ActivityVersion.objects.filter(practice=practice_id)
        .reflection_tools()
        .order_by("activity_id", "-number")
    )
    found = []
    for _activity, group in groupby(rows, key=attrgetter("activity_id")):
        versions = list(group)
        scales = versions[0].definition.scales
        if scales:
            found.append([_empty(scale, versions) for scale in scales])
    return found


def _empty(scale: Scale, versions: list[ActivityVersion]) -> Gathered:
    newest = versions[0].definition
    alike = [
        version.pk
        for version in versions
        if version.definition.language == newest.language
        and same_questions(scale.code, version.definition, newest)
    ]
    return Gathered(newest, scale, alike)


def _scores(practice_id: UUID, places: Iterable[tuple[UUID, str]]) -> Iterator[Score]:
    """Of those who agreed to be counted, person after person, the oldest first, a few at a time,
    with the keys to open them. How a score came about is opened only where it is looked at; of who
    was erased nothing opens any more."""
    key = DataKeyRow.objects.filter(practice=practice_id, subject=OuterRef("client"))
    rows = (
        Score.objects.filter(
            Exists(key),
            Consent.objects.given_by("client", Agreement.PICTURE),
            practice=practice_id,
            response__version__in={version for version, _code in places},
        )
        .annotate(version_id=F("response__version_id"), mode=F("response__mode"))
        .defer("engine", "provisional", "created_at", "created_by")
        .order_by("client_id", "taken_at", "pk")
        .iterator(AT_ONCE)
    )
    while some := list(islice(rows, AT_ONCE)):
        keys.load(practice_id, {score.client_id for score in some})
        yield from some


def _missing(score: Score) -> list[str]:
    return [line["missing"] for line in score.trace["items"] if line["missing"] in KINDS]


def _keyed(score: Score, items: list[str]) -> list[float]:
    """As they are added up: keyed, and weighted where the scale does so."""
    lines = {line["item"]: line for line in score.trace["items"]}
    return [float(lines[each]["keyed"]) * float(lines[each].get("weight", 1)) for each in items]


def _pair(scores: list[Score]) -> tuple[float, float] | None:
    """The first two of one person that may be compared: asked alike, of the same person, some days
    apart."""
    for first, second in combinations(scores, 2):
        if (first.mode, first.about) == (second.mode, second.about) and (
            SOONEST <= second.taken_at - first.taken_at <= LATEST
        ):
            return float(first.value), float(second.value)
    return None


def figures(gathered: Gathered) -> dict[str, Any]:
    """What may be shown; in place of a coefficient, why there is none."""
    scale, n = gathered.scale, len(gathered.values)
    retest = icc_agreement(gathered.pairs)
    if scale.method == "rule":
        structure = (Estimate(n, why=Why.NOT_ADDED),) * 2
    else:
        answers = as_matrix(gathered.answers, columns=len(gathered.items))
        structure = (alpha(answers), omega(answers))
    return {
        "title": scale.title,
        "items": len(gathered.items),
        "minimum": scale.minimum,
        "maximum": scale.maximum,
        "n": shown(n),
        "answered": _answered(gathered),
        "spread": _spread(gathered),
        "alpha": _coefficient(structure[0]),
        "omega": _coefficient(structure[1]),
        # Beside n it would tell how many people did not come twice.
        "pairs": table([len(gathered.pairs), n - len(gathered.pairs)]).parts[0],
        "retest": _coefficient(retest),
    }


def _answered(gathered: Gathered) -> int | None:
    """What share of the items was answered, over all responses, in per cent. It stands without the
    numbers that it is made of, so it tells that something was left out, and not by how many."""
    if gathered.people < LEAST_FOR_MEAN:
        return None
    return round(100 * gathered.answered / (gathered.answered + gathered.missing.total()))


def _left_out(gathered: Gathered) -> dict[str, Any]:
    """How many answers are missing, and why, of how many people and responses."""
    with_gaps = gathered.sometimes + gathered.never
    kinds = table(
        [gathered.missing[kind] for kind in KINDS],
        [gathered.missing_people[kind] for kind in KINDS],
        of=with_gaps,
    )
    return {
        "responses": gathered.responses,
        "people": gathered.people,
        "with_gaps": with_gaps,
        "missing": kinds.total,
        "kinds": dict(zip(KINDS, kinds.parts, strict=True)),
    }


def _spread(gathered: Gathered) -> dict[str, Any] | None:
    """Rounded to one place: with more of them, the means of two days tell what one person said."""
    if len(gathered.values) < LEAST_FOR_MEAN:
        return None
    scale = gathered.scale
    found = spread_of(gathered.values, minimum=scale.minimum, maximum=scale.maximum)
    ends = table([found.floor, found.between, found.ceiling])
    return {
        "mean": round(found.mean, 1),
        "sd": round(found.sd, 1),
        "floor": ends.parts[0],
        "ceiling": ends.parts[2],
    }


def _coefficient(found: Estimate) -> dict[str, Any]:
    numbers = {"value": found.value, "low": found.low, "high": found.high}
    return {
        **{key: None if number is None else round(number, 2) for key, number in numbers.items()},
        "why": found.why,
    }
