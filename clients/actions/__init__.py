"""Verbs about people in care. Each is one transaction, with its line in the audit trail."""

from .address import (
    NoLongerOpen,
    ask_for_address,
    confirm_address,
    decline_address,
    take_back_address,
)
from .contact import confirm_contact, record_safety_check, stop_messages
from .doors import accept_invitation, is_own_code, issue_links, link_life, open_link
from .passkeys import add_passkey, remove_passkey
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

__all__ = [
    "AddressTaken",
    "AlreadyAdded",
    "NoLongerOpen",
    "TimeTaken",
    "WrittenElsewhere",
    "accept_invitation",
    "add_client",
    "add_passkey",
    "add_point",
    "ask_for_address",
    "book_session",
    "change_client",
    "change_policy",
    "close_episode",
    "confirm_address",
    "confirm_contact",
    "decline_address",
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
    "remove_passkey",
    "settle_session",
    "stop_messages",
    "take_back_address",
    "write_on_session",
]
