"""Verbs about people in care. Each is one transaction, with its line in the audit trail."""

from .contact import confirm_contact, record_safety_check, stop_messages
from .doors import accept_invitation, is_own_code, issue_links, link_life, open_link
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
from .safety import (
    NeedsALook,
    ask_later,
    change_safety_policy,
    say_still_right,
    say_who_sees,
)
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

__all__ = [
    "AddressTaken",
    "AlreadyAdded",
    "NeedsALook",
    "TimeTaken",
    "WrittenElsewhere",
    "accept_invitation",
    "add_client",
    "add_point",
    "ask_later",
    "book_session",
    "change_client",
    "change_policy",
    "change_safety_policy",
    "close_episode",
    "confirm_contact",
    "forget_code",
    "invite",
    "is_own_code",
    "is_taken",
    "issue_links",
    "link_life",
    "move_session",
    "open_link",
    "read_sheet",
    "record_safety_check",
    "say_still_right",
    "say_who_sees",
    "settle_session",
    "stop_messages",
    "write_on_session",
]
