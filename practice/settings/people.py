"""People, their sign-in, and links to the portal."""

from datetime import timedelta

from .place import env

AUTH_USER_MODEL = "practice.User"
AUTHENTICATION_BACKENDS = ["practice.backends.PeopleBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {"NAME": f"{VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "practice.passwords.NotACommonOne"},
    {"NAME": "practice.passwords.NotOurWords"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "practice.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody is mailed because somebody mistyped an address
ACCOUNT_FORMS = {
    "login": "practice.forms.signing_in.SignInForm",
    "reset_password": "practice.forms.signing_in.ResetForm",  # nosec B105 # 2026-11-29: a class
}
PASSWORD_RESET_TIMEOUT = 60 * 60
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_ADAPTER = "practice.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Trellis"
# The code before and the one after are taken too: somebody types slowly, a phone is a little off.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "practice.forms.signing_in.SecondFactorForm",
    "reauthenticate": "practice.forms.signing_in.SecondFactorAgainForm",
    "add_webauthn": "practice.forms.passkeys.StaffPasskeyForm",
    "login_webauthn": "practice.forms.passkeys.LoginPasskeyForm",
    "authenticate_webauthn": "practice.forms.passkeys.SecondPasskeyForm",
    "reauthenticate_webauthn": "practice.forms.passkeys.PasskeyAgainForm",
}
IDLE = timedelta(minutes=15)  # docs/decisions/024
SIGNED_IN_AT_MOST = timedelta(hours=12)
SESSION_ENGINE = "practice.sessions"
SESSION_COOKIE_AGE = int(SIGNED_IN_AT_MOST.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60  # practice.access.fresh
STAFF_INVITATION_LIFE = timedelta(days=3)

INVITATION_DAYS = 14
LINK_MINUTES = 60
