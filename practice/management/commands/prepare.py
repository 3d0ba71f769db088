from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.db import connection
from django.utils import timezone

from practice import heartbeat
from practice.checks import refuse_if_unfit
from practice.database import account, grants


class Command(BaseCommand):
    help = "Everything a new version needs before it serves: migrations and the library."

    def handle(self, *args, **options):
        refuse_if_unfit()
        account.in_front_of_it()
        grants.refuse_to_begin(settings.APP_ROLE)
        self.stdout.write("Migrating the database")
        self.stdout.flush()
        with connection.cursor() as cursor:
            # Behind a lock that waits everybody waits: better to fail, and to be run once more.
            cursor.execute("SET lock_timeout = '10s'")
        call_command("migrate", interactive=False, verbosity=0)
        grants.serve(settings.APP_ROLE)
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
        self.stdout.write("Loading the activity library")
        self.stdout.flush()
        call_command("library", "sync", verbosity=0, stdout=self.stdout)
        heartbeat.await_it(heartbeat.SWEEP, now=timezone.now())
