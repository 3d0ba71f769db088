"""A workbook (Office Open XML), row by row.

openpyxl can write row by row too, but only into files of its own under /tmp, which a worker that is
killed leaves there for anybody to read. Here nothing leaves memory, and what is there is packed.
"""

import zipfile
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape  # nosec B406 # 2026-11-29: it writes, and reads nothing

from practice.csv_cells import harmless

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
LONGEST = 32_767  # characters that a cell can hold
DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001  a spreadsheet knows no zone: these are of UTC
EARLIEST = date(1900, 3, 1)  # before that no two programs count alike: such a day stays a text
PLAIN, BOLD, DAY, MOMENT = range(4)  # places in cellXfs
STYLES = (
    f'<styleSheet xmlns="{MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
    "</cellStyles></styleSheet>"
)


class Sheets:
    """``with Sheets(out) as book, book.sheet("a", header) as rows: rows.add([1, "two"])``."""

    def __init__(self, out) -> None:
        self.archive = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
        self.names: list[str] = []

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace) -> None:
        with self.archive:
            if kind is None:
                self._end()

    @contextmanager
    def sheet(self, name: str, header: Iterable[str]):
        """One after the other: a zip takes one file at a time."""
        self.names.append(name)
        path = f"xl/worksheets/sheet{len(self.names)}.xml"
        with self.archive.open(path, "w", force_zip64=True) as raw:
            raw.write(
                f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
                '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
                "</sheetView></sheetViews><sheetData>".encode()
            )
            rows = Rows(raw)
            rows.add(header, style=BOLD)
            yield rows
            raw.write(b"</sheetData></worksheet>")

    def _end(self) -> None:
        numbered = list(enumerate(self.names, 1))
        sheets = "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered
        )
        book = (
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{sheets}</sheets></workbook>'
        )
        related = [(f"worksheets/sheet{n}.xml", "worksheet") for n, _name in numbered]
        parts = [f"/xl/worksheets/sheet{n}.xml" for n, _name in numbered]
        self._put("xl/workbook.xml", book)
        self._put("xl/_rels/workbook.xml.rels", _relations([*related, ("styles.xml", "styles")]))
        self._put("xl/styles.xml", STYLES)
        self._put("_rels/.rels", _relations([("xl/workbook.xml", "officeDocument")]))
        self._put("[Content_Types].xml", _content_types(parts))

    def _put(self, path: str, xml: str) -> None:
        self.archive.writestr(path, HEAD + xml)


def _relations(targets: list[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for n, (target, kind) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def _content_types(sheets: list[str]) -> str:
    kinds = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    lines = "".join(
        f'<Override PartName="{part}" ContentType="{TYPES}.{kind}+xml"/>'
        for part, kind in [*kinds, *((sheet, "worksheet") for sheet in sheets)]
    )
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{relations}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{lines}</Types>'
    )


class Rows:
    def __init__(self, raw) -> None:
        self.raw, self.number = raw, 0

    def add(self, values: Iterable, *, style: int = PLAIN) -> None:
        self.number += 1
        cells = "".join(
            _cell(f"{_letters(place)}{self.number}", value, style)
            for place, value in enumerate(values)
            if value is not None
        )
        self.raw.write(f'<row r="{self.number}">{cells}</row>'.encode())


def _cell(at: str, value, style: int) -> str:
    if isinstance(value, bool):
        return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | Decimal):
        return f'<c r="{at}"><v>{value}</v></c>'
    if isinstance(value, datetime):
        return f'<c r="{at}" s="{MOMENT}"><v>{_days(value.replace(tzinfo=None))}</v></c>'
    if isinstance(value, date) and value >= EARLIEST:
        moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001
        return f'<c r="{at}" s="{DAY}"><v>{_days(moment)}</v></c>'
    text = escape(harmless(str(value))[:LONGEST])
    return f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _days(moment: datetime) -> str:
    """As a spreadsheet counts time: in days since the last day of 1899."""
    passed = moment - DAY_0
    return f"{passed.days + passed.seconds / 86_400:.9f}".rstrip("0").rstrip(".")


def _letters(place: int) -> str:
    """The name of a column: A, Z, AA."""
    found, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(65 + rest) + found
    return found
