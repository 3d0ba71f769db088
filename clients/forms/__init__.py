from .care import TIME_TAKEN, SafetyCheckForm, SessionForm
from .codes import NewPersonalCodeForm, PersonalCodeForm
from .contact import ContactForm, OwnContactForm
from .person import AddClientForm, ChangeClientForm

__all__ = [
    "TIME_TAKEN",
    "AddClientForm",
    "ChangeClientForm",
    "ContactForm",
    "NewPersonalCodeForm",
    "OwnContactForm",
    "PersonalCodeForm",
    "SafetyCheckForm",
    "SessionForm",
]
