"""What the seed articles say, point by point, and what carries it."""

import json
import re
import shutil
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from assessments.actions.library import LIBRARY
from assessments.coverage import SEEDS, coverage
from assessments.definitions import load_library

COMMAND = "assessments.management.commands.library"
KINDS = {"sign", "impact", "strength", "contrast", "tip", "step", "root", "therapy", "caution"}
ONLY = "root-own-needs-dismissed"  # of S3, and carried by two: needs-check, where-it-starts


@pytest.fixture(scope="module")
def library():
    return load_library(LIBRARY)


def without_carriers_of(library, code):
    kept = tuple(each for each in library.activities if code not in each.provenance.covers)
    assert len(kept) < len(library.activities)
    return replace(library, activities=kept)


class TestCoverage:
    def test_nothing_that_the_articles_say_is_left_out(self, library):
        seeds = coverage(library)
        assert [each.seed for each in seeds] == list(SEEDS)
        assert [point.code for each in seeds for point in each.empty] == []

    def test_every_point_stands_under_each_of_its_seeds_and_its_kind(self, library):
        shown = {
            (each.seed, kind, covered.point.code)
            for each in coverage(library)
            for kind, points in each.kinds.items()
            for covered in points
        }
        expected = {
            (seed, point.kind, point.code) for point in library.points for seed in point.seeds
        }
        assert shown == expected
        assert {kind for _seed, kind, _code in shown} == KINDS

    def test_a_point_names_exactly_what_says_that_it_carries_it(self, library):
        for each in coverage(library):
            for covered in each.points:
                carriers = [
                    activity.slug
                    for activity in library.activities
                    if covered.point.code in activity.provenance.covers
                ]
                assert [activity.slug for activity in covered.activities] == carriers

    def test_one_that_nothing_carries_is_found(self, library):
        seeds = coverage(without_carriers_of(library, ONLY))
        [s3] = [each for each in seeds if each.seed == "S3"]
        assert ONLY in [point.code for point in s3.empty]


class TestCommand:
    def run(self, *options):
        out = StringIO()
        call_command("library", "coverage", *options, stdout=out)
        return out.getvalue()

    @pytest.fixture
    def lacking(self, tmp_path, monkeypatch):
        """The files of the library, without those that carry one of the points."""
        folder = shutil.copytree(LIBRARY, tmp_path / "library")
        for path in folder.rglob("*.toml"):
            text = path.read_text(encoding="utf-8")
            if path.name != "inventory.toml":
                path.write_text(text.replace(f'    "{ONLY}",\n', ""), encoding="utf-8")
        monkeypatch.setattr(f"{COMMAND}.LIBRARY", folder)

    def test_it_lists_every_point_by_seed_and_kind(self, library):
        lines = self.run().splitlines()
        of_s0 = [point for point in library.points if "S0" in point.seeds]
        signs = [point for point in of_s0 if point.kind == "sign"]
        title = "Advice column with B. Santini and L. Roberts-Meese"
        assert lines[0] == f"S0 {title}: {len(of_s0)} points, 0 empty"
        assert lines[1] == f"  sign ({len(signs)})"
        assert lines[2].startswith(f"    {signs[0].code}: ")
        assert sum(line.startswith("    ") for line in lines) == sum(
            len(point.seeds) for point in library.points
        )

    def test_the_same_as_json(self, library):
        seeds = json.loads(self.run("--json"))["seeds"]
        assert [each["seed"] for each in seeds] == list(SEEDS)
        assert [each["points"] for each in seeds] == [
            sum(seed in point.seeds for point in library.points) for seed in SEEDS
        ]
        [first] = [point for point in seeds[3]["kinds"]["root"] if point["code"] == ONLY]
        assert first["activities"] == ["needs-check", "where-it-starts"]
        assert {len(each["empty"]) for each in seeds} == {0}

    def test_a_point_that_nothing_carries_makes_it_fail(self, lacking):
        out = StringIO()
        with pytest.raises(CommandError, match=f"^Nothing carries {ONLY}.$"):
            call_command("library", "coverage", stdout=out)
        assert f"    {ONLY}: NOTHING\n" in out.getvalue()
        assert re.search(r"^S3 News page .*: \d+ points, 1 empty$", out.getvalue(), re.MULTILINE)

    def test_as_json_it_fails_too_and_is_whole(self, lacking):
        out = StringIO()
        with pytest.raises(CommandError) as failed:
            call_command("library", "coverage", "--json", stdout=out)
        assert failed.value.returncode == 1
        s3 = json.loads(out.getvalue())["seeds"][3]
        assert s3["empty"] == [ONLY]

    def test_a_broken_file_is_said(self, tmp_path, monkeypatch):
        (tmp_path / "a.toml").write_text("slug = ")
        monkeypatch.setattr(f"{COMMAND}.LIBRARY", tmp_path)
        with pytest.raises(CommandError, match=r"a\.toml:1: "):
            call_command("library", "coverage", stdout=StringIO())
