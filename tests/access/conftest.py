"""The world of the matrix is made once, and gone after the last of these tests."""

import gc
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from practice import keys
from tests.conftest import NOW

from .touching import watch
from .world import World

# A minute after all that is there was made. The clock stands still, however slow the machine is, so
# that whoever signed in has just done so.
A_MINUTE_LATER = NOW + timedelta(minutes=1)


@pytest.fixture(scope="package")
def made(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        keys.forget()
        with time_machine.travel(NOW):
            world = World()
        with time_machine.travel(A_MINUTE_LATER, tick=False):
            world.sign_in()
        watch()
        gc.freeze()  # the world stays: nobody needs to look through it for what is left over
        yield world
        gc.unfreeze()
        transaction.set_rollback(True)


@pytest.fixture
def world(made):
    with time_machine.travel(A_MINUTE_LATER, tick=False):
        yield made
