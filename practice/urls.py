"""Every address. Apps above are named in strings only: the arrow of imports points down."""

from django.urls import include, path

from .views import devmail, gallery, owner, shell

urlpatterns = [
    path("", shell.home, name="home"),
    path("setup/", shell.setup, name="setup"),
    path("practice/", owner.practice, name="practice"),
    path("theme/", shell.theme, name="theme"),
    path("dev/", devmail.outbox, name="outbox"),
    path("healthz/live", shell.live, name="healthz_live"),
    path("healthz/ready", shell.ready, name="healthz_ready"),
    path("gallery/", gallery.gallery, name="gallery"),
    # People come in by invitation, and a client's account has neither a password nor a way to
    # change its address without the clinician: these doors of allauth stay shut.
    path("accounts/signup/", shell.closed, name="account_signup"),
    path("accounts/email/", shell.closed, name="account_email"),
    path("accounts/password/set/", shell.closed, name="account_set_password"),
    path("accounts/confirm-email/", shell.closed, name="account_email_verification_sent"),
    path("accounts/confirm-email/<str:key>/", shell.closed, name="account_confirm_email"),
    path("accounts/", include("allauth.urls")),
    path("", include("clients.urls")),
    path("", include("assessments.urls")),
]
handler400 = "practice.views.errors.handler400"
handler403 = "practice.views.errors.handler403"
handler404 = "practice.views.errors.handler404"
handler500 = "practice.views.errors.handler500"
