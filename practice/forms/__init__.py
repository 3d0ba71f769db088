from .people import InviteForm, JoinForm, RolesForm
from .practices import PracticeForm, SetupForm

__all__ = ["InviteForm", "JoinForm", "PracticeForm", "RolesForm", "SetupForm"]
