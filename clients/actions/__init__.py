"""Verbs about people in care. Each is one transaction, with its line in the audit trail."""

from .contact import confirm_contact, record_safety_check, stop_messages
from .doors import accept_invitation, is_own_code, issue_links, link_life, open_link
from .people import (
    AddressTaken,
    AlreadyAdded,
    add_client,
    change_client,
    forget_code,
    invite,
    is_taken,
)
from .sessions import TimeTaken, book_session, settle_session

__all__ = [
    "AddressTaken",
    "AlreadyAdded",
    "TimeTaken",
    "accept_invitation",
    "add_client",
    "book_session",
    "change_client",
    "confirm_contact",
    "forget_code",
    "invite",
    "is_own_code",
    "is_taken",
    "issue_links",
    "link_life",
    "open_link",
    "record_safety_check",
    "settle_session",
    "stop_messages",
]
