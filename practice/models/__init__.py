from .audit import AuditEvent
from .heartbeat import Heartbeat
from .invitations import StaffInvitation
from .keys import DataKeyRow
from .people import Membership, Role, User
from .sign_ins import SignIn
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
    "SignIn",
    "StaffInvitation",
    "TenantModel",
    "User",
]
