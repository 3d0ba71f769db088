"""Queue so many mails, say so, and send them on SIGUSR1: `drive.py COUNT PROCESSES`.

The mails are as long as our reminders, and are ready: nothing is left to be composed or looked up.
"""

import json
import os
import signal
import sys
import time

import django

WORD = {signal.SIGUSR1}
BODY = """\
Something is still waiting for you, when you have time:

https://portal.practice.example/c/{token}/

The link works for 24 hours, and only once. It asks for your code.

No more messages like this:
{stop}
"""


def main(count: int, processes: int) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, WORD)
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from post_office import mail
    from post_office.models import STATUS, Email

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE post_office_email CASCADE")
    began = time.monotonic()
    for start in range(0, count, 1000):
        mail.send_many([a_mail(number) for number in range(start, min(start + 1000, count))])
    queued = time.monotonic() - began
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()
    print(json.dumps({"queued_in": queued}), flush=True)
    signal.sigwait(WORD)
    call_command("send_queued_mail", processes=processes)
    print(json.dumps({"sent": Email.objects.filter(status=STATUS.sent).count()}), flush=True)
    signal.sigwait(WORD)  # what it cost is read while it is there; then it is ended


def a_mail(number: int) -> dict:
    token = f"{number:032d}"
    stop = f"https://portal.practice.example/stop/{token}{token}{token}/"
    return {
        "recipients": [f"person-{number}@bench.example"],
        "sender": "Trellis <post@practice.example>",
        "subject": "Something is waiting for you",
        "message": BODY.format(token=token, stop=stop),
        "headers": {
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    }


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
