import pytest

from tests.conftest import make_practice, make_staff
from tests.ledger import Ledger


@pytest.fixture
def clinician(db):
    return make_staff(make_practice(also_clinician=False), "Clara", "clinician")


@pytest.fixture
def ledger(tmp_path, sink):
    return Ledger(tmp_path / "ledger.jsonl", sink)
