"""The pilot tables in the admin: data the office keeps is edited here, what verbs write is only shown."""

from django.contrib import admin

from luckygas.admin import ReadOnly
from pilot.models import (
    Alarm,
    Approval,
    Certificate,
    Cohort,
    CohortMember,
    EnrolmentPause,
    Evidence,
    Flag,
    FlagChange,
    Forced,
    Guardrail,
    MassMove,
    ReviewPlan,
    Waiver,
)

admin.site.register(
    [Alarm, Approval, Cohort, CohortMember, EnrolmentPause, Flag, FlagChange, Forced, MassMove], ReadOnly
)
admin.site.register([Certificate, Evidence, Guardrail, ReviewPlan, Waiver], ReadOnly)
