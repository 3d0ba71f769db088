from .absences import AbsenceForm
from .address import AskAddressForm
from .care import TIME_TAKEN, CloseEpisodeForm, MoveSessionForm, SafetyCheckForm, SessionForm
from .caseload import ChosenForm
from .codes import NewPersonalCodeForm, OwnCodeForm, PersonalCodeForm, why_not
from .consents import AgreeForm, AgreementsForm, SaidForm
from .contact import ContactForm, OwnContactForm
from .emergency import EmergencyForm
from .keeping import AskErasureForm, EraseForm, HoldForm, RetentionForm
from .log import LogForm
from .person import AddClientForm, ChangeClientForm
from .plan import PlanForm
from .policy import PolicyForm
from .safety import SafetyPolicyForm, WhoSeesForm
from .supervision import ReasonForm
from .teams import HandOverForm, JoinForm, LeavingForm

__all__ = [
    "TIME_TAKEN",
    "AbsenceForm",
    "AddClientForm",
    "AgreeForm",
    "AgreementsForm",
    "AskAddressForm",
    "AskErasureForm",
    "ChangeClientForm",
    "ChosenForm",
    "CloseEpisodeForm",
    "ContactForm",
    "EmergencyForm",
    "EraseForm",
    "HandOverForm",
    "HoldForm",
    "JoinForm",
    "LeavingForm",
    "LogForm",
    "MoveSessionForm",
    "NewPersonalCodeForm",
    "OwnCodeForm",
    "OwnContactForm",
    "PersonalCodeForm",
    "PlanForm",
    "PolicyForm",
    "ReasonForm",
    "RetentionForm",
    "SafetyCheckForm",
    "SafetyPolicyForm",
    "SaidForm",
    "SessionForm",
    "WhoSeesForm",
    "why_not",
]
