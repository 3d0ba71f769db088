"""The progress report: the only kind that names somebody, and of one whole episode."""

from assessments.reports import report_pdf

from .work import Work


def write_report(work: Work, out) -> None:
    export = work.export
    work.begin(1)
    made = report_pdf(
        export.client, by=export.created_by, now=work.clock(), with_words=export.with_words
    )
    out.write(made)
    work.step(1)
