"""What stands beside every number of an unvalidated tool: before it, on it, in every export."""


def gettext_noop(words: str) -> str:
    """As Django's, which this room may not know: translators find words by this name."""
    return words


REFLECTION_LABEL_CLIENT = gettext_noop(
    "This is a tool for thinking and talking, not a test. We wrote it from general articles, and "
    "no study has checked it yet. It does not name an illness or say how bad things are. Use "
    "your answers to start a talk with your clinician. When a number goes up or down, that may "
    "be just chance."
)

REFLECTION_LABEL_CLINICIAN = (
    "Reflection tool. Written by this project from general articles. Not validated, no norms, not "
    "a diagnosis or a measure of severity. Answers are a starting point for talking with the "
    "client. Codependency is not a medical diagnosis. Change in these scores may just be chance."
)

# What the codes in a provenance stand for (A: signs, B: strengths, E: exercises). For clinicians;
# a client never sees them.
CONSTRUCTS = {
    "A1": "One-sided giving",
    "A2": "Self-neglect",
    "A3": "Approval-seeking, borrowed self-worth",
    "A4": "Fear of rejection or loss",
    "A5": "Difficulty with limits",
    "A6": "Emotional over-responsibility",
    "A7": "Loss of self, deciding alone",
    "A8": "Held-back communication",
    "A9": "Rescuing and covering up",
    "A10": "Steering others",
    "B1": "Give and take",
    "B2": "Clear, respected limits",
    "B3": "Own identity, interests, choices",
    "B4": "Open talk and listening",
    "B5": "Closeness and trust",
    "B6": "Steadying own emotions, living with differences",
    "B7": "Support circle and self-care",
    "B8": "Cheering each other on",
    "E1": "Limit-setting plan",
    "E2": "Limit log",
    "E3": "Saying-no ladder",
    "E4": "Pause before yes",
    "E5": "Own-needs check",
    "E6": "Self-care plan",
    "E7": "Individual activity",
    "E8": "Rediscovering me",
    "E9": "Values line",
    "E10": "Emotion steadying log",
    "E11": "Living with difference",
    "E12": "Whose is it?",
    "E13": "Thought record",
    "E14": "Asking for what I need",
    "E15": "Listening swap",
    "E16": "Partner check-in",
    "E17": "Give-and-take map",
    "E18": "Celebrating successes",
    "E19": "Support circle",
    "E20": "Time-apart practice",
    "E21": "Deciding on my own",
    "E22": "Helping or covering up?",
    "E23": "Family-of-origin reflection",
    "E24": "Being seen",
    "E25": "Warmth to self",
    "E26": "Pattern spotting",
    "E27": "Group reflection",
    "E28": "Session preparation",
    "E29": "My goals",
    "wellbeing": "Wellbeing",
    "safety": "Safety: never a score",
}
