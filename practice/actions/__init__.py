"""Verbs about the practice itself and about who works there."""

from .people import (
    AnOwnerIsNeeded,
    HandOverFirst,
    WorksHere,
    accept_staff_invitation,
    change_roles,
    invite_staff,
    keep_codes,
    reset_second_factor,
    send_staff_invitation_again,
    withdraw_invitations_of,
    withdraw_staff_invitation,
)
from .practices import (
    AlreadyOpen,
    add_staff,
    change_practice,
    change_settings,
    open_first_practice,
    open_practice,
)
from .sign_ins import IN_SESSION, begin_sign_in, end_others, end_sign_in, end_sign_ins, go_on

__all__ = [
    "IN_SESSION",
    "AlreadyOpen",
    "AnOwnerIsNeeded",
    "HandOverFirst",
    "WorksHere",
    "accept_staff_invitation",
    "add_staff",
    "begin_sign_in",
    "change_practice",
    "change_roles",
    "change_settings",
    "end_others",
    "end_sign_in",
    "end_sign_ins",
    "go_on",
    "invite_staff",
    "keep_codes",
    "open_first_practice",
    "open_practice",
    "reset_second_factor",
    "send_staff_invitation_again",
    "withdraw_invitations_of",
    "withdraw_staff_invitation",
]
