from .activities import Activity, ActivityDraft, ActivityVersion, TextPermission
from .alerts import Alert
from .assignments import Assignment, Occurrence, ProgramAssignment
from .calls import AlertCall, AlertPolicy, BackUp
from .exports import Export
from .feedback import Feedback
from .picture import PracticePicture
from .programs import Program, ProgramVersion
from .reminders import Delivery, MessageWording, Reminder, ReminderItem
from .responses import Response, Score, Sharing
from .review import ReviewNote, ReviewRules, Rule
from .sharing import SharedProgress

__all__ = [
    "Activity",
    "ActivityDraft",
    "ActivityVersion",
    "Alert",
    "AlertCall",
    "AlertPolicy",
    "Assignment",
    "BackUp",
    "Delivery",
    "Export",
    "Feedback",
    "MessageWording",
    "Occurrence",
    "PracticePicture",
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
    "Sharing",
    "TextPermission",
]
