"""What stands in a PDF, read without a library: enough of the format for what typst writes."""

import re
import zlib

OBJECT = re.compile(rb"\n(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
CODE = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>")
RANGE = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]{4})> <([0-9A-F]+)>")
SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\)|BT", re.DOTALL)
ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class Pdf:
    def __init__(self, content: bytes):
        self.content = content
        self.objects = {int(number): body for number, body in OBJECT.findall(content)}

    @property
    def tags(self) -> set[str]:
        return {name.decode() for name in re.findall(rb"/S/([A-Z]\w*)", self.content)}

    @property
    def text(self) -> str:
        """All of it on one line, as a reader's voice gets it."""
        pages = (body for body in self.objects.values() if b"/Type/Page/" in body)
        return " ".join(" ".join(self._words(page)) for page in pages)

    def _words(self, page: bytes) -> list[str]:
        fonts = {
            name: self._letters(int(number))
            for name, number in re.findall(
                rb"/(f\d+) (\d+) 0 R", self.objects[_reference(page, b"Resources")]
            )
        }
        words, letters = [""], {}
        for font, shown in SHOWN.findall(self._stream(_reference(page, b"Contents"))):
            if font:
                letters = fonts[font]
            elif shown:
                codes = ESCAPE.sub(_unescaped, shown)
                pairs = (codes[place : place + 2] for place in range(0, len(codes), 2))
                words[-1] += "".join(letters.get(pair, "") for pair in pairs)
            else:
                words.append("")
        return " ".join(words).split()

    def _letters(self, font: int) -> dict[bytes, str]:
        table = self._stream(_reference(self.objects[font], b"ToUnicode"))
        letters = {_bytes(code): _bytes(to).decode("utf-16-be") for code, to in CODE.findall(table)}
        for first, last, to in RANGE.findall(table):
            for step in range(int(last, 16) - int(first, 16) + 1):
                letter = chr(ord(_bytes(to).decode("utf-16-be")) + step)
                letters[(int(first, 16) + step).to_bytes(2, "big")] = letter
        return letters

    def _stream(self, number: int) -> bytes:
        return zlib.decompress(STREAM.search(self.objects[number])[1])


def _reference(body: bytes, key: bytes) -> int:
    return int(re.search(rb"/%s (\d+) 0 R" % key, body)[1])


def _bytes(digits: bytes) -> bytes:
    return bytes.fromhex(digits.decode())


def _unescaped(match: re.Match) -> bytes:
    code = match[1]
    return bytes([int(code, 8)]) if code.isdigit() else NAMED.get(code, code)
