from .audit import AuditEvent
from .heartbeat import Heartbeat
from .keys import DataKeyRow
from .knocks import Knock
from .people import Membership, Role, User
from .tenant import DataClass, OftenWritten, Practice, TenantModel

__all__ = [
    "AuditEvent",
    "DataClass",
    "DataKeyRow",
    "Heartbeat",
    "Knock",
    "Membership",
    "OftenWritten",
    "Practice",
    "Role",
    "TenantModel",
    "User",
]
