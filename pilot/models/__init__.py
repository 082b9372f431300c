"""The roll-out: flags, who changed them, who agreed, and what is wrong now."""

from pilot.models.alarm import Alarm, watch
from pilot.models.approval import Approval, approves
from pilot.models.flag import Flag, FlagChange
from pilot.models.release import Release

__all__ = ["Alarm", "Approval", "Flag", "FlagChange", "Release", "approves", "watch"]
