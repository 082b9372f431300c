"""What ops types: a flag's audience, why orders are paused, why they are taken again."""

from pilot.forms.flag import FlagForm
from pilot.forms.why import PauseForm, ReleaseForm, WhyForm

__all__ = ["FlagForm", "PauseForm", "ReleaseForm", "WhyForm"]
