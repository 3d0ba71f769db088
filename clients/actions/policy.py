"""How a practice reminds where a client has said nothing else."""

from clients.models import ReminderPolicy
from practice import hooks
from practice.actions import change_settings

# What holds for clients who are in care already; the rest fills in the form of a new one.
IN_FORCE = ("most_reminders", "spacing_days", "first_days", "missed_in_a_row", "unread_days")


def change_policy(practice, *, by, now, **fields) -> ReminderPolicy:
    """From now on the practice does it so. The plans that follow from it are made anew.

    Those are made after the policy is written down, batch by batch: whoever sends meanwhile asks
    for the policy once more anyway, so a plan that is still the old one sends nothing too much.
    """
    policy, changed = change_settings(
        ReminderPolicy, practice, action="reminder_policy.changed", by=by, **fields
    )
    if not changed.isdisjoint(IN_FORCE):
        hooks.call("policy_changed", practice=practice, now=now)
    return policy
