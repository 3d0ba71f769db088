"""Verbs about people in care. Each is one transaction, with its line in the audit trail."""

from .consents import WordsChanged, answer_consent, publish_wording, withdraw_consent
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
from .plan import keep_plan, share_plan, write_plan
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
    "TimeTaken",
    "WordsChanged",
    "WrittenElsewhere",
    "accept_invitation",
    "add_client",
    "add_point",
    "answer_consent",
    "book_session",
    "change_client",
    "change_policy",
    "close_episode",
    "confirm_contact",
    "forget_code",
    "invite",
    "is_own_code",
    "is_taken",
    "issue_links",
    "keep_plan",
    "link_life",
    "move_session",
    "open_link",
    "publish_wording",
    "read_sheet",
    "record_safety_check",
    "settle_session",
    "share_plan",
    "stop_messages",
    "withdraw_consent",
    "write_on_session",
    "write_plan",
]
