from importlib import import_module

from django.apps import AppConfig

# Modules that say what an approval does, or what is watched.
REGISTER = ("flags.switches", "flags.alarms", "certificate.waiving", "measuring.guardrails", "enrolment.moving")


class PilotConfig(AppConfig):
    name = "pilot"

    def ready(self) -> None:
        for module in REGISTER:
            import_module(f"pilot.{module}")
