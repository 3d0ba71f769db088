"""Whom a refusal speaks of: the address that was written to, or us who wrote."""

import re

ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# RFC 3463, where the subject is not the address: the system, the protocol, the content, and policy
# (we may not relay, we stand on a list). A full mailbox or too long a letter is no dead address.
NOT_THE_ADDRESS = {"3", "5", "6", "7"}
NOT_DEAD = {("2", "2"), ("2", "3")}


def is_dead_address(code: int, words: str) -> bool:
    """Whether a refusal says for good that this address takes no mail.

    ``code`` is a reply of SMTP, ``words`` what came with it, or the Status of a delivery report. A
    wrong yes would silence a client for good and a wrong no costs a few attempts, so in doubt: no.
    A mail server that does not know us any more refuses everybody, with 5xx too.
    """
    if not 500 <= code < 600 or code in (530, 535) or "relay" in words.lower():
        return False
    found = ENHANCED.search(words)
    if found is None:
        return code in (550, 551, 553, 556)
    kind, subject, detail = found.groups()
    return kind == "5" and subject not in NOT_THE_ADDRESS and (subject, detail) not in NOT_DEAD
