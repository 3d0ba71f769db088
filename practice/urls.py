"""Every address. Apps above are named in strings only: the arrow of imports points down."""

from django.urls import include, path

from .views import codes, devmail, gallery, metrics, owner, people, shell, sign_ins, still

urlpatterns = [
    path("", shell.home, name="home"),
    path("setup/", shell.setup, name="setup"),
    path("practice/", owner.practice, name="practice"),
    path("practice/people/", people.people, name="people"),
    path("practice/people/invite/", people.staff_invite, name="staff_invite"),
    path(
        "practice/people/invited/<uuid:invitation_id>/again/",
        people.staff_invitation_again,
        name="staff_invitation_again",
    ),
    path(
        "practice/people/invited/<uuid:invitation_id>/withdraw/",
        people.staff_invitation_withdraw,
        name="staff_invitation_withdraw",
    ),
    path("practice/people/<uuid:person_id>/", people.person, name="person"),
    path(
        "practice/people/<uuid:person_id>/second-factor/",
        people.second_factor_reset,
        name="second_factor_reset",
    ),
    path("i/<str:token>/", people.staff_join, name="staff_join"),
    path("signed-in/", sign_ins.sign_ins, name="sign_ins"),
    path("signed-in/codes/", people.codes_kept, name="codes_kept"),
    path("still/", still.still, name="still"),
    path("still/left/", still.still_left, name="still_left"),
    path("theme/", shell.theme, name="theme"),
    path("dev/", devmail.outbox, name="outbox"),
    path("healthz/live", shell.live, name="healthz_live"),
    path("healthz/ready", shell.ready, name="healthz_ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("gallery/", gallery.gallery, name="gallery"),
    # People come in by invitation, and a client's account has neither a password nor a way to
    # change its address without the clinician: these doors of allauth stay shut.
    path("accounts/signup/", shell.closed, name="account_signup"),
    path("accounts/email/", shell.closed, name="account_email"),
    path("accounts/password/set/", shell.closed, name="account_set_password"),
    path("accounts/confirm-email/", shell.closed, name="account_email_verification_sent"),
    path("accounts/confirm-email/<str:key>/", shell.closed, name="account_confirm_email"),
    # Ours does the same for an address that nobody has.
    path("accounts/login/code/", codes.code_ask, name="account_request_login_code"),
    path("accounts/login/code/confirm/", codes.code_give, name="account_confirm_login_code"),
    path("accounts/", include("allauth.urls")),
    path("", include("clients.urls")),
    path("", include("assessments.urls")),
]
handler400 = "practice.views.errors.handler400"
handler403 = "practice.views.errors.handler403"
handler404 = "practice.views.errors.handler404"
handler500 = "practice.views.errors.handler500"
