"""The roll-out: flags, who changed them, and who agreed."""

from pilot.models.flag import Flag, FlagChange
from pilot.models.release import Release

__all__ = ["Flag", "FlagChange", "Release"]
