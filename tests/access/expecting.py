"""What one cell of the matrix must answer: one address, method, persona and object."""

from dataclasses import dataclass

from .reading import NEAREST, Route

SIGN_IN, SECOND_FACTOR, WHY = "/accounts/login/", "/accounts/2fa/totp/activate/", "/reason/"
OWN_CODE = "/me/code/"


# What a browser is told with every answer.
HEADERS = {
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Cache-Control",
}


@dataclass(frozen=True)
class Answer:
    status: int
    to: str = ""  # where it leads, when that matters
    is_allowed: bool = False


def expected(route: Route, method: str, persona, whose: tuple[str, ...]) -> Answer:
    """``whose``: the records that the rows in the address are of; empty when it names none."""
    if (said := _said(route, method, persona, whose)) is not None:
        return Answer(said, is_allowed=said not in (403, 404, 405))
    if persona.name == "anonymous" and "anonymous" not in route.door:
        return Answer(302, to=SIGN_IN)
    if persona.name == "expired" and "expired" not in route.door:
        return Answer(302, to=SECOND_FACTOR)
    if persona.name == "closed" and "client" in route.door and "closed" not in route.door:
        return Answer(403)
    if persona.name == "mailed" and "client" in route.door and "mailed" not in route.door:
        return Answer(302, to=OWN_CODE)
    if method not in route.answers and route.door & persona.at_the_door:
        return Answer(405)
    if route.asks_why and "asks" in persona.is_to.get(whose[0] if whose else "", ()):
        return Answer(302, to=WHY)
    return Answer(404)


def _said(route, method, persona, whose) -> int | None:
    said = route.answers.get(method, {})
    if len(set(whose)) > 1:  # rows of two records in one address: of nobody
        return None
    words = persona.words(whose[0]) if whose else persona.words_anywhere
    return next((said[word] for word in NEAREST if word in words and word in said), None)


def missing(response) -> set[str]:
    return HEADERS - set(response.headers)
