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
from .plan import OwnPlan
from .portal import PortalLink
from .sessions import Session

__all__ = [
    "WAYS",
    "Agreement",
    "CareTeam",
    "Channel",
    "ChannelStop",
    "Client",
    "Consent",
    "ConsentWording",
    "Episode",
    "OwnPlan",
    "PortalLink",
    "ReminderPolicy",
    "SafeContact",
    "SafetyCheck",
    "Session",
    "Wording",
]
