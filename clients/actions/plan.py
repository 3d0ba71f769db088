"""A client's own plan for a hard hour: written by them alone, shared when they say so."""

from django.db import transaction

from clients.models import Client, OwnPlan
from practice import audit

from .sessions import WrittenElsewhere


@transaction.atomic
def write_plan(client, *, page, opened_at, by, now, **words) -> OwnPlan:
    """``page`` names the open page that the words come from. Raises WrittenElsewhere when another
    one has written since ``opened_at``."""
    plan = _locked(client, by=by)
    is_other_page = plan.written_from not in (None, page)
    if is_other_page and plan.written_at > opened_at:
        raise WrittenElsewhere
    changed = [name for name in plan.PARTS if words[name] != getattr(plan, name)]
    if changed:
        for name in changed:
            setattr(plan, name, words[name])
        plan.written_at, plan.written_from = now, page
        if plan.is_empty:
            plan.shared_at = None  # what is written later is shared anew, or not
        plan.save()
        audit.record("plan.written", plan, by=by)
    return plan


@transaction.atomic
def share_plan(client, *, by, now) -> None:
    """The care team sees it as it stands from now on. Nobody is sent a message."""
    plan = _locked(client, by=by)
    if plan.shared_at is None and not plan.is_empty:
        plan.shared_at = now
        plan.save(update_fields=["shared_at"])
        audit.record("plan.shared", plan, by=by)


@transaction.atomic
def keep_plan(client, *, by) -> None:
    """Take ``share_plan`` back: nobody but the client sees it."""
    plan = _locked(client, by=by)
    if plan.shared_at is not None:
        plan.shared_at = None
        plan.save(update_fields=["shared_at"])
        audit.record("plan.kept", plan, by=by)


def _locked(client, *, by) -> OwnPlan:
    """The one row a client has; made under the client's lock, so that two tabs make one."""
    Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client.pk)
    return OwnPlan.objects.get_or_create(
        client=client, defaults={"practice_id": client.practice_id, "created_by": by}
    )[0]
