"""The table, and people who are signed in: `drive.py PEOPLE` says where, and each one's session."""

import json
import os
import sys

import django


def main(people: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client as Browser

    call_command("migrate", verbosity=0, run_syncdb=True)
    users = get_user_model().objects
    cookies = []
    for number in range(people):
        browser = Browser()
        browser.force_login(users.create_user(f"person-{number}"))
        cookies.append({"sessionid": browser.cookies["sessionid"].value})
    print(json.dumps({"path": "/", "cookies": cookies}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
