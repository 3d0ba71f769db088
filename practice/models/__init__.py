from .audit import AuditCheck, AuditEvent
from .erased import Erased
from .heartbeat import Heartbeat
from .invitations import StaffInvitation
from .keys import DataKeyRow, KeyWork
from .knocks import Knock
from .people import Membership, Role, Theme, User
from .sign_ins import SignIn
from .tenant import DataClass, OftenWritten, Practice, TenantModel

__all__ = [
    "AuditCheck",
    "AuditEvent",
    "DataClass",
    "DataKeyRow",
    "Erased",
    "Heartbeat",
    "KeyWork",
    "Knock",
    "Membership",
    "OftenWritten",
    "Practice",
    "Role",
    "SignIn",
    "StaffInvitation",
    "TenantModel",
    "Theme",
    "User",
]
