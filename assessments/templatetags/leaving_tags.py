"""What hangs on somebody of the practice on this floor, for the page on which they leave."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import ActivityDraft, Alert, BackUp, Export, Response
from clients.models import Client

register = template.Library()


@register.simple_tag
def hangs_on(person) -> list[str]:
    """In sentences. Six statements."""
    clients = Client.objects.cared_for_by(person)
    alerts = Alert.objects.mine(person).open().count()
    unread = Response.objects.unread().filter(client__in=clients).count()
    drafts = ActivityDraft.objects.mine(person).count()
    backs = BackUp.objects.current().filter(back_up=person).select_related("clinician")
    files = Export.objects.mine(person).filter(failed_at=None, emptied_at=None).count()
    found = [
        (alerts, ngettext("%(n)s open alert", "%(n)s open alerts", alerts)),
        (unread, ngettext("%(n)s answer not read", "%(n)s answers not read", unread)),
        (
            drafts,
            ngettext(
                "%(n)s draft for the library: it goes to whoever takes over",
                "%(n)s drafts for the library: they go to whoever takes over",
                drafts,
            ),
        ),
        (
            files,
            ngettext(
                "%(n)s file with data: it is deleted",
                "%(n)s files with data: they are deleted",
                files,
            ),
        ),
    ]
    lines = [words % {"n": n} for n, words in found if n]
    stands_in = _("Stands in for %(name)s when an alert is not seen: that ends")
    return lines + [stands_in % {"name": each.clinician} for each in backs]
