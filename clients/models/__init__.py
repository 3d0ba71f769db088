from .address import AddressChange
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
from .sessions import Session

__all__ = [
    "WAYS",
    "AddressChange",
    "CareTeam",
    "Channel",
    "ChannelStop",
    "Client",
    "Episode",
    "PortalLink",
    "ReminderPolicy",
    "SafeContact",
    "SafetyCheck",
    "Session",
    "Wording",
]
