"""The pilot tables in the admin: data the office keeps is edited here, what verbs write is only shown."""

from django.contrib import admin

from luckygas.admin import ReadOnly
from pilot.models import Alarm, Approval, Flag, FlagChange, Release

admin.site.register([Alarm, Approval, Flag, FlagChange, Release], ReadOnly)
