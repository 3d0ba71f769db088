"""Which earlier answer shows a question: chosen from lists, never typed."""

from django.utils.translation import gettext as _

from assessments import authoring
from assessments.authoring import SHOWS, Content
from assessments.definitions import ItemKind
from assessments.review import MOOD_WORDS

from .fields import brief

BY_NUMBERS = (ItemKind.RATING, ItemKind.SLIDER, ItemKind.NUMBER)


def earlier_questions(content: Content, item: dict) -> list[tuple[str, str]]:
    """The questions above this one whose answer can decide, with the number that they have."""
    found = []
    for place, each in enumerate(authoring.asked_items(content), start=1):
        if each["id"] == item["id"]:
            break
        if each["kind"] in SHOWS:
            words = {"n": place, "question": brief(each.get("text") or _("no words yet"))}
            found.append((each["id"], _("%(n)s. %(question)s") % words))
    decides = (item.get("show_if") or {}).get("item")
    if decides and decides not in dict(found):
        found.append((decides, _("A question that is gone, or stands below this one")))
    return found


def answers_of(content: Content, item_id: str) -> list[tuple[int | str, str]]:
    """What an answer to this question can be, where it is chosen; empty for a number."""
    try:
        item = authoring.piece_of(content, f"item-{item_id}")
    except authoring.Gone:
        return []
    if item["kind"] == ItemKind.MOOD:
        return list(MOOD_WORDS.items())
    options = authoring.options_of(content, item)
    return [(option["value"], option["label"]) for option in options]


def is_a_number(content: Content, item_id: str) -> bool:
    try:
        return authoring.piece_of(content, f"item-{item_id}")["kind"] in BY_NUMBERS
    except authoring.Gone:
        return False
