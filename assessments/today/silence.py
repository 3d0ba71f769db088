"""Reasons that come of silence, in words."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.silence import Silent

from .reason import Reason


def silence_reason(silent: Silent) -> Reason:
    client = silent.client
    return Reason(
        kind="silent",
        word=_("Silent"),
        client=client,
        sentence=_sentence(silent),
        when=silent.since,
        url=reverse("assessments:contact", args=[client.pk]),
        action=_("What was sent"),
        act_url=reverse("assessments:missed_note", args=[client.pk]),
        act_word=_("Noted"),
    )


def _sentence(silent: Silent) -> str:
    times, nudges = silent.missed, silent.nudges
    if not times:
        return _("Has not been in the portal since a message went out")
    parts = [
        ngettext("Has not answered what was due", "Has not answered %(n)s in a row", times)
        % {"n": times}
    ]
    if nudges:
        parts.append(ngettext("one reminder sent", "%(n)s reminders sent", nudges) % {"n": nudges})
    else:
        parts.append(_("no reminder sent"))
    if not silent.has_answered:
        parts.append(_never_answered(silent.client))
    return "; ".join(parts)


def _never_answered(client) -> str:
    if client.has_joined:
        return _("never answered yet")
    if client.invited_at:
        return _("invited, has not joined the portal yet")
    return _("not invited to the portal yet")
