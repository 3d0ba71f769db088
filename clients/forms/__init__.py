from .address import AskAddressForm
from .care import TIME_TAKEN, CloseEpisodeForm, MoveSessionForm, SafetyCheckForm, SessionForm
from .caseload import ChosenForm
from .codes import NewPersonalCodeForm, PersonalCodeForm
from .contact import ContactForm, OwnContactForm
from .person import AddClientForm, ChangeClientForm
from .policy import PolicyForm

__all__ = [
    "TIME_TAKEN",
    "AddClientForm",
    "AskAddressForm",
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
    "SessionForm",
]
