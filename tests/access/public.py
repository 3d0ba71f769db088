"""What can be opened without signing in, written out: nothing joins it unnoticed."""

# For everybody, without signing in.
PUBLIC = {
    *("home", "setup", "outbox", "gallery", "healthz_live", "healthz_ready", "metrics"),
    *("staff_join", "still", "still_left"),
    *("account_request_login_code", "account_confirm_login_code"),
    *("clients:link", "clients:link_new", "clients:stop", "clients:leave", "clients:help"),
    *("assessments:returns_mail", "assessments:returns_sms"),
}
# allauth's pages around signing in ...
PUBLIC_OF_ALLAUTH = {
    *("account_login", "account_logout", "account_inactive"),
    *("account_reset_password", "account_reset_password_done"),
    *("account_reset_password_from_key", "account_reset_password_from_key_done"),
    *("mfa_authenticate", "mfa_login_webauthn"),
}
# ... and its doors that lead nowhere here, whoever knocks.
SHUT = {
    *("account_signup", "account_email", "account_set_password"),
    *("account_email_verification_sent", "account_confirm_email"),
}
