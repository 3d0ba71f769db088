"""The ways into the portal and out of it."""

from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients import actions
from clients.access import CODE_GIVEN, any_client, client_only, has_just_given_code
from clients.forms import NewPersonalCodeForm, OwnContactForm, PersonalCodeForm, why_not
from clients.models import Channel, Client, PortalLink
from clients.models.portal import client_id_to_stop
from practice import knocks, limits, walls
from practice.models import Knock, Practice

BACKEND = "practice.backends.PeopleBackend"


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def link(request, token):
    """A link from a message. It shows nothing about anybody until the code is right, and whoever
    only looks (a mail scanner, a preview) uses nothing up."""
    now = timezone.now()
    found = walls.found(PortalLink.objects.by_token(token).select_related("client__user"))
    if found is None or not found.is_live(now):
        return _gone(request, token)
    if not found.client.has_joined:
        return _join(request, found, token, now)
    return _enter(request, found, token, now)


def _join(request, found, token, now):
    if actions.has_moved(found.client, now=now):
        return _outside(request, "clients/link_waits.html", {})
    form = NewPersonalCodeForm(request.POST or None)
    if form.is_valid():
        user = actions.accept_invitation(found, code=form.cleaned_data["code"], now=now)
        return _sign_in(request, user) if user else _gone(request, token)
    return _outside(request, "clients/link_join.html", {"form": form, "token": token})


def _enter(request, found, token, now):
    form = PersonalCodeForm(request.POST or None)
    if form.is_valid():
        user = actions.open_link(found, code=form.cleaned_data["code"].strip(), now=now)
        if user is not None:
            return _sign_in(request, user)
        found.refresh_from_db()
        if not found.is_live(now):
            return _gone(request, token)
        form.add_error("code", why_not(found.client))
    return _outside(request, "clients/link_enter.html", {"form": form, "token": token})


def _sign_in(request, user):
    logout(request)  # whoever was signed in on this device is not any more
    login(request, user, backend=BACKEND)
    request.session[CODE_GIVEN] = True
    return redirect("assessments:portal")


def _outside(request, template, context, **how):
    """For whoever opens a link, on a device where somebody else may be signed in: the page shows
    nothing of them."""
    return render(request, template, context | {"user": AnonymousUser(), "idle": None}, **how)


def _gone(request, token=""):  # nosec B107 # 2026-11-29: there is none
    """The same page, whether there ever was such a link or not; it offers a new one, and to stop
    the messages."""
    return _outside(request, "clients/link_gone.html", {"token": token}, status=410)


@login_not_required
@require_http_methods(["GET", "POST"])
def link_new(request, token):
    """A new link in the place of one that has run out. The page looks nobody up, so it says the
    same and takes as long, whether there ever was such a link or not."""
    if request.method == "GET" or request.POST.get("send") != "yes":
        return redirect("clients:link", token)
    is_asked = limits.may_ask(request, token)
    if is_asked:
        knocks.ask(Knock.Kind.LINK, token, now=timezone.now())
    return _outside(request, "clients/link_asked.html", {"is_asked": is_asked})


@any_client
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def own_code(request):
    """The second step after a code in a mail."""
    client = request.client
    if not client.has_joined:
        return render(request, "clients/own_code_gone.html")
    form = PersonalCodeForm(request.POST or None)
    if form.is_valid():
        code, now = form.cleaned_data["code"].strip(), timezone.now()
        if actions.is_own_code(client, code=code, by=request.user, now=now):
            request.session[CODE_GIVEN] = True
            return redirect("assessments:portal")
        form.add_error("code", why_not(client))
    return render(request, "clients/own_code.html", {"form": form})


@csrf_exempt  # the token is the proof; a mail program's one click (RFC 8058) brings no cookie
@login_not_required
@require_http_methods(["GET", "POST"])
def stop(request, token):
    """No more messages, without signing in. Mail scanners open links, so a button confirms it."""
    client = _who_stops(token)
    if client is None:
        return _gone(request)
    is_stopped = client.safe_contacts.current().filter(channel=Channel.NONE).exists()
    if _means_it(request) and not is_stopped:
        actions.stop_messages(client, by=None, now=timezone.now())
        is_stopped = True
    return _outside(request, "clients/stop.html", {"is_stopped": is_stopped})


def _means_it(request) -> bool:
    """Our button, or a mail program's one click (RFC 8058). A scanner that sends off every form it
    finds presses no button."""
    sent = request.POST
    return sent.get("stop") == "yes" or sent.get("List-Unsubscribe") == "One-Click"


def _who_stops(token) -> Client | None:
    """The token of a link stops too, long after it opens anything: a text message has room for one
    address, and whoever can read it may say that they want no more."""
    found = walls.found(PortalLink.objects.by_token(token))
    client_id = found.client_id if found else client_id_to_stop(token)
    return walls.found(Client.objects.filter(pk=client_id))


@login_not_required
@require_safe
def leave(request):
    """Ends the session and puts a neutral page in this one's place. Works as a plain link."""
    practice = getattr(request.user, "practice", None)
    target = practice.leave_url if practice else Practice._meta.get_field("leave_url").default
    logout(request)
    response = HttpResponseRedirect(target)
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    response["Cache-Control"] = "no-store"
    return response


@client_only
@require_safe
def welcome(request):
    return render(request, "clients/welcome.html")


@client_only
@require_safe
def leave_rehearsal(request):
    return render(request, "clients/leave_rehearsal.html")


@client_only
@require_POST
def welcome_done(request):
    request.client.leave_page_shown_at = timezone.now()
    request.client.save(update_fields=["leave_page_shown_at"])
    return redirect("assessments:portal")


@client_only
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def contact_own(request):
    form = OwnContactForm(
        request.POST or None,
        client=request.client,
        by=request.user,
        has_given_code=has_just_given_code(request, timezone.now()),
    )
    if form.is_valid():
        form.save()
        messages.success(request, _("Kept. We will only reach you this way."))
        return redirect("assessments:portal")
    return render(request, "clients/contact_own.html", {"form": form})
