from .activities import Activity, ActivityVersion
from .alerts import Alert
from .assignments import Assignment, Occurrence
from .reminders import Delivery, Reminder, ReminderItem
from .responses import Response, Score

__all__ = [
    "Activity",
    "ActivityVersion",
    "Alert",
    "Assignment",
    "Delivery",
    "Occurrence",
    "Reminder",
    "ReminderItem",
    "Response",
    "Score",
]
