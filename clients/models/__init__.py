from .care import CareTeam, Client, Episode
from .contact import (
    WAYS,
    Channel,
    ChannelStop,
    ReminderPolicy,
    SafeContact,
    SafetyCheck,
    Wording,
)
from .portal import PortalLink
from .safety import SafetyPolicy, WhoSees
from .sessions import Session

__all__ = [
    "WAYS",
    "CareTeam",
    "Channel",
    "ChannelStop",
    "Client",
    "Episode",
    "PortalLink",
    "ReminderPolicy",
    "SafeContact",
    "SafetyCheck",
    "SafetyPolicy",
    "Session",
    "WhoSees",
    "Wording",
]
