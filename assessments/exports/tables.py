"""CSV: responses, scores and the codebook, in a zip with a text that explains them."""

import csv
import io
import zipfile
from collections.abc import Iterable
from contextlib import contextmanager

from practice.csv_cells import written

from .codebook import HEADER, codebook
from .readme import readme
from .rows import ABOUT_A_RESPONSE, OF_A_SCORE, columns_of, response_row, score_row
from .work import Work


def write_tables(work: Work, out) -> None:
    scope, with_words = work.scope, work.export.with_words
    versions = list(scope.versions.values())
    columns = columns_of(versions)
    work.begin(2 * scope.count)  # once for the answers, once for the scores
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", readme(work))
        with _table(archive, "responses.csv", (*ABOUT_A_RESPONSE, *columns)) as table:
            for batch in scope.batches():
                table.writerows(
                    written(response_row(each, columns, with_words=with_words)) for each in batch
                )
                work.step(len(batch))
        with _table(archive, "scores.csv", OF_A_SCORE) as table:
            for batch in scope.batches(answers=False, scores=True):
                table.writerows(
                    written(score_row(each)) for record in batch for each in record.measured()
                )
                work.step(len(batch))
        with _table(archive, "codebook.csv", HEADER) as table:
            table.writerows(written(line) for line in codebook(versions))


@contextmanager
def _table(archive: zipfile.ZipFile, name: str, header: Iterable[str]):
    with (
        archive.open(name, "w", force_zip64=True) as raw,
        io.TextIOWrapper(raw, encoding="utf-8", newline="") as text,
    ):
        table = csv.writer(text)
        table.writerow(header)
        yield table
