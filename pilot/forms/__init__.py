"""What ops types: a flag's audience and terms, why orders are paused, why they are taken again."""

from pilot.forms.flag import FlagForm, TermsForm
from pilot.forms.why import PauseForm, ReleaseForm, WhyForm

__all__ = ["FlagForm", "PauseForm", "ReleaseForm", "TermsForm", "WhyForm"]
