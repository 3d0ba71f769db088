from tests.conftest import as_user, clear, give, join


def test_people_are_made(joined, clinician):
    give(joined, "patterns-check", by=clinician)
    assert joined.occurrences.count() == 1
