from .care import TIME_TAKEN, CloseEpisodeForm, MoveSessionForm, SafetyCheckForm, SessionForm
from .caseload import ChosenForm
from .codes import NewPersonalCodeForm, PersonalCodeForm
from .contact import ContactForm, OwnContactForm
from .person import AddClientForm, ChangeClientForm
from .policy import PolicyForm
from .safety import SafetyPolicyForm, WhoSeesForm

__all__ = [
    "TIME_TAKEN",
    "AddClientForm",
    "ChangeClientForm",
    "ChosenForm",
    "CloseEpisodeForm",
    "ContactForm",
    "MoveSessionForm",
    "NewPersonalCodeForm",
    "OwnContactForm",
    "PersonalCodeForm",
    "PolicyForm",
    "SafetyCheckForm",
    "SafetyPolicyForm",
    "SessionForm",
    "WhoSeesForm",
]
