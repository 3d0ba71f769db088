from .alerts import ask_to_talk, close_alert, see_alert
from .assign import Gated, assign, end_assignment, forget_missed, gate, note_missed
from .library import sync_library
from .respond import (
    AlreadySent,
    NotAsked,
    NotComplete,
    NotOpen,
    add_entry,
    current_version,
    keep,
    mark_read,
    next_number,
    put_away,
    say_safe_time,
    submit,
    take_out,
)

__all__ = [
    "AlreadySent",
    "Gated",
    "NotAsked",
    "NotComplete",
    "NotOpen",
    "add_entry",
    "ask_to_talk",
    "assign",
    "close_alert",
    "current_version",
    "end_assignment",
    "forget_missed",
    "gate",
    "keep",
    "mark_read",
    "next_number",
    "note_missed",
    "put_away",
    "say_safe_time",
    "see_alert",
    "submit",
    "sync_library",
    "take_out",
]
