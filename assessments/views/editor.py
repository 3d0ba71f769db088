"""The editor of own activities: one part of a draft at a time, kept as it is typed."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import HiddenInput
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import authoring
from assessments.actions import own
from assessments.definitions import Kind
from assessments.forms.own import PartForm, form_of
from assessments.models import Activity, ActivityDraft
from practice.access import staff
from practice.models import Role

FIRST = "about"
ADDING = "add"


@dataclass
class Desk:
    """A draft with one of its parts open: all that the page of the editor shows.

    ``asked`` is the part that the address names; without one it is the first.
    """

    draft: ActivityDraft
    asked: str

    @property
    def part(self) -> str:
        asks_nothing = self.content["kind"] == Kind.READING
        if not self.asked or (asks_nothing and self.asked.startswith(ADDING)):
            return FIRST
        return self.asked

    @property
    def what(self) -> str:
        """What the part is: item, scale, metric, section, add, or a panel by its name."""
        return self.part.partition("-")[0]

    @property
    def named(self) -> str:
        return self.part.partition("-")[2]

    @property
    def is_adding(self) -> bool:
        return self.what == ADDING

    @property
    def is_piece(self) -> bool:
        return self.what in authoring.PIECES

    @property
    def title(self) -> str:
        return self.outline.name_of(self.part)

    @property
    def kind_in_words(self) -> str:
        return Activity.Kind(self.content["kind"]).label

    @property
    def saves_field(self) -> str:
        """How often it had been kept when the page was made, for the form of the page."""
        return HiddenInput({"data-saves": ""}).render("saves", self.draft.saves)

    @property
    def is_conditional(self) -> bool:
        if self.what != "item" or self.content.get("layout") == "page":
            return False
        return bool(authoring.piece_of(self.content, self.part).get("show_if"))

    @property
    def is_overtaken(self) -> bool:
        """Whether somebody has published a version that this draft does not go on from."""
        return self.history.number > self.content.get("desk", {}).get("based_on", 0)

    @property
    def is_new_scale(self) -> bool:
        """Whether this published scale is about to become another one."""
        return self.what == "scale" and authoring.is_remade(self.content, self.named, self.history)

    @property
    def content(self):
        return self.draft.content

    @cached_property
    def history(self):
        return own.history_of(self.draft.activity)

    @cached_property
    def faults(self):
        return authoring.faults_of(self.content, self.history)

    @cached_property
    def outline(self):
        return authoring.outline_of(self.content, self.faults, self.history)

    @property
    def missing(self) -> list[tuple[str, str, str]]:
        """What keeps it from being published: part, what that is called, and the sentence."""
        name_of = self.outline.name_of
        return [(each.part, name_of(each.part), each.words) for each in self.faults]

    @property
    def preview_at(self) -> int:
        """The page of the preview on which the open part can be seen."""
        return authoring.shown_as(self.content, self.part)

    def form(self, data=None) -> PartForm | None:
        """Of the part that is open; there is none while a question is added.

        Raises authoring.Gone.
        """
        if self.is_adding:
            return None
        return form_of(self.part, data, content=self.content, history=self.history)

    def tell(self, form: PartForm | None) -> None:
        """What is said about its fields; about those of something just begun nothing yet."""
        is_untouched = not self.draft.saves and not self.content.get("items")
        if form is not None and not is_untouched:
            form.tell(self.faults, authoring.advice_of(self.content))

    def after(self, draft: ActivityDraft) -> "Desk":
        """The same, as it stands now that something was kept."""
        desk = Desk(draft, self.asked)
        desk.history = self.history
        return desk

    def address(self, part="", **rest) -> str:
        asked = {key: value for key, value in {"at": part, **rest}.items() if value}
        url = reverse("assessments:own_edit", args=[self.draft.pk])
        return f"{url}?{urlencode(asked)}" if asked else url


def drafts_of(user):
    """What somebody is writing; what was imported has pages of its own."""
    return ActivityDraft.objects.mine(user).filter(source={}).select_related("activity")


def desk_of(request, draft_id) -> Desk:
    draft = get_object_or_404(drafts_of(request.user), pk=draft_id)
    return Desk(draft, request.GET.get("at", ""))


@staff(Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def own_edit(request, draft_id):
    """Each part is kept by itself, with or without JavaScript; a button of the page keeps first."""
    desk = desk_of(request, draft_id)
    try:
        form = desk.form(request.POST if request.method == "POST" else None)
    except authoring.Gone:
        return _gone(request, desk) if request.method == "POST" else redirect(desk.address())
    if request.method != "POST":
        return page(request, desk, form)
    if form is not None and not form.is_valid():
        return refused(request, desk, form)
    try:
        desk, url = kept(request, desk, form)
    except own.ChangedElsewhere as error:
        return elsewhere(request, desk.after(error.draft))
    except ActivityDraft.DoesNotExist:
        raise Http404 from None
    except authoring.Gone:
        return _gone(request, desk)
    except authoring.TooMany:
        messages.warning(request, _("More than %(n)s do not fit.") % {"n": authoring.MOST_PIECES})
        return redirect(desk.address(desk.asked))
    return JsonResponse(_news(request, desk)) if in_background(request) else redirect(url)


def in_background(request) -> bool:
    return "X-Keep" in request.headers


def page(request, desk, form, *, status=200, is_elsewhere=False):
    desk.tell(form)
    context = {
        "desk": desk,
        "draft": desk.draft,
        "content": desk.content,
        "form": form,
        "kinds": authoring.KINDS.items() if desk.is_adding else (),
        "then": request.GET.get("then", ""),
        "is_elsewhere": is_elsewhere,
    }
    return render(request, "assessments/own_edit.html", context, status=status)


def kept(request, desk, form):
    """What was typed in the open part, and then what a button asks for.

    The desk after it, and the address to go on at. Raises own.ChangedElsewhere,
    ActivityDraft.DoesNotExist, authoring.Gone, authoring.TooMany.
    """
    went = {"at": desk.address(desk.asked)}

    def change(content):
        if form is not None:
            content = form.change(content)
        if act := request.POST.get("act"):
            content, went["at"] = _acted(content, act, desk)
        return content

    draft = own.keep_draft(
        desk.draft, change, saves=saves_in(request), by=request.user, now=timezone.now()
    )
    return desk.after(draft), went["at"]


def saves_in(request) -> int:
    """How often the draft had been kept when the page was opened."""
    text = request.POST.get("saves", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _acted(content, act, desk):
    """What a button does: the content after it, and the address to go on at.

    Raises authoring.Gone, authoring.TooMany.
    """
    verb, _colon, part = act.partition(":")
    if verb in ("up", "down"):
        content = authoring.moved(content, part, -1 if verb == "up" else 1)
        return content, desk.address(desk.asked, then=act)
    if verb == "remove":
        neighbour = authoring.neighbour_of(content, part)
        return authoring.removed(content, part, desk.history), desk.address(neighbour, then="away")
    if verb == "back":
        return authoring.put_back(content, part), desk.address(part)
    if verb == "twin":
        content, new = authoring.duplicated(content, part)
        return content, desk.address(new)
    if verb == "add":
        what, _dash, kind = part.partition("-")
        after = desk.named if desk.is_adding else ""
        content, new = authoring.added(content, what, kind=kind, after=after)
        return content, desk.address(new)
    raise authoring.Gone(act)


def refused(request, desk, form):
    """Something that cannot be kept at all; it stands there as it was typed."""
    if not in_background(request):
        return page(request, desk, form)
    desk.tell(form)
    words = [each for found in form.errors.values() for each in found]
    return JsonResponse({"says": _says(form), "words": words[0]}, status=422)


def elsewhere(request, desk):
    """The draft was kept in another tab. Nothing is lost: what was typed here can be kept too."""
    if in_background(request):
        return JsonResponse({"saves": desk.draft.saves}, status=409)
    try:
        form = desk.form(request.POST)
    except authoring.Gone:
        return _gone(request, desk)
    return page(request, desk, form, status=409, is_elsewhere=True)


def _gone(request, desk):
    words = _("That was taken away in another tab. Everything else is as you left it.")
    if in_background(request):
        return JsonResponse({"words": words}, status=410)
    messages.warning(request, words)
    return redirect(desk.address())


def _news(request, desk) -> dict:
    """What own.js puts in the place of what the page says now."""
    context = {"desk": desk, "draft": desk.draft, "content": desk.content}
    form = desk.form()
    desk.tell(form)
    return {
        "saves": desk.draft.saves,
        "says": _says(form) if form is not None else {},
        "outline": render_to_string("assessments/_own_outline.html", context, request),
        "state": render_to_string("assessments/_own_state.html", context, request),
    }


def _says(form) -> dict[str, str]:
    """By field, what stands beside it, as HTML."""
    found = {}
    for name in form.says_of:
        faults, advice = form.said(name)
        context = {"faults": [*form.errors.get(name, ()), *faults], "advice": advice}
        found[name] = render_to_string("assessments/_own_says.html", context)
    return found
