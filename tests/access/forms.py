"""The form of a page, as a browser would send it when nobody has touched it."""

from html.parser import HTMLParser

UNSENT = {"submit", "button", "image", "reset", "file"}


class _Forms(HTMLParser):
    """Every form of a page: where it is sent to, and what stands in it."""

    def __init__(self):
        super().__init__()
        self.found, self.form, self.select, self.area = [], None, None, None

    def handle_starttag(self, tag, pairs):
        given = dict(pairs)
        if tag == "form":
            self.form = {"action": given.get("action") or "", "fields": []}
            if (given.get("method") or "get").lower() == "post":
                self.found.append(self.form)
        elif self.form is None:
            return
        elif tag == "input" and given.get("name"):
            self._input(given)
        elif tag == "select" and given.get("name"):
            self.select = (given["name"], [])
        elif tag == "option" and self.select:
            self.select[1].append((given.get("value") or "", "selected" in given))
        elif tag == "textarea" and given.get("name"):
            self.area = (given["name"], [])

    def _input(self, given):
        kind, value = (given.get("type") or "text").lower(), given.get("value") or ""
        is_box = kind in ("checkbox", "radio")
        if kind not in UNSENT and (not is_box or "checked" in given):
            self.form["fields"].append((given["name"], value or ("on" if is_box else "")))

    def handle_data(self, data):
        if self.area:
            self.area[1].append(data)

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select" and self.select:
            name, options = self.select
            chosen = [value for value, is_chosen in options if is_chosen]
            first = [value for value, _is_chosen in options[:1]]
            self.form["fields"] += [(name, value) for value in chosen or first]
            self.select = None
        elif tag == "textarea" and self.area:
            name, said = self.area
            self.form["fields"].append((name, "".join(said).removeprefix("\n")))
            self.area = None


def form_of(page: str, path: str) -> dict:
    """What the form that is sent to ``path`` holds, by name; the one with most in it."""
    parser = _Forms()
    parser.feed(page)
    own = [each for each in parser.found if each["action"].partition("?")[0] in ("", path)]
    fullest = max(own, key=lambda each: len(each["fields"]), default={"fields": []})
    said: dict[str, list] = {}
    for name, value in fullest["fields"]:
        said.setdefault(name, []).append(value)
    said.pop("csrfmiddlewaretoken", None)
    return said
