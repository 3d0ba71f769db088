from .activities import Activity, ActivityDraft, ActivityVersion, TextPermission
from .alerts import Alert
from .assignments import Assignment, Occurrence, ProgramAssignment
from .feedback import Feedback
from .programs import Program, ProgramVersion
from .reminders import Delivery, MessageWording, Reminder, ReminderItem
from .responses import Response, Score
from .review import ReviewNote, ReviewRules, Rule
from .sharing import SharedProgress

__all__ = [
    "Activity",
    "ActivityDraft",
    "ActivityVersion",
    "Alert",
    "Assignment",
    "Delivery",
    "Feedback",
    "MessageWording",
    "Occurrence",
    "Program",
    "ProgramAssignment",
    "ProgramVersion",
    "Reminder",
    "ReminderItem",
    "Response",
    "ReviewNote",
    "ReviewRules",
    "Rule",
    "Score",
    "SharedProgress",
    "TextPermission",
]
