from .absences import AbsenceForm
from .care import TIME_TAKEN, CloseEpisodeForm, MoveSessionForm, SafetyCheckForm, SessionForm
from .caseload import ChosenForm
from .codes import NewPersonalCodeForm, PersonalCodeForm
from .contact import ContactForm, OwnContactForm
from .person import AddClientForm, ChangeClientForm
from .policy import PolicyForm
from .supervision import ReasonForm
from .teams import HandOverForm, JoinForm, LeavingForm

__all__ = [
    "TIME_TAKEN",
    "AbsenceForm",
    "AddClientForm",
    "ChangeClientForm",
    "ChosenForm",
    "CloseEpisodeForm",
    "ContactForm",
    "HandOverForm",
    "JoinForm",
    "LeavingForm",
    "MoveSessionForm",
    "NewPersonalCodeForm",
    "OwnContactForm",
    "PersonalCodeForm",
    "PolicyForm",
    "ReasonForm",
    "SafetyCheckForm",
    "SessionForm",
]
