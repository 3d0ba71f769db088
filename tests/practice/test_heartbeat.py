"""If nothing rings for five minutes, three say so that are not the one that died."""

import itertools
import os
import signal
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from assessments.tasks import sweep
from practice import heartbeat
from practice.management.commands import watch
from practice.models import Heartbeat
from tests.conftest import NOW, as_user, make_practice, make_staff
from tests.smtp import Sink, mail_goes_to
from tests.workers import crew, until

MINUTE = timedelta(minutes=1)
NO_BACKUP = {"backup": "none was verified yet"}
NOT_OUT = "Trellis: messages are not going out"
OUT_AGAIN = "Trellis: messages are going out again"


@pytest.fixture(autouse=True)
def _forgetful():
    """Each page asks anew, as it does after fifteen seconds."""
    heartbeat.forget()
    yield
    heartbeat.forget()


@pytest.fixture
def sink():
    with Sink() as server:
        yield server


def rang(ago, *, now=NOW, name=heartbeat.SWEEP, **facts):
    """A row as it is when something was heard that long ago, and awaited long before."""
    facts = {"awaited_from": now - timedelta(days=9), "rung_at": now - ago} | facts
    return Heartbeat.objects.update_or_create(name=name, defaults=facts)[0]


def beat_of(name=heartbeat.SWEEP):
    return Heartbeat.objects.get(name=name)


@pytest.mark.django_db
class TestWhatIsNoted:
    def test_a_sweep_notes_that_it_was_rung(self, clock):
        sweep()
        assert NOW <= beat_of().rung_at <= NOW + MINUTE
        assert beat_of().silent_for(NOW + MINUTE) is None

    def test_a_sweep_that_fails_every_time_is_silence(self, clock, monkeypatch):
        def fails():
            raise OperationalError

        monkeypatch.setattr("assessments.reminders.sweep", fails)
        with pytest.raises(OperationalError):
            sweep()
        assert not Heartbeat.objects.exists()

    def test_a_busy_worker_writes_it_down_once_in_a_while(self, django_assert_num_queries):
        heartbeat.heard("sweep", now=NOW)
        with django_assert_num_queries(1):
            heartbeat.heard("sweep", now=NOW + timedelta(seconds=1))
        assert beat_of().rung_at == NOW
        heartbeat.heard("sweep", now=NOW + timedelta(seconds=4))
        assert beat_of().rung_at == NOW + timedelta(seconds=4)
        assert beat_of().awaited_from == NOW

    def test_a_clock_that_is_put_back_does_not_leave_a_ring_in_the_future(self):
        heartbeat.heard("sweep", now=NOW)
        heartbeat.heard("sweep", now=NOW - timedelta(hours=1))
        assert beat_of().rung_at == NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("awaited", "rung", "silent"),
    [
        (timedelta(days=1), 4.9 * MINUTE, None),
        (timedelta(days=1), 5 * MINUTE, 5 * MINUTE),
        (timedelta(days=1), 7 * MINUTE, 7 * MINUTE),
        (timedelta(days=1), None, timedelta(days=1)),  # a worker that never came
        (2 * MINUTE, None, None),  # it has just been started
        (2 * MINUTE, timedelta(days=1), None),  # all of it was off
        (6 * MINUTE, timedelta(days=1), 6 * MINUTE),
        (timedelta(days=1), -timedelta(hours=1), None),  # the clock was put back
    ],
)
def test_silence_counts_from_the_last_ring_or_from_when_one_was_awaited(awaited, rung, silent):
    beat = Heartbeat(awaited_from=NOW - awaited, rung_at=None if rung is None else NOW - rung)
    assert beat.silent_for(NOW) == silent


@pytest.mark.parametrize(
    ("lasting", "words"),
    [
        (MINUTE, "1 minute"),
        (7.9 * MINUTE, "7 minutes"),
        (119 * MINUTE, "119 minutes"),
        (121 * MINUTE, "2 hours"),
        (timedelta(days=2, hours=23), "2 days"),
    ],
)
def test_how_long_in_words(lasting, words):
    assert heartbeat.in_words(lasting) == words


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestReady:
    def ready(self, client, django_assert_num_queries):
        with django_assert_num_queries(1):
            response = client.get("/healthz/ready")
        return response.status_code, response.json()

    def test_in_order(self, client, django_assert_num_queries):
        rang(MINUTE)
        rang(MINUTE, name=heartbeat.WATCH)
        assert self.ready(client, django_assert_num_queries) == (
            200,
            {"database": "ok", "reminders": "ok", "watcher": "ok", **NO_BACKUP},
        )

    def test_nothing_has_rung(self, client, django_assert_num_queries):
        rang(7 * MINUTE)
        rang(MINUTE, name=heartbeat.WATCH)
        assert self.ready(client, django_assert_num_queries) == (
            503,
            {
                "database": "ok",
                "reminders": "nothing has rung for 7 minutes",
                "watcher": "ok",
                **NO_BACKUP,
            },
        )
        assert client.get("/healthz/live").status_code == 200

    def test_a_backup_that_is_late_is_said_and_holds_nobody_up(
        self, client, django_assert_num_queries
    ):
        for hours, words in ((35, "ok"), (72, "late")):
            Heartbeat.objects.filter(name=heartbeat.BACKUP).delete()
            rang(hours * 60 * MINUTE, name=heartbeat.BACKUP)
            status, said = self.ready(client, django_assert_num_queries)
            assert (status, said["backup"]) == (200, words)

    def test_a_database_that_is_away_is_said(self, client, monkeypatch):
        def is_away(now):
            raise OperationalError("connection to 10.0.0.7 failed")

        monkeypatch.setattr(heartbeat, "report", is_away)
        response = client.get("/healthz/ready")
        assert (response.status_code, response.json()) == (503, {"database": "does not answer"})

    def test_a_watcher_that_died_is_said_and_holds_nobody_up(
        self, client, django_assert_num_queries
    ):
        rang(MINUTE)
        rang(6 * MINUTE, name=heartbeat.WATCH)
        assert self.ready(client, django_assert_num_queries) == (
            200,
            {
                "database": "ok",
                "reminders": "ok",
                "watcher": "has not looked for 6 minutes",
                **NO_BACKUP,
            },
        )

    def test_before_anybody_waits(self, client, django_assert_num_queries):
        assert self.ready(client, django_assert_num_queries) == (
            200,
            {
                "database": "ok",
                "reminders": "nothing has rung yet",
                "watcher": "has not looked yet",
                **NO_BACKUP,
            },
        )


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestThePages:
    SILENT = "Messages are not going out: nothing has rung for 7 minutes."

    def today(self, user):
        page = as_user(user).get(reverse("assessments:today")).content.decode()
        return " ".join(page.split())

    def test_say_so_to_everybody_who_works_here(self, owner, clinician, supervisor):
        rang(7 * MINUTE)
        for user in (clinician, supervisor):
            page = self.today(user)
            assert self.SILENT in page
            assert "Please tell whoever runs Trellis." in page
            assert "has been told" not in page
        assert self.SILENT in as_user(owner).get(reverse("practice")).content.decode()

    def test_say_who_knows(self, clinician):
        rang(7 * MINUTE, told_at=NOW - MINUTE)
        assert f"{self.SILENT} Whoever runs Trellis has been told." in self.today(clinician)

    def test_say_nothing_when_all_is_well(self, clinician):
        rang(4 * MINUTE)
        assert "not going out" not in self.today(clinician)

    def test_the_portal_and_the_door_do_not(self, client, joined, clinician):
        rang(7 * MINUTE)
        assert self.SILENT in self.today(clinician)
        portal = as_user(joined.user).get(reverse("assessments:help"))
        assert portal.status_code == 200
        assert b"rung" not in portal.content
        assert b"rung" not in client.get(reverse("account_login")).content

    def test_a_process_asks_once_in_fifteen_seconds(self, clinician, clock):
        self.today(clinician)
        rang(7 * MINUTE)
        assert self.SILENT not in self.today(clinician)
        heartbeat.remember(None, seconds=-1)
        assert self.SILENT in self.today(clinician)


@pytest.mark.django_db
class TestTheWatcher:
    def look(self, now=NOW):
        """The subjects of what was mailed at this look."""
        mail.outbox.clear()
        watch.look(now=now)
        return [letter.subject for letter in mail.outbox]

    def test_tells_of_each_silence_once_and_of_its_end(self, owner):
        rang(4 * MINUTE)
        assert self.look() == []
        assert self.look(NOW + 2 * MINUTE) == [NOT_OUT]
        assert self.look(NOW + 3 * MINUTE) == []
        assert self.look(NOW + timedelta(days=2)) == []
        heartbeat.heard("sweep", now=NOW + timedelta(days=3))
        assert self.look(NOW + timedelta(days=3)) == [OUT_AGAIN]
        assert self.look(NOW + timedelta(days=3)) == []
        assert self.look(NOW + timedelta(days=3, minutes=6)) == [NOT_OUT]

    def test_tells_when_backups_end_and_when_there_is_one_again(self, owner):
        rang(MINUTE, name=heartbeat.BACKUP)
        told = []
        for hours in (1, 35, 37, 38):
            rang(MINUTE, now=NOW + timedelta(hours=hours))
            told.append(self.look(NOW + timedelta(hours=hours)))
        assert told == [[], [], ["Trellis: there is no new backup"], []]
        later = NOW + timedelta(hours=39)
        rang(MINUTE, now=later)
        heartbeat.heard(heartbeat.BACKUP, now=later)
        assert self.look(later) == ["Trellis: there is a new backup again"]

    def test_where_the_first_of_all_backups_never_holds_that_is_told(self, owner):
        rang(MINUTE, now=NOW + timedelta(hours=37))
        heartbeat.await_it(heartbeat.BACKUP, now=NOW)
        assert self.look(NOW + timedelta(hours=37)) == ["Trellis: there is no new backup"]

    def test_after_a_weekend_off_a_backup_has_time_to_be_made(self, owner):
        for name in (heartbeat.SWEEP, heartbeat.WATCH, heartbeat.BACKUP):
            rang(timedelta(days=3), name=name)
        watch.wake(now=NOW)
        assert self.look() == []
        for minutes in (119, 121):
            rang(MINUTE, now=NOW + minutes * MINUTE)
        assert self.look(NOW + 121 * MINUTE) == ["Trellis: there is no new backup"]

    def test_says_how_long_and_where_to_look(self, owner):
        rang(7 * MINUTE)
        self.look()
        [letter] = mail.outbox
        assert "Nothing has rung for 7 minutes" in letter.body
        assert "http://testserver/healthz/ready" in letter.body

    def test_tells_the_administrators(self, owner, settings):
        settings.ADMINS = [("Ada", "ada@it.example"), ("", "it@it.example")]
        rang(7 * MINUTE)
        self.look()
        assert [letter.to for letter in mail.outbox] == [["ada@it.example"], ["it@it.example"]]

    def test_tells_the_owners_where_nobody_is_named(self, practice):
        make_staff(practice, "Clara", "clinician")
        gone = make_staff(practice, "Gone", "owner")
        gone.memberships.update(ended_at=NOW)
        other = make_practice("Elsewhere", "other@elsewhere.example")
        assert other.users.count() == 1
        rang(7 * MINUTE)
        self.look()
        assert [letter.recipients() for letter in mail.outbox] == [
            ["other@elsewhere.example"],
            ["owner@practice.example"],
        ]

    def test_a_dead_address_among_them_does_not_keep_the_others_from_hearing_of_it(
        self, owner, settings, sink
    ):
        settings.ADMINS = [("", "gone\n@it.example"), ("", "ada@it.example")]
        rang(7 * MINUTE)
        with mail_goes_to(settings, sink.port):
            watch.look(now=NOW)
        assert [letter.to for letter in sink.letters] == ["ada@it.example"]
        assert beat_of().told_at == NOW

    def test_with_nobody_to_tell_nobody_counts_as_told(self, caplog):
        rang(7 * MINUTE)
        assert self.look() == []
        assert beat_of().told_at is None
        assert "there is nobody to tell: set ADMINS" in caplog.text

    def test_a_first_start_is_no_silence_and_a_worker_that_never_comes_is(self, owner):
        watch.wake(now=NOW)
        assert self.look() == []
        assert self.look(NOW + 4 * MINUTE) == []
        assert self.look(NOW + 5 * MINUTE) == [NOT_OUT]

    def test_after_a_night_off_the_silence_counts_anew(self, owner):
        rang(timedelta(hours=9))
        rang(timedelta(hours=9), name=heartbeat.WATCH)
        watch.wake(now=NOW)
        assert self.look() == []
        assert self.look(NOW + 5 * MINUTE) == [NOT_OUT]

    def test_a_watcher_that_restarts_all_the_time_still_sees_it(self, owner):
        rang(MINUTE)
        told = []
        for minutes in range(0, 7, 2):
            watch.wake(now=NOW + minutes * MINUTE)
            told += self.look(NOW + minutes * MINUTE)
        assert told == [NOT_OUT]

    def test_cron_may_look_less_often_than_silence_lasts(self, settings, owner):
        now = timezone.now()
        rang(7 * MINUTE, now=now)
        rang(timedelta(hours=1), now=now, name=heartbeat.WATCH)
        settings.DEVELOPMENT = True  # whether all is configured is another test's
        settings.AS_OWNER = False
        call_command("watch", "--once")
        assert [letter.subject for letter in mail.outbox] == [NOT_OUT]

    @pytest.mark.parametrize("away", ["refuses", "is not there"])
    def test_a_mail_server_that_is_away_is_tried_again(self, owner, settings, sink, away, caplog):
        rang(7 * MINUTE)
        if away == "refuses":
            sink.refuse_recipient = "450 Later"
        port = sink.port if away == "refuses" else 1
        with mail_goes_to(settings, port):
            watch.look(now=NOW)
        assert beat_of().told_at is None
        assert "the mail server did not take it" in caplog.text
        sink.refuse_recipient = ""
        with mail_goes_to(settings, sink.port):
            watch.look(now=NOW + MINUTE)
        assert [(letter.to, letter.subject) for letter in sink.letters] == [
            ("owner@practice.example", NOT_OUT)
        ]
        assert beat_of().told_at == NOW + MINUTE

    def test_a_stop_signal_while_it_hands_over_leaves_it_to_the_next(self, owner, monkeypatch):
        def stopped(*args):
            raise KeyboardInterrupt

        rang(7 * MINUTE)
        monkeypatch.setattr(watch.EmailMessage, "send", stopped)
        with pytest.raises(KeyboardInterrupt):
            watch.look(now=NOW)
        assert beat_of().told_at is None


@pytest.mark.django_db(transaction=True)
def test_watchers_that_look_at_the_same_moment_tell_once(practice, settings, sink):
    rang(7 * MINUTE)
    together = Barrier(4)

    def look():
        together.wait()
        watch.look(now=NOW)
        connection.close()

    with mail_goes_to(settings, sink.port):
        threads = [Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [letter.subject for letter in sink.letters] == [NOT_OUT]


def count_of(sink, number):
    return lambda: len(sink.letters) >= number


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_two_watchers_tell_of_each_silence_once_also_when_the_database_hung_up(practice, sink):
    """Real ones, which mail by themselves; a judge outside counts the letters."""
    rang(timedelta(0), now=timezone.now(), name=heartbeat.WATCH)
    rang(7 * MINUTE, now=timezone.now())
    with crew(sink.url, WATCH_SECONDS="0.05", ADMINS="ada@it.example") as people:
        watchers = [people.watcher(), people.watcher()]
        people.ready(*watchers)
        expected = []
        for number in itertools.count(1):
            expected.append(NOT_OUT if number % 2 else OUT_AGAIN)
            until(count_of(sink, number), expected[-1])
            if number == 6:
                break
            if number == 3:
                hang_up_on_watchers()
            if number % 2:
                rang(timedelta(0), now=timezone.now())
            else:
                rang(7 * MINUTE, now=timezone.now())
        for watcher in watchers:
            os.kill(watcher.process.pid, signal.SIGTERM)
        until(lambda: not any(watcher.running for watcher in watchers), "they stop when asked")
        assert [watcher.process.returncode for watcher in watchers] == [0, 0]
    assert [letter.subject for letter in sink.letters] == expected
    assert {letter.to for letter in sink.letters} == {"ada@it.example"}


def hang_up_on_watchers():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND usename = 'trellis_app'"
        )
        assert len(cursor.fetchall()) >= 2
