"""The progress report as one more kind of file."""

import pytest
from django.urls import reverse

from assessments.forms import ExportForm
from practice.ids import uuid7
from tests.conftest import freshly, measure
from tests.pdf import Pdf

from .helpers import take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_report_is_made_and_taken_as_any_other_file(joined, clinician):
    measure(joined, 9, by=clinician, days_ago=3)
    file = take(clinician, joined, kind="report")
    assert file.startswith(b"%PDF-")
    assert joined.preferred_name in Pdf(file).text


def test_a_report_of_somebody_who_has_sent_nothing_yet_says_so(joined, clinician):
    assert "no progress to report" in Pdf(take(clinician, joined, kind="report")).text


def test_it_is_offered_for_one_client_and_is_of_the_whole_episode(joined, clinician):
    browser = freshly(clinician)
    one = browser.get(
        reverse("assessments:export_client", args=[joined.pk]), {"kind": "report"}
    ).context["form"]
    assert one["kind"].value() == "report"
    many = browser.get(reverse("assessments:export_caseload")).context["form"]
    assert "report" not in dict(many.fields["kind"].choices)
    given = {"kind": "report", "from_day": "2026-11-01", "once": str(uuid7())}
    asked = ExportForm(given, client=joined, by=clinician)
    assert "leave the days empty" in str(asked.errors["from_day"])
