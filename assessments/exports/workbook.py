"""XLSX: the tables of the zip as sheets, with real numbers and days."""

from .codebook import HEADER, codebook
from .readme import readme
from .rows import ABOUT_A_RESPONSE, OF_A_SCORE, columns_of, response_row, score_row
from .sheets import Sheets
from .work import Work


def write_workbook(work: Work, out) -> None:
    scope, with_words = work.scope, work.export.with_words
    versions = list(scope.versions.values())
    columns = columns_of(versions)
    work.begin(2 * scope.count)  # once for the answers, once for the scores
    with Sheets(out) as book:
        with book.sheet("responses", (*ABOUT_A_RESPONSE, *columns)) as rows:
            for batch in scope.batches():
                for each in batch:
                    rows.add(response_row(each, columns, with_words=with_words))
                work.step(len(batch))
        with book.sheet("scores", OF_A_SCORE) as rows:
            for batch in scope.batches(answers=False, scores=True):
                for each in (score for record in batch for score in record.measured()):
                    rows.add(score_row(each))
                work.step(len(batch))
        with book.sheet("codebook", HEADER) as rows:
            for line in codebook(versions):
                rows.add(line)
        with book.sheet("read me", ["README"]) as rows:
            for line in readme(work).splitlines():
                rows.add([line])
