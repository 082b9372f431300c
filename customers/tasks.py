"""Doorbells: each loads one row and calls one method."""

from celery import shared_task


@shared_task
def send_message(pk: int) -> None:
    from customers.services import send

    send(pk)


@shared_task
def sweep_messages() -> None:
    from customers.services import sweep

    sweep()
