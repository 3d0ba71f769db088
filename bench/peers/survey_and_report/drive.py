"""A published survey of 16 questions, and people who are signed in: `drive.py PEOPLE`.

Says where the survey is, and each one's session.
"""

import json
import os
import sys

import django

WORDS = ("Never", "Rarely", "Sometimes", "Often", "Almost always")
QUESTIONS = 16


def main(people: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client as Browser
    from survey.models import Question, Survey

    call_command("migrate", verbosity=0)
    survey = Survey.objects.create(
        name="Sixteen questions",
        description="How often was each sentence true?",
        need_logged_user=True,
        display_method=Survey.ALL_IN_ONE_PAGE,
    )
    for number in range(1, QUESTIONS + 1):
        Question.objects.create(
            text=f"Sentence number {number} of this list was true for me.",
            order=number,
            required=True,
            survey=survey,
            type=Question.RADIO,
            choices=",".join(WORDS),
        )
    users = get_user_model().objects
    cookies = []
    for number in range(people):
        browser = Browser()
        browser.force_login(users.create_user(f"person-{number}"))
        cookies.append({"sessionid": browser.cookies["sessionid"].value})
    print(json.dumps({"path": f"/survey/{survey.pk}/", "cookies": cookies}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
