"""Forms made from definitions, and the forms with which a clinician finds, assigns and closes.

``answers`` is a whole form; ``cells`` are its fields of one answer, ``parts`` those that share
something out (split, sort), ``rows`` those that grow, ``skip`` the ways not to answer, and
``widgets`` how they look (``templates/forms/``, ``fields.css``, ``fields.js``). ``paper`` takes the
same answers by number from a copy that was filled in on paper. ``schedules`` ask when.
"""

from .answers import AnswerForm
from .assign import AssignForm, CloseAlertForm
from .bringing import BringForm
from .feedback import FeedbackForm
from .library import LibraryForm
from .paper import PaperForm
from .rescheduling import ChangeScheduleForm
from .review import ReviewRulesForm
from .schedules import ScheduleForm
from .sheet import SheetForm

__all__ = [
    "AnswerForm",
    "AssignForm",
    "BringForm",
    "ChangeScheduleForm",
    "CloseAlertForm",
    "FeedbackForm",
    "LibraryForm",
    "PaperForm",
    "ReviewRulesForm",
    "ScheduleForm",
    "SheetForm",
]
