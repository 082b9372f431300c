"""Shared ground of Lucky Gas: imports no app, and every app may import it."""

# Without this import `@shared_task` and `delay_on_commit` would bind to Celery's default app,
# which knows no broker, in every process that is not a worker.
from luckygas.celery import app as celery_app

__all__ = ["celery_app"]
