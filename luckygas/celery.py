"""The Celery app: a doorbell for work whose record is always a row in the database."""

import os
import signal
import threading
import time

from celery import Celery
from celery import Task as CeleryTask
from celery.signals import task_received, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luckygas.settings")


class Task(CeleryTask):
    """Any task of ours."""

    Request = "luckygas.celery_request:Request"  # by name: only workers load it


app = Celery("luckygas", task_cls=Task)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

HEARTBEAT_SECONDS = 5
SILENCE_SECONDS = 25  # with leaving, starting again and the next sweep: messages go on within a minute
GOODBYE_SECONDS = 10  # for what is under way; whatever is cut is delivered again

_last_heard: float | None = None


@app.task(name="luckygas.heartbeat", ignore_result=True)
def heartbeat() -> None:
    """Write down when: that the message arrived at all proves the way from beat to worker."""
    from luckygas.health import note_worker

    note_worker()


@app.on_after_finalize.connect
def schedule_heartbeat(sender: Celery, **_: object) -> None:
    """Ring every few seconds; a ring nobody took in time is worthless and expires."""
    sender.add_periodic_task(HEARTBEAT_SECONDS, heartbeat.s(), name="heartbeat", expires=HEARTBEAT_SECONDS)


@task_received.connect
def note_message(**_: object) -> None:
    """Remember when the broker last delivered anything to this worker."""
    global _last_heard
    _last_heard = time.monotonic()


@worker_ready.connect
def watch_for_silence(**_: object) -> None:
    """Leave when the broker has gone silent, so that the supervisor starts a fresh worker.

    A half-open connection to Redis makes the consumer wait for ever without an error. The watch
    begins with the first message, so a worker without beat is left alone.
    """
    threading.Thread(target=_leave_when_silent, name="silence-watch", daemon=True).start()


def _is_silent() -> bool:
    """Whether nothing was heard for too long; while it works on tasks it takes no others, and that is no silence."""
    from celery.worker import state  # only workers load it

    global _last_heard
    if _last_heard is not None and state.active_requests:
        _last_heard = time.monotonic()
    return _last_heard is not None and time.monotonic() - _last_heard >= SILENCE_SECONDS


def _leave_when_silent() -> None:
    while not _is_silent():
        time.sleep(5)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GOODBYE_SECONDS)
    os._exit(1)
