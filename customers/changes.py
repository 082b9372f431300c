"""What was changed on a customer's record, and who looked at it, in words that a clerk reads."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Field, ForeignKey, Model
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from pghistory.models import Events

from customers.models import Customer, Site
from luckygas.models import RecordRead, User
from luckygas.phones import spoken

SHOWN = 20
NAMES = {
    "Customer": _("record"),
    "Site": _("address"),
    "Contact": _("phone"),
    "Membership": _("who may act"),
    "Price": _("price"),
}
ABOUT = {"Site": "address", "Contact": "phone"}  # the field that says which of them it was
DEEDS = {"insert": _("entered"), "delete": _("taken away")}
PAGES = {
    "customers:detail": _("the record"),
    "customers:export": _("took it away in a file"),
    "orders:call": _("phone desk"),
    "orders:detail": _("an order"),
    "deliveries:stop": _("at the door"),
    "deliveries:loading": _("loading list"),
    "deliveries:slips": _("delivery slips"),
}
Names = dict[type[Model], dict[Any, Model]]


@dataclass(frozen=True)
class Change:
    """One version of a row: when, by whom, of what, and the fields that became different."""

    at: dt.datetime
    by: str
    what: str
    about: str
    deed: str
    fields: list[tuple[str, str, str]]


def changes_of(record: Model) -> list[Change]:
    """The latest changes of a record and of what hangs on it, newest first; in two queries and what names need."""
    events = list(Events.objects.references(record).order_by("-pgh_created_at", "-pgh_id")[:SHOWN])
    names = _names(events)
    return [_change(event, names) for event in events]


def _names(events: list[Any]) -> Names:
    """The rows that these events point to, one query for each kind of them."""
    wanted: dict[type[Model], set[Any]] = defaultdict(set)
    for event in events:
        wanted[User].add((event.pgh_context or {}).get("user"))
        for name, values in (event.pgh_diff or {}).items():
            field = _field(event, name)
            if isinstance(field, ForeignKey):
                wanted[field.related_model] |= set(values)
    return {model: model._base_manager.in_bulk(keys - {None}) for model, keys in wanted.items()}


def _field(event: Any, name: str) -> Field:
    fields = {field.attname: field for field in apps.get_model(event.pgh_obj_model)._meta.concrete_fields}
    return fields[name]


def _change(event: Any, names: Names) -> Change:
    model = apps.get_model(event.pgh_obj_model)
    who = names[User].get((event.pgh_context or {}).get("user"))
    fields = [
        (str(field.verbose_name), _said(field, old, names), _said(field, new, names))
        for name, (old, new) in (event.pgh_diff or {}).items()
        if (field := _field(event, name))
    ]
    about = event.pgh_data.get(ABOUT.get(model.__name__, ""), "")
    return Change(
        at=event.pgh_created_at,
        by=str(who) if who else _t("by itself"),
        what=str(NAMES.get(model.__name__, model._meta.verbose_name)),
        about=spoken(about) if model.__name__ == "Contact" else about,
        deed=str(DEEDS.get(event.pgh_label, "")),
        fields=fields,
    )


def _said(field: Field, value: Any, names: Names) -> str:
    """A value as it is written on the screen."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return _t("yes") if value else _t("no")
    if isinstance(field, ForeignKey):
        return str(names.get(field.related_model, {}).get(value, value))
    if field.name == "hours":
        return Site(hours=value).hours_words or _t("all day")
    if field.name == "closed_weekdays":
        return Site(closed_weekdays=value).closed_words
    if field.name == "stations":
        return _t(", ").join(f"{station.get('name', '')} {station.get('set', '')}".strip() for station in value)
    if isinstance(value, list):  # weekdays, days, cylinders with their counts
        return _t(", ").join(
            " × ".join(map(str, one.values())) if isinstance(one, dict) else str(one) for one in value
        )  # fmt: skip
    if field.get_internal_type() == "DateTimeField" and (at := parse_datetime(str(value))):
        return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
    return str(dict(field.flatchoices).get(value, value))


@dataclass(frozen=True)
class Look:
    """Somebody of the staff looked at the record: when, who, and on which page."""

    at: dt.datetime
    by: str
    where: str


def looks_at(customer: Customer) -> list[Look]:
    """Who of the staff looked at this record lately; in one query."""
    reads = RecordRead.objects.filter(kind="customer", record_id=customer.pk).select_related("user").order_by("-at")
    return [Look(read.at, str(read.user), str(PAGES.get(read.page, ""))) for read in reads[:SHOWN]]
