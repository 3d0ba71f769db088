"""After a restore nobody is mailed again about what a page says as well."""

from datetime import timedelta

import pytest

from clients import actions as care
from clients import telling
from clients.keeping import notices
from clients.models import EmergencyOpening, RetentionNotice
from practice.backups import settling
from tests.conftest import NOW, make_client
from tests.whole import close

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def as_in_the_backup(clinician, colleague):
    """Time to tell of a record that is over in six days, and of one that was opened."""
    over = close(make_client(clinician), by=clinician)
    at = NOW.replace(year=NOW.year - 10) + 6 * DAY
    over.episodes.update(opened_at=at - DAY, closed_at=at)
    opened = make_client(clinician, "Ana Ruiz")
    care.open_in_emergency(opened, words="The ward calls", by=colleague, now=NOW - DAY)


def tell(practice, now):
    notices.look_at(practice.pk, now=now)
    telling.tell_of_emergencies(now=now)


def test_what_may_have_been_told_since_the_backup_counts_as_told(
    as_in_the_backup, practice, clinician, colleague, mailoutbox
):
    settling.settle(since=NOW - DAY, now=NOW)
    tell(practice, NOW)
    assert mailoutbox == []
    assert RetentionNotice.objects.get().stage == "week"
    assert EmergencyOpening.objects.get().told_at == NOW
    # What comes after the restore is told as ever.
    tell(practice, NOW + 6 * DAY)
    assert {letter.to[0] for letter in mailoutbox} == {"owner@practice.example", clinician.email}


def test_without_a_restore_it_is_told(as_in_the_backup, practice, mailoutbox):
    tell(practice, NOW)
    assert len(mailoutbox) > 2
