"""What hangs on a client, in words: for the page before an erasure and for its certificate.

Models of the floor above stand here by their labels; a test holds the list against the walk.
"""

from django.utils.translation import gettext_lazy as _

IN_WORDS = {
    "clients.AddressChange": _("New addresses they asked for"),
    "clients.CareTeam": _("Who looked after them"),
    "clients.ChannelStop": _("Ways that no longer reached them"),
    "clients.Consent": _("What they agreed to"),
    "clients.Cover": _("Colleagues who covered"),
    "clients.EmergencyOpening": _("Openings of the record in an emergency"),
    "clients.Episode": _("Episodes of care"),
    "clients.ErasureRequest": _("Requests to be forgotten"),
    "clients.LegalHold": _("Legal holds"),
    "clients.OwnPlan": _("Their plan for hard times"),
    "clients.PortalLink": _("Links in messages"),
    "clients.RetentionNotice": _("Notices that the time is over"),
    "clients.SafeContact": _("How they may be reached"),
    "clients.SafetyCheck": _("Safety checks"),
    "clients.Session": _("Sessions, with notes and points"),
    "clients.SupervisionReason": _("Reasons to open the record"),
    "clients.WhoSees": _("Who else may see their devices"),
    "assessments.Alert": _("Alerts"),
    "assessments.AlertCall": _("Calls to staff about alerts"),
    "assessments.Assignment": _("What was assigned"),
    "assessments.Delivery": _("Messages sent, with their address"),
    "assessments.Export": _("Files that were made"),
    "assessments.Feedback": _("Words to them about their answers"),
    "assessments.Occurrence": _("What was due, and when"),
    "assessments.ProgramAssignment": _("Programs that were assigned"),
    "assessments.Reminder": _("Reminders, planned and sent"),
    "assessments.ReminderItem": _("What reminders spoke of"),
    "assessments.Response": _("Answers"),
    "assessments.ReviewNote": _("Notes that a change was seen"),
    "assessments.Score": _("Scores"),
    "assessments.SharedProgress": _("What they were shown of their course"),
}


def in_words(label: str) -> str:
    """A kind that a later version no longer has keeps its label."""
    return str(IN_WORDS.get(label, label))
