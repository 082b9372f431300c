"""Doorbells: each loads one row and calls one method."""

from celery import shared_task


@shared_task
def send_message(pk: int) -> None:
    from customers.messages.sending import send

    send(pk)


@shared_task
def sweep_messages() -> None:
    from customers.messages.sending import sweep

    sweep()


@shared_task
def forget_codes() -> None:
    from customers.messages.sending import forget_codes as forget

    forget()


@shared_task
def report_parked() -> None:
    from customers.messages.sending import report_parked as report

    report()


@shared_task
def work_on_import(pk: int) -> None:
    from customers.files.importing import work

    work(pk)


@shared_task
def go_on_with_imports() -> None:
    from customers.files.importing import go_on

    go_on()


@shared_task
def page_on_call() -> None:
    """Leaks that nobody took for three minutes page the next person."""
    from customers.messages.paging import page_due

    page_due()
