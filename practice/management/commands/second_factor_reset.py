from django.core.management.base import BaseCommand, CommandError

from practice import actions, letters, walls
from practice.models import User


class Command(BaseCommand):
    help = (
        "One of the staff has lost their second factor and no owner can help: from now on their "
        "password lets them in to set up a new one. They are told by mail."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *args, email, **options):
        with walls.nowhere():
            self.reset(email)

    def reset(self, email):
        person = walls.found(User.objects.with_roles().filter(email=email.strip().lower()))
        if person is None or not person.roles:
            raise CommandError("Nobody of the staff signs in with this address.")
        actions.reset_second_factor(person, by=None)
        letters.tell_of_reset(person, by=None)
        self.stdout.write("Done. They sign in with their password and set up a new one.")
