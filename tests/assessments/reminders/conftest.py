import pytest

from tests.smtp import Sink, mail_goes_to


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture
def post(sink, settings):
    """The mail of this process goes to the sink."""
    with mail_goes_to(settings, sink.port):
        yield sink
