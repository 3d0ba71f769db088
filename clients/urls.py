from django.urls import path

from .views import caseload, consents, plan, policy, portal, sessions

app_name = "clients"
urlpatterns = [
    path("caseload/", caseload.caseload, name="caseload"),
    path("clients/add/", caseload.client_add, name="client_add"),
    path("clients/<uuid:client_id>/record/", caseload.record, name="record"),
    path("clients/<uuid:client_id>/change/", caseload.client_change, name="client_change"),
    path("clients/<uuid:client_id>/invite/", caseload.client_invite, name="client_invite"),
    path("clients/<uuid:client_id>/code/", caseload.client_new_code, name="client_new_code"),
    path(
        "clients/<uuid:client_id>/contact/change/", caseload.contact_change, name="contact_change"
    ),
    path("clients/<uuid:client_id>/safety/", caseload.safety_check, name="safety_check"),
    path("clients/<uuid:client_id>/sessions/", sessions.sessions, name="sessions"),
    path(
        "clients/<uuid:client_id>/sessions/<uuid:session_id>/",
        sessions.session_settle,
        name="session_settle",
    ),
    path(
        "clients/<uuid:client_id>/sessions/<uuid:session_id>/move/",
        sessions.session_move,
        name="session_move",
    ),
    path("clients/<uuid:client_id>/episode/close/", sessions.episode_close, name="episode_close"),
    path("clients/<uuid:client_id>/consents/", consents.consent_note, name="consent_note"),
    path("practice/agreements/", consents.agreements, name="agreements"),
    path("practice/reminders/", policy.policy, name="policy"),
    # Addresses of the portal say nothing about what it is.
    path("l/<str:token>/", portal.link, name="link"),
    path("s/<str:token>/", portal.stop, name="stop"),
    path("leave/", portal.leave, name="leave"),
    path("me/code/", portal.own_code, name="own_code"),
    path("me/welcome/", portal.welcome, name="welcome"),
    path("me/welcome/try/", portal.leave_rehearsal, name="leave_rehearsal"),
    path("me/welcome/done/", portal.welcome_done, name="welcome_done"),
    path("me/contact/", portal.contact_own, name="contact_own"),
    path("me/agree/", consents.agree, name="agree"),
    path("me/uses/", consents.uses, name="uses"),
    path("me/plan/", plan.plan, name="plan"),
    path("me/plan/share/", plan.plan_share, name="plan_share"),
]
