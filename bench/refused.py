"""What a running web server refuses, and what it tells every browser: asked as anybody asks."""

from django.urls import reverse

from .visitors import Visitor
from .web import Web

POLICY = "content-security-policy"
SHOWN = ("default-src", "script-src", "form-action")


def by(served: Web) -> dict[str, object]:
    """Raises NotAnswered where a form without its token is taken."""
    visitor = Visitor(served.port)
    try:
        page = visitor.get(reverse("account_login"))
        refused = visitor.post(reverse("account_login"), {}, expect=403)
        hidden = visitor.get(reverse("assessments:portal"), expect=302)
    finally:
        visitor.close()
    return {
        "a_form_without_its_csrf_token": refused.status,
        "csp_of_a_page": _shown(page.headers.get(POLICY, "")),
        "whoever_has_not_signed_in_is_sent_to": hidden.headers["location"].partition("?")[0],
    }


def _shown(policy: str) -> str:
    parts = (part.strip() for part in policy.split(";"))
    return "; ".join(sorted(part for part in parts if part.startswith(SHOWN))) or "none"
