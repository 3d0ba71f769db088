"""The search finds a word however it was written down: else that nothing is found means nothing."""

import base64
import gzip
import io
import json
import tarfile
import zipfile
import zlib
from email.message import EmailMessage
from urllib.parse import quote

import pytest
from django.contrib.sessions.backends.db import SessionStore

from .planting import Words
from .searching import Search

words = Words()
TEXT = f"Once {words().capitalize()} said so."


def zipped(text):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", text)
    return file.getvalue()


def tarred(text):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        member = tarfile.TarInfo("a")
        member.size = len(text.encode())
        archive.addfile(member, io.BytesIO(text.encode()))
    return file.getvalue()


def mailed(text, way):
    letter = EmailMessage()
    letter["To"] = "a@b.example"
    letter.set_content(text * 3, cte=way)
    return letter.as_bytes()


@pytest.mark.parametrize(
    "written",
    [
        TEXT.encode(),
        TEXT.upper().encode(),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-be"),
        TEXT.encode().hex().encode(),
        *(base64.b64encode(b"x" * shift + TEXT.encode()) for shift in range(3)),
        json.dumps({"a": TEXT}).encode(),
        quote(TEXT).encode(),
        gzip.compress(TEXT.encode()),
        b"of another kind" + zlib.compress(TEXT.encode()),
        zipped(TEXT),
        tarred(TEXT),
        gzip.compress(zipped(TEXT)),
        mailed(TEXT, "base64"),
        mailed(TEXT, "quoted-printable"),
        f"COPY\nkey\t{SessionStore().encode({'a': TEXT * 3})}\t2026\n".encode(),
    ],
    ids=range(18),
)
def test_it_is_found(written):
    assert Search(words.mark).in_bytes(written)
    assert not Search(words.addresses).in_bytes(written)
