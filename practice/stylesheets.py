"""A style sheet without the rules that no page can meet: plain text in, plain text out."""

import re
from collections.abc import Iterable, Iterator

STRING = r'"[^"]*"|\'[^\']*\''
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
CLASSES_IN_TEMPLATE = re.compile(r'class="([^"]*)"', re.S)
WORD = re.compile(r"[A-Za-z][\w-]*")
PROPERTY = re.compile(rf"(--bs-[\w-]+)\s*:((?:{STRING}|[^;{{}}\"'])*);?")
USES = re.compile(r"var\(\s*(--bs-[\w-]+)")
TAG = re.compile(r"\{[{%].*?[%}]\}", re.S)
COMMENT = re.compile(r"/\*.*?\*/", re.S)
NOT = re.compile(r":not\([^()]*\)")


def words_of_template(source: str) -> set[str]:
    """All that stands where classes stand; what a tag says between them does no harm."""
    source = TAG.sub(lambda found: found[0].replace('"', "'"), source)
    return {word for found in CLASSES_IN_TEMPLATE.findall(source) for word in WORD.findall(found)}


def words_of_script(source: str) -> set[str]:
    """All words within quotes: classes are put together in Python and in scripts as well."""
    return {word for found in re.findall(STRING, source) for word in WORD.findall(found)}


def trimmed(css: str, words: Iterable[str], beside: str = "") -> str:
    """Without rules for classes that are none of ``words``, and without the variables that then
    neither this sheet nor those ``beside`` it read."""
    licence = "".join(found for found in COMMENT.findall(css) if found.startswith("/*!"))
    css = "".join(kept_rules(COMMENT.sub("", css), frozenset(words)))
    while True:
        read = frozenset(USES.findall(css + beside))
        fewer = PROPERTY.sub(lambda found, read=read: found[0] if found[1] in read else "", css)
        if fewer == css:
            return re.sub(r"[^{}]+\{\}", "", css) + licence
        css = fewer


def kept_rules(css: str, words: frozenset[str]) -> Iterator[str]:
    for prelude, body in rules(css):
        head = prelude.strip()
        if body is None:
            yield prelude
        elif head.startswith(("@media", "@supports")):
            if inner := "".join(kept_rules(body, words)):
                yield f"{head}{{{inner}}}"
        elif head.startswith("@"):
            yield f"{head}{{{body}}}"
        elif selectors := [one for one in split(head) if is_met(one, words)]:
            yield f"{','.join(selectors)}{{{body}}}"


def is_met(selector: str, words: frozenset[str]) -> bool:
    if "[data-bs-" in selector:  # for Bootstrap's own scripts and themes: we have ours
        return False
    return words.issuperset(CLASS.findall(NOT.sub("", selector)))


def rules(css: str) -> Iterator[tuple[str, str | None]]:
    """(what it is for, what it says) of each rule; a statement such as @charset says nothing."""
    depth = start = opened = 0
    for found in re.finditer(rf"{STRING}|[{{}};]", css):
        mark = found[0]
        if mark == "{":
            opened = found.end() if depth == 0 else opened
            depth += 1
        elif mark == "}":
            depth -= 1
            if depth == 0:
                yield css[start : opened - 1], css[opened : found.start()]
                start = found.end()
        elif mark == ";" and depth == 0:
            yield css[start : found.end()], None
            start = found.end()


def split(selectors: str) -> list[str]:
    """At its commas, but not at those within brackets."""
    return [one.strip() for one in re.split(r",(?![^(]*\))", selectors)]
