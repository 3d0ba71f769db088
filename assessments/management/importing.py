"""``manage.py library import``: what a file holds, and with a permission, a version of it."""

import json
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path

from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from assessments import interop
from assessments.actions import imports
from assessments.actions.library import shipped
from assessments.models import TextPermission
from practice import walls
from practice.models import Practice

RIGHTS = ("permission", "holder", "words")


def add_arguments(actions) -> None:
    """The sub-command and its options."""
    parser = actions.add_parser("import", help="bring in the words of a questionnaire")
    parser.add_argument(
        "file",
        nargs="+",
        help="FHIR R4 (JSON; a response may follow), REDCap (CSV, zip), XLSForm (xlsx) or text",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be stored")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    parser.add_argument("--practice", metavar="NAME", help="needed where there is more than one")
    parser.add_argument(
        "--into", metavar="SLUG", help="a published instrument, or own; else its codes decide"
    )
    parser.add_argument("--language", help="of those in the file: en, de")
    parser.add_argument("--form", help="of a REDCap data dictionary with several")
    parser.add_argument("--compared", action="store_true", help="the order was checked by somebody")
    own = parser.add_argument_group("for a questionnaire of your own")
    own.add_argument("--title", default="", help="what the client sees")
    own.add_argument("--summary", default="", help="what the client reads before starting")
    own.add_argument("--higher-is", choices=["better", "worse"], default="", help="else unscored")
    own.add_argument("--gated", action="store_true", help="needs a safety check")
    rights = parser.add_argument_group("by what right; needed unless --dry-run")
    rights.add_argument("--permission", choices=TextPermission.Basis.values)
    rights.add_argument("--holder", help="whose words they are")
    rights.add_argument("--words", help="the licence, or what the owner wrote")
    rights.add_argument("--evidence", default="", help="where that can be read")
    rights.add_argument("--checked-on", type=_day, metavar="YYYY-MM-DD")
    rights.add_argument("--expires-on", type=_day, metavar="YYYY-MM-DD")
    rights.add_argument("--non-commercial", action="store_true", help="declared, where asked for")


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise ArgumentTypeError(f"{written} is no day: write 2026-11-21") from error


def run(command, *, dry_run, **options) -> None:
    """Reads, says what was understood, and publishes. Raises CommandError with one sentence."""
    if not dry_run:
        _rights_stated(options)
    try:
        practice = _practice(options["practice"], needed=not dry_run)
        reading = interop.read(
            [_source(Path(name)) for name in options["file"]],
            language=options["language"],
            form=options["form"],
            title=options["title"],
        )
        proposal = interop.propose(reading, skeletons=_skeletons(practice), into=options["into"])
        imported = None
        if not dry_run:
            imported = _publish(reading, proposal, practice, options)
    except (interop.Unreadable, imports.NotImported) as error:
        raise CommandError(error.reason) from error
    if options["json"]:
        command.stdout.write(json.dumps(_as_json(reading, proposal, imported), indent=2))
    else:
        command.stdout.write("\n".join(_in_words(reading, proposal, imported, options)))


def _rights_stated(options) -> None:
    missing = [f"--{name}" for name in RIGHTS if not options[name]]
    if not options["checked_on"]:
        missing.append("--checked-on")
    if missing:
        needed = ", ".join(missing)
        raise CommandError(f"Say by what right you use the words ({needed}), or use --dry-run.")


def _practice(name, *, needed):
    """The only one, or the one of that name; None where there is none and nothing is stored."""
    found = [each for each in Practice.objects.everywhere() if not name or each.name == name]
    if len(found) == 1:
        walls.settle(found[0].pk)
        return found[0]
    if name:
        raise CommandError(f"There is no one practice with the name {name}.")
    if found:
        raise CommandError(f"There are {len(found)} practices. Say which one with --practice.")
    if needed:
        raise CommandError("There is no practice yet.")
    return None


def _skeletons(practice):
    if practice is not None:
        return imports.skeletons_of(practice)
    return [each for each in shipped().activities if each.is_validated and not each.has_text]


def _source(path: Path) -> interop.Source:
    try:
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        if path.stat().st_size > interop.LARGEST_FILE:
            raise CommandError(f"{path.name} is larger than 5 MB.")
        return interop.Source(path.name, path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


@transaction.atomic
def _publish(reading, proposal, practice, options):
    if proposal.in_order and not options["compared"]:
        raise CommandError(
            "The questions were matched by their order. Compare them (--dry-run shows them), "
            "then say --compared."
        )
    draft = imports.draft_import(
        reading, practice=practice, by=None, now=timezone.now(), into=options["into"]
    )
    return imports.publish_import(
        draft,
        permission=imports.Permission(
            basis=options["permission"],
            holder=options["holder"],
            words=options["words"],
            checked_on=options["checked_on"],
            evidence=options["evidence"],
            expires_on=options["expires_on"],
            non_commercial=options["non_commercial"],
        ),
        frame=imports.Frame(
            title=options["title"],
            summary=options["summary"],
            higher_is=options["higher_is"],
            gated=options["gated"],
        ),
        by=None,
        now=timezone.now(),
    )


# -- what is said ----------------------------------------------------------------------------------


def _in_words(reading, proposal, imported, options):
    yield f"{reading.name}: {reading.title}"
    yield from _list("Understood", proposal.understood)
    yield from _list("Not taken over", proposal.not_understood)
    yield from _list("Computed in the file, not run here", proposal.expressions)
    yield from _list("Compared with the stored total", proposal.comparisons)
    if proposal.in_order:
        asked = proposal.definition.asked()
        yield from _list("By their order", [f"{item.id}: {item.text}" for item in asked])
    if proposal.sums and not options["higher_is"]:
        yield "It stays unscored until --higher-is says what a higher sum means."
    yield _end(proposal, imported)


def _list(heading, lines):
    lines = list(lines)
    if lines:
        yield f"{heading}:"
        yield from (f"  {line}" for line in lines)


def _end(proposal, imported) -> str:
    if imported is None:
        n = len(proposal.definition.asked())
        return f"Would become {_slug(proposal)}, {n} questions (dry run: nothing was stored)"
    slug, number = imported.version.activity.slug, imported.version.number
    if imported.is_new:
        return f"Published: {slug}, version {number}"
    return f"These words were here already: {slug}, version {number}. Nothing has changed."


def _number(value) -> str:
    return f"{value.normalize():f}"


def _slug(proposal) -> str:
    return proposal.onto or proposal.definition.slug


def _as_json(reading, proposal, imported) -> dict:
    return {
        "format": reading.format,
        "name": reading.name,
        "sha256": reading.sha256,
        "slug": imported.version.activity.slug if imported else _slug(proposal),
        "onto": proposal.onto or None,
        "matched_by_order": proposal.in_order,
        "understood": list(proposal.understood),
        "not_understood": [{"where": n.where, "says": n.says} for n in proposal.not_understood],
        "expressions": [{"where": n.where, "says": n.says} for n in proposal.expressions],
        "comparisons": [
            {
                "scale": each.scale,
                "where": each.where,
                "stored": _number(each.stored),
                "computed": None if each.ours is None else _number(each.ours),
                "agrees": each.agrees,
            }
            for each in proposal.comparisons
        ],
        "sums": [{"title": each.title, "items": list(each.items)} for each in proposal.sums],
        "items": [
            {"id": item.id, "kind": item.kind, "loinc": item.loinc, "text": item.text}
            for item in proposal.definition.asked()
        ],
        "stored": None
        if imported is None
        else {"version": imported.version.number, "new": imported.is_new},
    }
