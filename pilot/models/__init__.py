"""The roll-out: flags, who changed them, who agreed, and what is wrong now."""

from pilot.models.alarm import Alarm, watch
from pilot.models.approval import Approval, approves
from pilot.models.cohort import Cohort, CohortMember
from pilot.models.enrolment import EnrolmentPause, Forced
from pilot.models.flag import Flag, FlagChange
from pilot.models.mass_move import MassMove, MassMoveRow
from pilot.models.minute import Guardrail, Measure, Minute
from pilot.models.release import Release

__all__ = [
    "Alarm",
    "Approval",
    "Cohort",
    "CohortMember",
    "EnrolmentPause",
    "Flag",
    "FlagChange",
    "Forced",
    "Guardrail",
    "MassMove",
    "MassMoveRow",
    "Measure",
    "Minute",
    "Release",
    "approves",
    "watch",
]
