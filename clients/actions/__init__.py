"""Verbs about people in care. Each is one transaction, with its line in the audit trail."""

from .absences import Overlaps, end_absence, take_absence
from .address import (
    NoLongerOpen,
    ask_for_address,
    confirm_address,
    decline_address,
    take_back_address,
)
from .consents import WordsChanged, answer_consent, publish_wording, withdraw_consent
from .contact import confirm_contact, record_safety_check, stop_messages
from .doors import accept_invitation, is_own_code, issue_links, link_life, open_link
from .emergency import TooOften, find_in_emergency, open_in_emergency
from .leaving import LastOwner, NobodyTakes, Parting, leave_practice, may_end_role
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
from .plan import keep_plan, share_plan, write_plan
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
from .supervision import give_reason
from .teams import IsPrimary, hand_over, join_team, leave_team, read_handover

__all__ = [
    "AddressTaken",
    "AlreadyAdded",
    "IsPrimary",
    "LastOwner",
    "NeedsALook",
    "NoLongerOpen",
    "NobodyTakes",
    "Overlaps",
    "Parting",
    "TimeTaken",
    "TooOften",
    "WordsChanged",
    "WrittenElsewhere",
    "accept_invitation",
    "add_client",
    "add_passkey",
    "add_point",
    "answer_consent",
    "ask_for_address",
    "ask_later",
    "book_session",
    "change_client",
    "change_policy",
    "change_safety_policy",
    "close_episode",
    "confirm_address",
    "confirm_contact",
    "decline_address",
    "end_absence",
    "find_in_emergency",
    "forget_code",
    "give_reason",
    "hand_over",
    "invite",
    "is_own_code",
    "is_taken",
    "issue_links",
    "join_team",
    "keep_plan",
    "leave_practice",
    "leave_team",
    "link_life",
    "may_end_role",
    "move_session",
    "open_in_emergency",
    "open_link",
    "publish_wording",
    "read_handover",
    "read_sheet",
    "record_safety_check",
    "remove_passkey",
    "say_still_right",
    "say_who_sees",
    "settle_session",
    "share_plan",
    "stop_messages",
    "take_absence",
    "take_back_address",
    "withdraw_consent",
    "write_on_session",
    "write_plan",
]
