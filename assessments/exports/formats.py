"""What can be made. A kind that is not here is offered nowhere."""

from collections.abc import Callable
from dataclasses import dataclass

from assessments.models import Export

from .archive import write_archive
from .bundle import write_bundle
from .own import write_own_table, write_own_to_read
from .report import write_report
from .tables import write_tables
from .work import Work
from .workbook import write_workbook

Kind = Export.Kind
ZIP = "application/zip"
PDF = "application/pdf"
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Format:
    """``write`` fills a file and says after each batch how far it is (``Work.step``)."""

    write: Callable[[Work, object], None]
    ending: str
    media_type: str
    of_many: bool = True  # also of a whole caseload
    is_own: bool = False  # for clients, of themselves, and for nobody else
    is_all: bool = False  # with what is private to the care team, so asked for on a page of its own


FORMATS = {
    Kind.TABLES: Format(write_tables, "zip", ZIP),
    Kind.WORKBOOK: Format(write_workbook, "xlsx", XLSX),
    Kind.FHIR: Format(write_bundle, "zip", ZIP),
    Kind.REPORT: Format(write_report, "pdf", PDF, of_many=False),
    Kind.ARCHIVE: Format(write_archive, "zip", ZIP, of_many=False, is_all=True),
    Kind.OWN_TO_READ: Format(write_own_to_read, "pdf", PDF, of_many=False, is_own=True),
    Kind.OWN_TABLE: Format(write_own_table, "csv", CSV, of_many=False, is_own=True),
}
