from .audit import AuditEvent
from .heartbeat import Heartbeat
from .keys import DataKeyRow
from .people import Membership, Role, Theme, User
from .tenant import DataClass, OftenWritten, Practice, TenantModel

__all__ = [
    "AuditEvent",
    "DataClass",
    "DataKeyRow",
    "Heartbeat",
    "Membership",
    "OftenWritten",
    "Practice",
    "Role",
    "TenantModel",
    "Theme",
    "User",
]
