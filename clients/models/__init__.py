from .care import CareTeam, Client, Episode
from .contact import Channel, SafeContact, SafetyCheck, Wording
from .portal import PortalLink
from .sessions import Session

__all__ = [
    "CareTeam",
    "Channel",
    "Client",
    "Episode",
    "PortalLink",
    "SafeContact",
    "SafetyCheck",
    "Session",
    "Wording",
]
