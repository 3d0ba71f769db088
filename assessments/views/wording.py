"""What the practice's messages say."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.actions.wording import drop_wording
from assessments.forms.wording import MOST_PARTS, SenderForm, WordingForm
from assessments.models import MessageWording, Reminder
from assessments.reminders.messages import own_words, preview_of, trellis_words
from assessments.reminders.wording import Words
from clients.contact_rules import can_text
from clients.models import WAYS, Channel, Wording
from practice.access import staff
from practice.models import Role


@dataclass(frozen=True)
class Line:
    """One message in the list."""

    place: dict
    kind: str
    own: MessageWording | None
    words: Words  # with their placeholders

    @property
    def url(self) -> str:
        return address(self.place)


def address(place: dict) -> str:
    return reverse("assessments:wording", kwargs=place)


def channels() -> list[str]:
    return [way for way in WAYS if way != Channel.SMS or can_text()]


@staff(Role.OWNER)
@require_http_methods(["GET", "POST"])
def wordings(request):
    """All messages, and the name that discreet ones come from."""
    practice = request.user.practice
    form = SenderForm(request.POST or None, practice=practice, by=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Kept."))
        return redirect("assessments:wordings")
    context = {"form": form, "sections": sections(practice)}
    return render(request, "assessments/wordings.html", context)


def sections(practice) -> list[tuple]:
    """(language, channel, wording, its lines): one statement for all."""
    own = own_words(practice)
    return [
        (
            get_language_info(language)["name_translated"] if len(settings.LANGUAGES) > 1 else "",
            Channel(channel).label,
            wording,
            [line(own, language, channel, wording.value, kind) for kind in Reminder.Kind],
        )
        for language, _name in settings.LANGUAGES
        for channel in channels()
        for wording in Wording
    ]


def line(own, language, channel, wording, kind) -> Line:
    place = {"language": language, "channel": channel, "wording": wording, "kind": kind.value}
    row = own.get(tuple(place.values()))
    words = Words(row.subject, row.body) if row else trellis_words(**place)
    return Line(place, kind.label, row, words)


@staff(Role.OWNER)
@require_http_methods(["GET", "POST"])
def wording(request, language, channel, wording, kind):
    """One message: its words, and beside them how it will look. ``act`` says what for; with the
    header X-Preview only the looks are sent back."""
    place = {"language": language, "channel": channel, "wording": wording, "kind": kind}
    if not is_place(place):
        raise Http404
    practice, act = request.user.practice, request.POST.get("act", "keep")
    row = own_words(practice).get(tuple(place.values()))
    default = trellis_words(**place)
    if request.method == "POST" and act == "back":
        drop_wording(practice, place=place, by=request.user)
        messages.success(request, _("These are Trellis's words again."))
        return redirect(address(place))
    words = Words(row.subject, row.body) if row else default
    form = WordingForm(
        request.POST or None, practice=practice, place=place, words=words, by=request.user
    )
    is_right = form.is_valid()
    if is_right and act == "keep":
        form.save()
        messages.success(request, _("Kept. Messages say this from now on."))
        return redirect("assessments:wordings")
    context = {
        "form": form,
        "place": place,
        "row": row,
        "is_mail": channel == Channel.EMAIL,
        "channel": Channel(channel).label,
        "wording": Wording(wording),
        "kind": Reminder.Kind(kind).label,
        "preview": preview_of(form.typed(), practice=practice, **place),
        "most_parts": MOST_PARTS,
        "is_right": is_right or not form.is_bound,
    }
    alone = "X-Preview" in request.headers
    template = "assessments/_message.html" if alone else "assessments/wording.html"
    return render(request, template, context)


def is_place(place: dict) -> bool:
    return (
        place["language"] in dict(settings.LANGUAGES)
        and place["channel"] in channels()
        and place["wording"] in Wording.values
        and place["kind"] in Reminder.Kind.values
    )
