"""Nothing more goes to a client over a channel."""

from datetime import datetime

from clients.models import ChannelStop


def stop_channel(about, channel: str, *, why: str, now: datetime) -> ChannelStop | None:
    """Stop it for the client whom ``about`` (a row of theirs) is about. None when it was stopped
    already: the first reason stands. The caller plans anew, and then writes the audit trail."""
    stop, is_new = ChannelStop.objects.get_or_create(
        client_id=about.client_id,
        channel=channel,
        lifted_at=None,
        defaults={"practice_id": about.practice_id, "why": why, "stopped_at": now},
    )
    return stop if is_new else None
