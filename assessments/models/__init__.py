from .activities import Activity, ActivityDraft, ActivityVersion, TextPermission
from .alerts import Alert
from .assignments import Assignment, Occurrence
from .programs import Program, ProgramVersion
from .reminders import Delivery, Reminder, ReminderItem
from .responses import Response, Score

__all__ = [
    "Activity",
    "ActivityDraft",
    "ActivityVersion",
    "Alert",
    "Assignment",
    "Delivery",
    "Occurrence",
    "Program",
    "ProgramVersion",
    "Reminder",
    "ReminderItem",
    "Response",
    "Score",
    "TextPermission",
]
