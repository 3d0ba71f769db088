from .care import TIME_TAKEN, CloseEpisodeForm, MoveSessionForm, SafetyCheckForm, SessionForm
from .caseload import ChosenForm
from .codes import NewPersonalCodeForm, PersonalCodeForm
from .consents import AgreeForm, AgreementsForm, SaidForm
from .contact import ContactForm, OwnContactForm
from .person import AddClientForm, ChangeClientForm
from .plan import PlanForm
from .policy import PolicyForm

__all__ = [
    "TIME_TAKEN",
    "AddClientForm",
    "AgreeForm",
    "AgreementsForm",
    "ChangeClientForm",
    "ChosenForm",
    "CloseEpisodeForm",
    "ContactForm",
    "MoveSessionForm",
    "NewPersonalCodeForm",
    "OwnContactForm",
    "PersonalCodeForm",
    "PlanForm",
    "PolicyForm",
    "SafetyCheckForm",
    "SaidForm",
    "SessionForm",
]
