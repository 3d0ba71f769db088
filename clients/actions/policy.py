"""How a practice reminds where a client has said nothing else."""

from django.db import transaction

from clients.models import ReminderPolicy
from practice import audit, hooks
from practice.models import Practice

# What holds for clients who are in care already; the rest fills in the form of a new one.
IN_FORCE = ("most_reminders", "spacing_days", "first_days", "missed_in_a_row", "unread_days")


def change_policy(practice, *, by, now, **fields) -> ReminderPolicy:
    """From now on the practice does it so. The plans that follow from it are made anew.

    Those are made after the policy is written down, batch by batch: whoever sends meanwhile asks
    for the policy once more anyway, so a plan that is still the old one sends nothing too much.
    """
    policy, is_other = _write(practice, by=by, fields=fields)
    if is_other:
        hooks.call("policy_changed", practice=practice, now=now)
    return policy


@transaction.atomic
def _write(practice, *, by, fields) -> tuple[ReminderPolicy, bool]:
    Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)  # two owners, one row
    policy = ReminderPolicy.of_practice(practice.pk)
    changed = [name for name, value in fields.items() if getattr(policy, name) != value]
    for name, value in fields.items():
        setattr(policy, name, value)
    if policy._state.adding:
        policy.created_by = by
    policy.save()
    audit.record("reminder_policy.changed", policy, by=by, detail={"fields": sorted(changed)})
    return policy, not set(changed).isdisjoint(IN_FORCE)
