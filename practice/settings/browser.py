"""What a browser may do."""

from csp.constants import NONE, SELF

from .place import DEVELOPMENT, SITE_URL, env

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],  # the preview of an activity
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
# What nobody needs here: what tells where somebody is, what hears and sees them, what recognises
# their device, what reaches others near it, what pays, and what advertises.
DENIED = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "captured-surface-control"),
    *("clipboard-read", "clipboard-write", "compute-pressure", "cross-origin-isolated"),
    *("deferred-fetch", "display-capture", "encrypted-media", "fullscreen", "gamepad"),
    *("geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection"),
    *("interest-cohort", "keyboard-map", "language-model", "local-fonts", "local-network-access"),
    *("magnetometer", "microphone", "midi", "otp-credentials", "payment", "picture-in-picture"),
    *("private-state-token-issuance", "private-state-token-redemption", "screen-wake-lock"),
    *("serial", "speaker-selection", "storage-access", "sync-xhr", "usb", "window-management"),
    "xr-spatial-tracking",
)
PASSKEYS = ("publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS_POLICY: dict[str, list[str]] = {feature: [] for feature in DENIED} | {
    feature: ["self"] for feature in PASSKEYS
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Nobody else's page takes anything of ours in (practice.middleware.OwnOriginMiddleware).
CROSS_ORIGIN_RESOURCE_POLICY = "same-origin"


def of_a_file(headers, path: str, url: str) -> None:
    """WhiteNoise answers before the policies of pages: a drawing that somebody opens runs nothing,
    and stands in nobody's frame."""
    headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    headers["Cross-Origin-Resource-Policy"] = CROSS_ORIGIN_RESOURCE_POLICY


WHITENOISE_ADD_HEADERS_FUNCTION = of_a_file
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site needs them
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
# Over https a browser takes them from this very host alone: no neighbour can plant one. A script
# reads that of forms, for a page that outlives a sign-in (keep.js).
HOST_ONLY = "__Host-" if SITE_URL.startswith("https://") and not DEVELOPMENT else ""
SESSION_COOKIE_NAME = f"{HOST_ONLY}s"
CSRF_COOKIE_NAME = f"{HOST_ONLY}c"
CSRF_FAILURE_VIEW = "practice.views.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
if not DEVELOPMENT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=False)
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
