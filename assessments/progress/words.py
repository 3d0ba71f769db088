"""Changes in sentences. Where nothing can be said, it says so, and why."""

from decimal import Decimal

from django.utils import formats
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.change import Change, Reason, Verdict
from assessments.definitions import ChangeSpec, Interpretation
from assessments.models import Rule

from .moves import Move

VERDICTS = {
    Verdict.RECOVERED: gettext_lazy("Recovered"),
    Verdict.IMPROVED: gettext_lazy("Improved"),
    Verdict.NO_RELIABLE_CHANGE: gettext_lazy("No reliable change"),
    Verdict.DETERIORATED: gettext_lazy("Deteriorated"),
    Verdict.BETTER_BY_CONVENTION: gettext_lazy("Better, by a rule of thumb"),
    Verdict.WORSE_BY_CONVENTION: gettext_lazy("Worse, by a rule of thumb"),
    Verdict.WITHIN_CONVENTION: gettext_lazy("Little change, by a rule of thumb"),
    Verdict.NOT_COMPUTABLE: gettext_lazy("Not computable"),
}
# What each verdict means, in the words of the method and no more.
MEANINGS = {
    Verdict.RECOVERED: gettext_lazy(
        "better by more than measurement error, and over the cut-off from the clinical side"
    ),
    Verdict.IMPROVED: gettext_lazy("better by more than measurement error"),
    Verdict.NO_RELIABLE_CHANGE: gettext_lazy("the difference may be measurement error"),
    Verdict.DETERIORATED: gettext_lazy("worse by more than measurement error"),
    Verdict.BETTER_BY_CONVENTION: gettext_lazy("better by as much as people agree to count"),
    Verdict.WORSE_BY_CONVENTION: gettext_lazy("worse by as much as people agree to count"),
    Verdict.WITHIN_CONVENTION: gettext_lazy("less than people agree to count"),
}
REASONS = {
    Reason.UNVALIDATED: gettext_lazy(
        "this tool is not validated, so nobody knows which size of change means something"
    ),
    Reason.NO_PARAMETERS: gettext_lazy("no parameters of change were found in print"),
    Reason.NO_VALUE: gettext_lazy("one of the two has no score"),
    Reason.OTHER_VERSION: gettext_lazy("the two were not asked the same questions"),
    Reason.OTHER_LANGUAGE: gettext_lazy("the two were asked in different languages"),
    Reason.OTHER_MODE: gettext_lazy("one was filled in on paper and one in the portal"),
    Reason.OTHER_PERSON: gettext_lazy("the two are about different people"),
}
RELIABILITIES = {
    "alpha": gettext_lazy("alpha"),
    "retest": gettext_lazy("test and retest"),
}

LIMITS_OF_A_VERDICT = gettext_lazy(
    "It says that a difference is larger than the error of the measure. It does not say that "
    "therapy did it, nor that it matters to the client. People on waiting lists change as well, "
    "very high and very low first scores drift back by themselves, and whoever compares at every "
    "session finds something by chance. The numbers were found in other groups of people than "
    "yours."
)
EVIDENCE = {
    "V": gettext_lazy("seen in the source"),
    "V2": gettext_lazy("seen second-hand"),
    "D": gettext_lazy("computed from published numbers"),
}


def number(value: Decimal, places: int = 2) -> str:
    """As the reader's language writes it, with no more places than it has."""
    rounded = round(value, places)
    return formats.number_format(Decimal(format(rounded.normalize(), "f")), use_l10n=True)


def signed(difference: Decimal) -> str:
    """With its sign, and a real minus."""
    sign = "+" if difference > 0 else "\N{MINUS SIGN}" if difference < 0 else ""
    return sign + number(abs(difference))


def verdict(move: Move) -> str:
    """In one or two words."""
    return str(VERDICTS[move.change.verdict if move.is_two else Verdict.NOT_COMPUTABLE])


def meaning(move: Move) -> str:
    """What the verdict beside it means: “Better by more than measurement error.”; or why nothing
    can be said."""
    change = move.change
    if not move.is_two:
        return _only_one(move)
    if change.verdict == Verdict.NOT_COMPUTABLE:
        words = get_text_list([str(REASONS[reason]) for reason in change.why], _("and"))
    else:
        words = str(MEANINGS[change.verdict])
    return f"{words[:1].upper()}{words[1:]}. {_provisional(change)}".strip()


def _only_one(move: Move) -> str:
    if move.first is None:
        return _("Nothing to compare with yet: no score of this episode is complete.")
    return _("One score so far: a change needs two.")


def yardstick_words(change: Change) -> str:
    """How much it takes, and of whom that is known: stands beside every verdict."""
    stick, spec = change.yardstick, change.spec
    if stick is None or spec is None:
        return ""
    points = number(stick.points)
    if stick.basis == "published":
        words = _("It takes %(points)s points, as published") % {"points": points}
    elif stick.basis == "computed":
        words = _("It takes %(points)s points, as computed") % {"points": points}
    else:
        words = _("%(points)s points, a rule of thumb") % {"points": points}
    parts = [words]
    if spec.sd is not None and spec.reliability is not None:
        parts.append(
            _("SD %(sd)s, reliability %(r)s (%(type)s), z %(z)s")
            % {
                "sd": number(spec.sd),
                "r": number(spec.reliability),
                "type": RELIABILITIES[spec.reliability_type],
                "z": formats.number_format(spec.z, use_l10n=True),
            }
        )
    if change.standardised is not None:
        parts.append(_("RC %(rc)s") % {"rc": signed(change.standardised)})
    return "; ".join(parts) + "."


def source_words(source: ChangeSpec | Interpretation) -> str:
    """Who says what is said about a number, of whom, and how far that can be trusted."""
    evidence = EVIDENCE[source.evidence]
    return f"{source.population}. {source.citation} ({evidence}). {source.note}".strip()


def boundary_words(change: Change) -> str:
    """The cut-off, by whose word, and which side the change led to."""
    line = change.boundary
    if line is None:
        return ""
    if line.basis == "published":
        words = _("Cut-off %(at)s, as published.") % {"at": number(line.at)}
    else:
        words = _("Cut-off %(at)s, computed (%(basis)s of Jacobson and Truax).") % {
            "at": number(line.at),
            "basis": line.basis,
        }
    if change.crossed and change.verdict == Verdict.NO_RELIABLE_CHANGE:
        return f"{words} {_('It was crossed, but not by a reliable change.')}"
    return words


def notes(move: Move) -> list[str]:
    """What a reader has to know before trusting the verdict."""
    found = []
    if move.is_late:
        found.append(
            _("The first score was taken after the first session: what changed before is not seen.")
        )
    if move.change.has_room is False:
        found.append(_("The first score was so good that a reliable improvement had no room."))
    return found


def reason_words(move: Move, rule: str) -> str:
    """Why somebody stands on Today, with the rule's name; never “failing”."""
    title, change = move.scale.title, move.change
    if rule == Rule.NO_GAIN:
        return _("%(title)s: no reliable improvement by session %(n)s (rule R2)") % {
            "title": title,
            "n": move.attended,
        }
    if rule == Rule.LOST:
        words, change = _lost(move), move.since_best
    else:
        words = _worse(move)
    values = {
        "title": title,
        "points": number(abs(change.difference)),
        "needs": number(change.yardstick.points),
    }
    return f"{words % values} {_provisional(change)}".strip()


def _worse(move: Move) -> str:
    if move.change.difference > 0:
        return _(
            "%(title)s is %(points)s higher than at the start of this episode (reliable: %(needs)s)"
        )
    return _(
        "%(title)s is %(points)s lower than at the start of this episode (reliable: %(needs)s)"
    )


def _lost(move: Move) -> str:
    if move.since_best.difference > 0:
        return _("%(title)s is %(points)s above its best (reliable: %(needs)s; rule R3)")
    return _("%(title)s is %(points)s below its best (reliable: %(needs)s; rule R3)")


def _provisional(change: Change) -> str:
    if not change.provisional:
        return ""
    return _("Provisional: a score was estimated from incomplete answers.")
