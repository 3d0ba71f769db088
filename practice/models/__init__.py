from .audit import AuditEvent
from .keys import DataKeyRow
from .people import Membership, Role, User
from .tenant import DataClass, Practice, TenantModel

__all__ = [
    "AuditEvent",
    "DataClass",
    "DataKeyRow",
    "Membership",
    "Practice",
    "Role",
    "TenantModel",
    "User",
]
