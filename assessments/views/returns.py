"""Where providers say what became of a message. Nobody signs in here: a secret is the proof."""

import base64
import hashlib
import hmac
import json
import re

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import EventType, RejectReason, tracking
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from assessments.reminders import returns
from assessments.reminders.channels.refusals import is_dead_address
from clients.models import Channel, ChannelStop

TOLERANCE = 300  # seconds by which the sender's clock may differ from ours
LONGEST_MOMENT = 12  # digits of seconds: more would be a number that takes long to read
SOFT = re.compile(r"soft|transient|temporary", re.IGNORECASE)
CODE = re.compile(r"\b[245]\d\d\b")
# What a provider of text messages says became of one, and what clients answer.
ARRIVED = {"delivered"}
CAME_BACK = {"failed", "undelivered", "expired", "rejected", "invalid"}
DEAD = {"rejected", "invalid"}  # the number, and not the network or a phone that is off
SMS_NAMES = ("id", "reference", "status", "from", "text")
STOP_WORDS = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit"}


@csrf_exempt
@login_not_required
@require_http_methods(["POST", "HEAD"])
def mail(request):
    """The door of whichever of Anymail's providers carries our mail; for any other it is shut."""
    provider = settings.EMAIL_BACKEND.removeprefix("anymail.backends.").partition(".")[0]
    try:
        door = resolve(f"/{provider}/tracking/", "anymail.urls")
    except Resolver404:
        raise Http404 from None
    if not settings.RETURNS_MAIL_SECRET:
        raise Http404
    try:
        return door.func(request, *door.args, **door.kwargs)
    except AnymailWebhookValidationFailure:
        return HttpResponse(status=403)
    except returns.NotYet:
        return HttpResponse(status=503)


def heed_mail(event, **_):
    """What Anymail's door has heard, once it has seen the secret."""
    delivery = returns.find_delivery(
        Channel.EMAIL,
        key=(event.metadata or {}).get("delivery"),
        provider_id=event.message_id or "",
    )
    if delivery is None:
        return
    now = timezone.now()
    if event.event_type == EventType.DELIVERED:
        returns.arrived(delivery, now=now)
    elif event.event_type == EventType.COMPLAINED or event.reject_reason == RejectReason.SPAM:
        returns.unwanted(delivery, why=ChannelStop.Why.COMPLAINED, now=now)
    elif (
        event.event_type == EventType.UNSUBSCRIBED
        or event.reject_reason == RejectReason.UNSUBSCRIBED
    ):
        returns.unwanted(delivery, why=ChannelStop.Why.OPTED_OUT, now=now)
    elif event.event_type in (EventType.BOUNCED, EventType.REJECTED, EventType.FAILED):
        returns.came_back(delivery, is_dead=_is_dead(event), now=now)


tracking.connect(heed_mail)  # the way in which a door of Anymail's speaks to those behind it


def _is_dead(event) -> bool:
    """From what the receiving server said, where that is known; else from the provider's word."""
    words = event.mta_response or ""
    if code := CODE.search(words):
        return is_dead_address(int(code[0]), words)
    kind = event.esp_event.get("Type") or event.esp_event.get("event") or ""
    is_soft = SOFT.search(str(kind)) is not None
    return event.reject_reason in (RejectReason.INVALID, RejectReason.BOUNCED) and not is_soft


@csrf_exempt
@login_not_required
@require_POST
def sms(request):
    """As the standard for webhooks has it (standardwebhooks.com): headers ``webhook-id``,
    ``webhook-timestamp`` and ``webhook-signature``, and a body in JSON: ``{"id" or "reference",
    "status"}`` of a message, or ``{"from", "text"}`` of an answer."""
    if not settings.RETURNS_SMS_SECRET:
        raise Http404
    if not _is_signed(request):
        return HttpResponse(status=403)
    try:
        said = json.loads(request.body)
        facts = {name: _text(said.get(name)) for name in SMS_NAMES}
    except (ValueError, AttributeError, RecursionError):
        return HttpResponse(status=400)
    try:
        _heed_sms(facts, timezone.now())
    except returns.NotYet:
        return HttpResponse(status=503)
    return HttpResponse()


def _text(value) -> str:
    """Raises ValueError for what a database can't be asked for."""
    text = str(value or "")
    text.encode()
    if "\0" in text:
        raise ValueError("not a text")
    return text


def _is_signed(request) -> bool:
    """By whoever has the secret, a moment ago. Said again within that time it changes nothing."""
    key, at = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
    if (
        not at.isdecimal()
        or len(at) > LONGEST_MOMENT
        or abs(timezone.now().timestamp() - int(at)) > TOLERANCE
    ):
        return False
    secret = base64.b64decode(settings.RETURNS_SMS_SECRET.removeprefix("whsec_"))
    seal = hmac.new(secret, f"{key}.{at}.".encode() + request.body, hashlib.sha256).digest()
    ours = f"v1,{base64.b64encode(seal).decode()}"
    theirs = request.headers.get("webhook-signature", "").split()
    return any([constant_time_compare(each, ours) for each in theirs])  # noqa: C419


def _heed_sms(facts: dict[str, str], now) -> None:
    if facts["from"]:
        if facts["text"].strip().strip(".!").lower() in STOP_WORDS:
            returns.number_opted_out(facts["from"], now=now)
        return
    delivery = returns.find_delivery(
        Channel.SMS, message_id=facts["reference"]
    ) or returns.find_delivery(Channel.SMS, provider_id=facts["id"])
    status = facts["status"].lower()
    if delivery is None:
        return
    if status in ARRIVED:
        returns.arrived(delivery, now=now)
    elif status in CAME_BACK:
        returns.came_back(delivery, is_dead=status in DEAD, now=now)
