"""Forty clients at different points of care. Deterministic: the same seed, the same people."""

from dataclasses import dataclass, field
from datetime import time
from random import Random

SEED = 20_261
WEEKS = 16

NAMES = """Sam Ortega|Maya Klein|Jonas Ovid|Aino Berg|Dara Finn|Sofia Tesh|Luca Marin|Noor Haddad
Elif Demir|Tomas Novak|Priya Raman|Kofi Mensah|Hana Sato|Ines Costa|Ravi Shah|Mila Petrova
Oskar Lind|Zoe Adler|Amara Obi|Felix Braun|Leila Amin|Mateo Ruiz|Greta Holm|Yusuf Kaya
Clara Weiss|Ben Archer|Nadia Rossi|Emil Vogel|Ruth Kagan|Tariq Aziz|Ivy Walsh|Paulo Reis
Lena Koch|Omar Farah|Edda Nielsen|Kai Tanaka|Vera Holt|Idris Bello|Rosa Blum|Ansel Grey""".replace(
    "\n", "|"
).split("|")
PRONOUNS = ("she/her", "he/him", "they/them", "")
ZONES = ("Europe/Berlin",) * 8 + ("Europe/London", "America/New_York")

STAFF = (
    ("Anna Berger", "anna@demo.example", ("owner", "clinician")),
    ("Mark Oliveira", "mark@demo.example", ("clinician",)),
    ("Judith Stern", "judith@demo.example", ("supervisor",)),
)

LIMITS = (  # what it is about, and in their words
    ("online", "Not answering work mail after eight"),
    ("tasks", "Saying no to a third favour this week"),
    ("time", "One evening a week for myself"),
    ("money", "Not lending money again"),
    ("body", "Asking before a visit"),
    ("feelings", "Leaving the room when voices get loud"),
)
# PHQ-9 from a paper copy, by number, at the start and then every fourth session: for each of these
# people the totals, "x" for a copy of which too much is missing, and what that shows.
ON_PAPER = {
    "Sam Ortega": (17, 15, 11, 8),  # recovered
    "Maya Klein": (9, 11, 16),  # deteriorated
    "Tomas Novak": (19, 15, 12),  # improved, still on the clinical side
    "Kofi Mensah": (14, 12, 13),  # no reliable change
    "Hana Sato": (12, "x"),  # not computable: the newest has no value
    "Ines Costa": (11,),  # not computable: one score so far
}
ON_PAPER_EVERY = 4  # sessions
LEARNED = ("It was shorter than I feared.", "I can say it calmly.", "Next time sooner.", "")


@dataclass(frozen=True)
class Person:
    """One client's part in the story."""

    name: str
    email: str
    pronouns: str
    zone: str
    clinician: int  # index into STAFF
    weeks: int  # in care
    plot: str  # ordinary, worse, wants_to_talk, no_messages, never_answered, caution, hold, new
    adherence: float
    start: float  # where their answers begin, 0 to 4
    drift: float  # per two weeks
    slot: tuple[int, time] = field(default=(0, time(10)))  # weekday and time of the session
    on_paper: tuple[int | str, ...] = ()  # totals of the PHQ-9
    counts: bool = True  # agrees to be counted in the practice picture

    @property
    def contact(self) -> dict:
        return {
            "channel": "none" if self.plot == "no_messages" else "email",
            "weekdays": [1, 2, 3, 4, 5, 6, 7] if self.adherence > 0.6 else [1, 2, 3, 4, 5],
            "hours_from": time(9),
            "hours_until": time(20),
            "wording": "discreet",
            "most_reminders": 2,
            "spacing_days": 2,
            "others_see_device": "",
        }


PLOTS = (
    "ordinary",
    "worse",
    "wants_to_talk",
    "no_messages",
    "never_answered",
    "caution",
    "hold",
    "new",
)


def people() -> list[Person]:
    random = Random(SEED)  # noqa: S311 # 2026-11-29: a story, not a secret
    return [_person(number, name, random) for number, name in enumerate(NAMES)]


def _person(number: int, name: str, random: Random) -> Person:
    plot = PLOTS[number] if number < len(PLOTS) else "ordinary"
    ordinary = round(random.triangular(2, WEEKS, 3))  # most have come for some weeks only
    weeks = {"worse": 12, "never_answered": 3, "new": 0}.get(plot, ordinary)
    on_paper = ON_PAPER.get(name, ())
    weeks = max(weeks, ON_PAPER_EVERY * len(on_paper))
    if number == 0:
        weeks = WEEKS
    return Person(
        name=name,
        email=f"{name.split()[0].lower()}@client.example",
        pronouns=random.choice(PRONOUNS),
        zone=random.choice(ZONES),
        clinician=number % 2,
        weeks=weeks,
        plot=plot,
        adherence=0.95 if number == 0 else random.choice((0.9, 0.85, 0.8, 0.55)),
        start=random.uniform(1.8, 3.2),
        drift=0.35 if plot == "worse" else random.uniform(-0.3, 0.05),
        slot=(random.randrange(5), time(random.choice((9, 10, 11, 13, 14, 15, 16)), 0)),
        on_paper=on_paper,
        counts=number % 3 != 2,
    )
