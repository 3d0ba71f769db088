"""From nothing to a sign-in page that answers, and back to nothing on Ctrl-C."""

import json
import os
import shlex
import shutil
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from importlib.util import find_spec

from practice import embedded
from practice.processes import Child, Group, Problem, wait_until, watch

from .place import BASE_DIR, Place, free_port, write_private
from .progress import Progress, say
from .unchanged import Stamp

Env = dict[str, str]
MADE_HERE = (
    "mail",
    "texts",
    "static",
    "log",
    "keys.json",
    "accounts.json",
    "demo.json",
    "start.stamp",
    "backups",
    "anchors",
)
# While these are as they were, static files and tables are too, and web need not wait for either.
SOURCES = (
    "templates/**/*.html",  # of Bootstrap's styles, static files keep what pages and code name
    *(
        f"{app}/{files}"
        for app in ("practice", "clients", "assessments")
        for files in ("static/**/*", "**/*.py")
    ),
)
MAIL = "aiosmtpd --nosetuid --class aiosmtpd.handlers.Mailbox"
WEB = "granian --interface wsgi --no-ws --host 127.0.0.1 --workers 2 --blocking-threads 4"
WORKER = "celery -A practice -q worker --concurrency 2 --without-gossip --without-mingle -l INFO"
BEAT = "celery -A practice -q beat --pidfile= -l INFO"
WATCH = [sys.executable, "manage.py", "watch"]
BACKUP = [sys.executable, "manage.py", "backup", "--daily", "--verify", "--keep", "7d,4w,12m"]
PATIENCE = 90  # seconds until the sign-in page must answer, on a slow machine too


def start(place: Place) -> None:
    embedded.make_data_dir(place.data_dir)
    with ExitStack() as stack:
        os.umask(0o077)  # passwords of the demo, mail and logs: for our eyes only
        ended_badly = stack.enter_context(place.alone())
        place.wait_for_port(8 if ended_badly else 0)
        progress, env = Progress(4), environment(place)
        stamp = Stamp(place.data_dir / "start.stamp", *SOURCES)
        chores, ground, apps = stack.enter_context(Group(grace=2)), Group(), Group()
        static = None if stamp.fresh else collect_static(chores, place, env)
        mail_answers = start_mailbox(ground, place, env)
        with progress.step("Starting PostgreSQL and Valkey"):
            env |= stack.enter_context(embedded.servers(place.data_dir, group=ground))
        stack.enter_context(apps)
        if stamp.fresh:
            start_web(apps, place, env)
        with progress.step("Preparing the practice") as note:
            prepare(place, env, note, is_checked=stamp.fresh)
        with progress.step("Collecting style sheets and scripts"):
            if static and static.process.wait() != 0:
                raise static.failure()
        with progress.step("Starting web, worker, beat and the watcher"):
            if not stamp.fresh:
                start_web(apps, place, env)
            wait_for_answers(place, (ground, apps), mail_answers)
            start_the_rest(apps, place, env)
        stamp.press()
        announce(place)
        watch(ground, apps)


def environment(place: Place) -> Env:
    """What the settings ask for; whoever has set something already knows better."""
    given = {key: value for key, value in os.environ.items() if value}
    own = {name: value for name, value in place.keys().items() if not comes_elsewhere(name, given)}
    defaults = own | {
        "DEVELOPMENT": "1",
        "SMS_DIR": str(place.data_dir / "texts"),
        "SITE_URL": place.url.rstrip("/"),
    }
    fixed = {
        "DATA_DIR": str(place.data_dir),
        "STATIC_ROOT": str(place.data_dir / "static"),  # emptied when it is made anew
        "PYTHONUNBUFFERED": "1",
    }
    return defaults | given | fixed


def comes_elsewhere(name: str, given: Env) -> bool:
    """From a file or a command (practice/settings/sources.py)."""
    return f"{name}_FILE" in given or f"{name}_COMMAND" in given


def collect_static(chores: Group, place: Place, env: Env) -> Child:
    return chores.spawn(
        "static",
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "-v", "0"],
        log=place.log_dir / "static.log",
        env=env,
        cwd=BASE_DIR,
    )


def start_mailbox(ground: Group, place: Place, env: Env) -> Callable[[], bool]:
    """Keep all mail in a folder instead of sending it; EMAIL_URL in the environment sends it."""
    if env.get("EMAIL_URL"):
        return lambda: True
    if find_spec("aiosmtpd") is None:
        raise Problem("aiosmtpd is missing, which keeps the sent mail: set EMAIL_URL instead.")
    port, folder = free_port(), place.data_dir / "mail"
    env |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "MAILBOX_DIR": str(folder)}
    ground.spawn(
        "mail",
        [*python(MAIL), "--listen", f"127.0.0.1:{port}", folder],
        log=place.log_dir / "mail.log",
    )
    return lambda: answers(port)


def prepare(
    place: Place, env: Env, note: Callable[[str], None], *, is_checked: bool = False
) -> None:
    """Migrate, and for the demo also make its practice; each line it prints is progress. What was
    checked the last time, and has not changed since, is not checked again."""
    name = "prepare"
    if place.command == "demo":
        name = "demo_prepare"
        env = env | {"PGOPTIONS": "-c synchronous_commit=off"}  # what is lost can be made again
    with Group(grace=5) as work:
        child = work.spawn(
            name,
            [sys.executable, "manage.py", name, *(["--skip-checks"] if is_checked else [])],
            log=place.log_dir / "prepare.log",
            env=env,
            cwd=BASE_DIR,
            read=True,
        )
        for line in child.process.stdout or ():
            note(line.decode().rstrip())
        if child.process.wait() != 0:
            raise child.failure()


def start_web(apps: Group, place: Place, env: Env) -> Child:
    return apps.spawn(
        "web",
        [*python(WEB), "--port", str(place.port), "practice.wsgi:application"],
        log=place.log_dir / "web.log",
        env=env,
        cwd=BASE_DIR,
    )


def start_the_rest(apps: Group, place: Place, env: Env) -> None:
    commands = {"worker": python(WORKER), "beat": python(BEAT), "watch": WATCH}
    if place.command == "run":  # nobody's demo need come back
        commands["backup"] = BACKUP
    for name, command in commands.items():
        apps.spawn(
            name,
            command,
            log=place.log_dir / f"{name}.log",
            env=env | {"REMAP_SIGTERM": "SIGQUIT"},  # a soft shutdown: what was begun is ended
            cwd=BASE_DIR,
        )


def wait_for_answers(
    place: Place, groups: tuple[Group, ...], mail_answers: Callable[[], bool]
) -> None:
    def ready() -> bool:
        for group in groups:
            group.check()
        return mail_answers() and sign_in_page_answers(place)

    if not wait_until(ready, PATIENCE):
        raise Problem(f"The sign-in page does not answer. Log: {place.log_dir / 'web.log'}")


def sign_in_page_answers(place: Place) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{place.url}accounts/login/", timeout=30) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        raise Problem(
            f"The sign-in page answers {error.code}. Log: {place.log_dir / 'web.log'}"
        ) from None
    except OSError:
        return False


def answers(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def python(module_and_options: str) -> list[str]:
    return [sys.executable, "-m", *shlex.split(module_and_options)]


def announce(place: Place) -> None:
    say(f"\nREADY {place.url}\n")
    if place.command == "demo":
        accounts = json.loads((place.data_dir / "accounts.json").read_text())
        write_private(place.data_dir / "demo.json", {"url": place.url, "accounts": accounts})
        for account in accounts:
            ways = ", ".join(f"{key} {value}" for key, value in account["sign_in"].items())
            say(f"  {account['role']:<11} {account['email']:<32} {ways}\n")
    else:
        say("  The first visit sets up the practice.\n")
    if not os.environ.get("EMAIL_URL"):
        say(f"  Sent mail and codes: {place.url}dev/\n")
    files = embedded.data_folder(place.data_dir)
    if files.parent != place.data_dir:
        say(f"  The database's files: {files}, where PostgreSQL may go when root starts it\n")
    say("  Ctrl-C stops everything; the data is kept.\n")


def reset(place: Place) -> None:
    """Start over: only what was made here goes, never what else may be in the folder."""
    if not place.data_dir.is_dir():
        say("There is nothing to remove.\n")
        return
    with place.alone():
        if (place.data_dir / "keys.json").exists():
            place.keys()  # a Problem when this is no demo
        embedded.remove(place.data_dir)
        for name in MADE_HERE:
            path = place.data_dir / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    say(f"Removed the demo in {place.data_dir}.\n")
