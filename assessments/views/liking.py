"""How a client likes to answer: one question at a time or all on a page, and whether a choice leads
to the next question. It is theirs, and holds until they change it."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

# What the buttons of an answering page may say: the fact about the client, and whether it is so.
LIKINGS = {
    "all": ("whole_page_since", True),
    "one": ("whole_page_since", False),
    "by_itself": ("goes_on_since", True),
    "by_hand": ("goes_on_since", False),
}


def is_about_liking(request) -> bool:
    return request.POST.get("_layout") in LIKINGS


def liked(request, occurrence, number: int | None = None):
    """Note it, and go on as the client likes it. What was answered has been kept before."""
    fact, is_so = LIKINGS[request.POST["_layout"]]
    client = request.client
    setattr(client, fact, timezone.now() if is_so else None)
    client.save(update_fields=[fact])
    if fact == "goes_on_since" and number is not None:
        return redirect("assessments:step", occurrence.pk, number)
    return redirect(way_in(client, occurrence, number))


def way_in(client, occurrence, number: int | None) -> str:
    """Where this client answers: at question ``number``, or where all of them stand."""
    if client.whole_page_since:
        return reverse("assessments:whole", args=[occurrence.pk])
    if number is None:
        return reverse("assessments:begin", args=[occurrence.pk])
    return reverse("assessments:step", args=[occurrence.pk, number])
