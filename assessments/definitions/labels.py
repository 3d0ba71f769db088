"""What stands beside every number of an unvalidated tool: before it, on it, in every export."""

REFLECTION_LABEL_CLIENT = (
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
