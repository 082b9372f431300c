"""The roll-out: flags, who changed them, who agreed, and what is wrong now."""

from pilot.models.alarm import Alarm, watch
from pilot.models.approval import Approval, approves
from pilot.models.certificate import Certificate, ReviewPlan
from pilot.models.cohort import Cohort, CohortMember
from pilot.models.enrolment import EnrolmentPause, Forced
from pilot.models.evidence import Evidence
from pilot.models.flag import Flag, FlagChange
from pilot.models.mass_move import MassMove, MassMoveRow
from pilot.models.minute import Guardrail, Measure, Minute
from pilot.models.waiver import Waiver

__all__ = [
    "Alarm",
    "Approval",
    "Certificate",
    "Cohort",
    "CohortMember",
    "EnrolmentPause",
    "Evidence",
    "Flag",
    "FlagChange",
    "Forced",
    "Guardrail",
    "MassMove",
    "MassMoveRow",
    "Measure",
    "Minute",
    "ReviewPlan",
    "Waiver",
    "approves",
    "watch",
]
