"""Verbs about people in care. Each is one transaction, with its line in the audit trail."""

from .absences import Overlaps, end_absence, take_absence
from .contact import confirm_contact, record_safety_check, stop_messages
from .doors import accept_invitation, is_own_code, issue_links, link_life, open_link
from .leaving import LastOwner, NobodyTakes, Parting, leave_practice, may_end_role
from .people import (
    AddressTaken,
    AlreadyAdded,
    add_client,
    change_client,
    close_episode,
    forget_code,
    invite,
    is_taken,
)
from .policy import change_policy
from .sessions import (
    TimeTaken,
    WrittenElsewhere,
    add_point,
    book_session,
    move_session,
    read_sheet,
    settle_session,
    write_on_session,
)
from .supervision import give_reason
from .teams import IsPrimary, hand_over, join_team, leave_team, read_handover

__all__ = [
    "AddressTaken",
    "AlreadyAdded",
    "IsPrimary",
    "LastOwner",
    "NobodyTakes",
    "Overlaps",
    "Parting",
    "TimeTaken",
    "WrittenElsewhere",
    "accept_invitation",
    "add_client",
    "add_point",
    "book_session",
    "change_client",
    "change_policy",
    "close_episode",
    "confirm_contact",
    "end_absence",
    "forget_code",
    "give_reason",
    "hand_over",
    "invite",
    "is_own_code",
    "is_taken",
    "issue_links",
    "join_team",
    "leave_practice",
    "leave_team",
    "link_life",
    "may_end_role",
    "move_session",
    "open_link",
    "read_handover",
    "read_sheet",
    "record_safety_check",
    "settle_session",
    "stop_messages",
    "take_absence",
    "write_on_session",
]
