"""What a browser is, in words that its owner would use."""

# The first that is found counts: every browser also names some of those below it.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def in_words(agent: str) -> tuple[str, str]:
    """Browser and system; empty for what nobody knows."""
    return _first(BROWSERS, agent), _first(SYSTEMS, agent)


def _first(marks: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((words for mark, words in marks if mark in agent), "")
