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
from .cover import Absence, Cover
from .portal import PortalLink
from .sessions import Session
from .supervision import SupervisionReason

__all__ = [
    "WAYS",
    "Absence",
    "CareTeam",
    "Channel",
    "ChannelStop",
    "Client",
    "Cover",
    "Episode",
    "PortalLink",
    "ReminderPolicy",
    "SafeContact",
    "SafetyCheck",
    "Session",
    "SupervisionReason",
    "Wording",
]
