"""Who listens to what happens on a lower floor (practice/hooks.py)."""

HOOKS = {
    "practice_opened": ["assessments.actions.library.put_library_into"],
    "contact_changed": ["assessments.reminders.contact_changed"],
    "policy_changed": ["assessments.reminders.replanning.policy_changed"],
    "safety_checked": ["assessments.actions.programs.safety_checked"],
    "zone_changed": ["assessments.actions.schedules.zone_changed"],
    "sessions_changed": ["assessments.actions.schedules.sessions_changed"],
    "care_withdrawn": ["assessments.actions.consents.care_withdrawn"],
    "picture_withdrawn": ["assessments.actions.consents.picture_withdrawn"],
    "client_erased": ["assessments.actions.erasing.client_erased"],
    "episode_closed": ["assessments.actions.schedules.episode_closed"],
    "may_mail_client": ["clients.contact_rules.may_mail"],
    "may_end_role": ["clients.actions.may_end_role"],
    "needs_no_heir": ["assessments.actions.leaving.needs_no_heir"],
    "staff_left": ["assessments.actions.leaving.staff_left"],
    "client_knocked": ["assessments.reminders.asked.answer"],
    "address_changed": ["assessments.reminders.asked.address_changed"],
    "restored": [
        "clients.actions.restored.restored",
        "clients.keeping.notices.restored",
        "assessments.actions.restored.restored",
    ],
    "came_by_passkey": ["clients.access.came_by_passkey"],
}
