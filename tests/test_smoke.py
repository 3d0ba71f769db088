from tests.conftest import give


def test_people_are_made(joined, clinician):
    give(joined, "patterns-check", by=clinician)
    assert joined.occurrences.count() == 1
