from .audit import AuditEvent
from .heartbeat import Heartbeat
from .keys import DataKeyRow
from .people import Membership, Role, User
from .tenant import DataClass, Practice, TenantModel

__all__ = [
    "AuditEvent",
    "DataClass",
    "DataKeyRow",
    "Heartbeat",
    "Membership",
    "Practice",
    "Role",
    "TenantModel",
    "User",
]
