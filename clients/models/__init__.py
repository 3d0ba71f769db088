from .address import AddressChange
from .care import CareTeam, Client, Episode
from .consent import Agreement, Consent, ConsentWording
from .contact import (
    WAYS,
    Channel,
    ChannelStop,
    ReminderPolicy,
    SafeContact,
    SafetyCheck,
    Wording,
)
from .cover import Absence, Cover
from .emergency import EmergencyOpening
from .keeping import ErasureRequest, LegalHold, RetentionNotice, RetentionPolicy
from .plan import OwnPlan
from .portal import PortalLink
from .safety import SafetyPolicy, WhoSees
from .sessions import Session
from .supervision import SupervisionReason

__all__ = [
    "WAYS",
    "Absence",
    "AddressChange",
    "Agreement",
    "CareTeam",
    "Channel",
    "ChannelStop",
    "Client",
    "Consent",
    "ConsentWording",
    "Cover",
    "EmergencyOpening",
    "Episode",
    "ErasureRequest",
    "LegalHold",
    "OwnPlan",
    "PortalLink",
    "ReminderPolicy",
    "RetentionNotice",
    "RetentionPolicy",
    "SafeContact",
    "SafetyCheck",
    "SafetyPolicy",
    "Session",
    "SupervisionReason",
    "WhoSees",
    "Wording",
]
