"""Somebody with a browser: keeps a line, cookies and the token of the last form, and nothing else.

As cheap as can be, because it shares the processors with what it visits.
"""

import gzip
import re
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from practice.processes import Problem

HOST = "portal.practice.example"
INPUT = re.compile(r"<input\b([^>]*)>")
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')
PATIENCE = 60


class NotAnswered(Problem):
    """A page that is not the one that was asked for: then nothing was measured."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    octets: int  # as they came over the line, without the head
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode()

    def form(self, *, name: str = "csrfmiddlewaretoken") -> dict[str, str]:
        """What its inputs would send: what is hidden as it is, of each group of radio buttons the
        first, and nothing else. Raises NotAnswered without the field ``name``."""
        found: dict[str, str] = {}
        for inside in INPUT.findall(self.text):
            its = dict(ATTRIBUTE.findall(inside))
            if its.get("type") == "hidden" or (
                its.get("type") == "radio" and its.get("name") not in found
            ):
                found[its.get("name", "")] = its.get("value", "")
        if name not in found:
            raise NotAnswered(f"No {name} on the page: {self.text[:2000]}")
        return found


@dataclass
class Visitor:
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    network: str = "10.0.0.1"

    def __post_init__(self) -> None:
        self.line = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def close(self) -> None:
        self.line.close()

    def get(self, path: str, *, expect: int = 200) -> Answer:
        return self._ask("GET", path, None, expect)

    def post(self, path: str, form: dict[str, str], *, expect: int = 302, **headers) -> Answer:
        return self._ask("POST", path, urlencode(form).encode(), expect, **headers)

    def _ask(self, method: str, path: str, body: bytes | None, expect: int, **more: str) -> Answer:
        headers = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": self.network,
            "Accept": "text/html",
            "Accept-Encoding": "gzip",
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Dest": "document",
            "Referer": f"https://{HOST}/",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        began = time.perf_counter()
        try:
            self.line.request(method, path, body, headers)
            answer = self.line.getresponse()
            raw = answer.read()
        except (HTTPException, OSError) as error:
            raise NotAnswered(f"{method} {path}: {error!r}") from error
        took = time.perf_counter() - began
        told = {name.lower(): value for name, value in answer.getheaders()}
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _sign, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        whole = gzip.decompress(raw) if told.get("content-encoding") == "gzip" else raw
        if answer.status != expect:
            where = told.get("location", "")
            raise NotAnswered(f"{method} {path}: {answer.status} {where}\n{whole.decode()[:2000]}")
        return Answer(answer.status, told, whole, len(raw), took)
