"""Forms made from definitions, and the forms with which a clinician finds and assigns.

``answers`` is a whole form; ``cells`` are its fields of one answer, ``parts`` those that share
something out (split, sort), ``rows`` those that grow, ``skip`` the ways not to answer, and
``widgets`` how they look (``templates/forms/``, ``fields.css``, ``fields.js``). ``paper`` takes the
same answers by number from a copy that was filled in on paper. ``schedules`` ask when; ``alerts``
ask what was done, and what the practice wants to be told.
"""

from .alerts import AlertForm, AlertPolicyForm, BackUpForm, BackUpsForm
from .answers import AnswerForm
from .assign import AssignForm
from .bringing import SharingForm
from .exports import ArchiveForm, ExportForm, OwnFileForm
from .feedback import FeedbackForm
from .library import LibraryForm
from .paper import PaperForm
from .rescheduling import ChangeScheduleForm
from .review import ReviewRulesForm
from .schedules import ScheduleForm
from .sheet import NextForm, SheetForm

__all__ = [
    "AlertForm",
    "AlertPolicyForm",
    "AnswerForm",
    "ArchiveForm",
    "AssignForm",
    "BackUpForm",
    "BackUpsForm",
    "ChangeScheduleForm",
    "ExportForm",
    "FeedbackForm",
    "LibraryForm",
    "NextForm",
    "OwnFileForm",
    "PaperForm",
    "ReviewRulesForm",
    "ScheduleForm",
    "SharingForm",
    "SheetForm",
]
