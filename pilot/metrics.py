"""What is counted about the pilot; labels name kinds, never people."""

from luckygas.metrics import gauge


@gauge("luckygas_alarms", "Alarms that are open now, by kind.", label="kind")
def open_alarms() -> list[tuple[str, float]]:
    from django.db.models import Count

    from pilot.models import Alarm
    from pilot.models.alarm import WATCHES

    found = dict(Alarm.open().order_by().values_list("kind").annotate(Count("pk")))
    return [(kind, found.get(kind, 0)) for kind in {*WATCHES, *found}]
