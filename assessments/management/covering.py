"""``manage.py library coverage``: what the seed articles say, and what carries it here."""

import json

from django.core.management.base import CommandError

from assessments.coverage import SeedCoverage, coverage


def add_arguments(actions):
    parser = actions.add_parser("coverage", help="what carries each point of the seed articles")
    parser.add_argument("--json", action="store_true", help="for a program to read")


def run(command, library, *, as_json):
    """Prints it all. Raises CommandError, so that the exit code is 1, when a point is empty."""
    seeds = coverage(library)
    command.stdout.write(_as_json(seeds) if as_json else "\n".join(_lines(seeds)))
    empty = list(dict.fromkeys(point.code for each in seeds for point in each.empty))
    if empty:
        raise CommandError(f"Nothing carries {', '.join(empty)}.")


def _as_json(seeds: tuple[SeedCoverage, ...]) -> str:
    found = [
        {
            "seed": each.seed,
            "title": each.title,
            "points": len(each.points),
            "empty": [point.code for point in each.empty],
            "kinds": {
                kind: [
                    {
                        "code": covered.point.code,
                        "text": covered.point.text,
                        "activities": [activity.slug for activity in covered.activities],
                    }
                    for covered in points
                ]
                for kind, points in each.kinds.items()
            },
        }
        for each in seeds
    ]
    return json.dumps({"seeds": found}, indent=2, ensure_ascii=False)


def _lines(seeds: tuple[SeedCoverage, ...]):
    for each in seeds:
        yield f"{each.seed} {each.title}: {len(each.points)} points, {len(each.empty)} empty"
        for kind, points in each.kinds.items():
            yield f"  {kind} ({len(points)})"
            for covered in points:
                slugs = ", ".join(activity.slug for activity in covered.activities)
                yield f"    {covered.point.code}: {slugs or 'NOTHING'}"
