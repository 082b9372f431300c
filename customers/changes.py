"""What was changed on a customer's record, and who looked at it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from pghistory.models import Events

from customers.models import Customer
from luckygas.models import RecordRead, User

SHOWN = 20
NAMES = {"Customer": _("record"), "Site": _("address"), "Contact": _("phone"), "Price": _("price")}


@dataclass(frozen=True)
class Change:
    """One version of a row: when, by whom, and the fields that became different."""

    at: dt.datetime
    by: str
    what: str
    fields: list[tuple[str, str, str]]


def changes_of(customer: Customer) -> list[Change]:
    """The latest changes of the record and of what hangs on it, newest first; in two queries."""
    events = list(Events.objects.references(customer).order_by("-pgh_created_at", "-pgh_id")[:SHOWN])
    people = User.objects.in_bulk({user for event in events if (user := (event.pgh_context or {}).get("user"))})
    return [_change(event, people) for event in events]


def _change(event: Any, people: dict[int, User]) -> Change:
    model = apps.get_model(event.pgh_obj_model)
    who = people.get((event.pgh_context or {}).get("user") or 0)
    fields = [
        (str(model._meta.get_field(name.removesuffix("_id")).verbose_name), _said(old), _said(new))
        for name, (old, new) in (event.pgh_diff or {}).items()
    ]
    return Change(
        event.pgh_created_at,
        str(who) if who else _t("by itself"),
        str(NAMES.get(model.__name__, model.__name__)),
        fields,
    )


def _said(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _t("yes") if value else _t("no")
    return str(value)


def reads_of(customer: Customer) -> list[RecordRead]:
    """Who of the staff looked at this record lately."""
    return list(
        RecordRead.objects.filter(kind="customer", record_id=customer.pk).select_related("user").order_by("-at")[:SHOWN]
    )
