"""What a worker does with an import: it reads the file, and it puts the lines on the record.

The lines are the record. Each step takes some of them in one transaction, under the import's lock: whoever is killed
leaves the last step undone, the next worker goes on there, and two workers at once take turns. So every line is read
once and becomes one customer.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from itertools import batched
from typing import Any, cast

import pghistory
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.files.columns import BY_HEADER, NEEDED, kept, understood
from customers.files.sheets import Line, lines_of
from customers.models import Area, Contact, Customer, Import, ImportRow, Site
from customers.querysets import text_key
from luckygas import live
from luckygas.db import derived_id
from luckygas.doorbell import is_answered
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.phones import narrow, parse
from luckygas.said import Said as _
from luckygas.said import Words

READ_AT_ONCE = 500
PUT_AT_ONCE = 25
SLICE_SECONDS = 30  # then the worker rings for itself, and other work gets its turn
SILENT = dt.timedelta(seconds=20)  # nothing was done for so long: its worker is dead, or nobody rang
SITE = ("address", "label", "access_note", "driver_note", "hours", "vehicle")
OWN = (
    "name", "kind", "trade", "settlement", "is_metered", "invoice_title", "tax_id", "credit_limit_twd", "language",
    "note",
)  # fmt: skip


def work(pk: int) -> None:
    """Do the next half minute of this import, and ring for the rest."""
    source = Import.objects.filter(pk=pk).first()
    until = time.monotonic() + SLICE_SECONDS
    if source and source.state == Import.State.READING:
        read(source)
    while source and source.is_at_work and time.monotonic() < until:
        put_some(source)
    if source and source.is_at_work:
        source.ring()


def go_on() -> int:
    """Ring for imports that nobody works on. Answers how many."""
    from customers.tasks import work_on_import

    left = Import.objects.filter(state__in=[Import.State.READING, Import.State.RUNNING])
    rung = 0
    for pk in left.filter(worked_at__lt=timezone.now() - SILENT).values_list("pk", flat=True):
        rung += is_answered(lambda pk=pk: work_on_import.apply_async(args=[pk], retry=False))  # type: ignore[misc]
    return rung


# --- reading ---------------------------------------------------------------------------------------------------------
def read(source: Import) -> None:
    """Read and check every line that is not read yet; at the end look for doubles. A file that is none is refused."""
    try:
        lines = lines_of(bytes(source.content), source.name)
        headers = _headers(lines)
        unread = (line for line in lines if line[0] > source.lines_read)
        areas = {key: area.code for area in Area.objects.all() for key in (area.code, area.name)}
        for some in batched(unread, READ_AT_ONCE):
            if not _read_some(source, headers, some, areas):
                return
    except Refused as refused:
        source.refuse(refused.sentence)
        return
    with transaction.atomic():
        source.lock()
        if source.state == Import.State.READING:
            mark_doubles(source)
            source.finish_reading()


def _headers(lines: Iterator[Line]) -> list[str]:
    """The first line; a header that nobody knows stops the import, and so does one that is missing or twice there."""
    headers = [narrow(header) for header in next(lines, (0, []))[1]]
    while headers and not headers[-1]:
        headers.pop()  # Excel leaves empty columns at the end
    if unknown := [header or _("(empty)") for header in headers if header not in BY_HEADER]:
        raise Refused(_("These columns are not known here: %(names)s.") % {"names": unknown})
    if twice := {header for header in headers if headers.count(header) > 1}:
        raise Refused(_("These columns are there twice: %(names)s.") % {"names": sorted(twice)})
    if missing := [header for header in NEEDED if header not in headers]:
        raise Refused(_("These columns are missing: %(names)s.") % {"names": missing})
    return headers


@transaction.atomic
def _read_some(source: Import, headers: list[str], some: tuple[Line, ...], areas: dict[str, str]) -> bool:
    """Store some lines; False when another worker has read them meanwhile."""
    expected = source.lines_read
    source.lock()
    if source.state != Import.State.READING or source.lines_read != expected:
        return False
    ImportRow.objects.bulk_create(_row(source, headers, number, cells, areas) for number, cells in some)
    source.lines_read, source.worked_at = some[-1][0], timezone.now()
    source.save(update_fields=["lines_read", "worked_at"])
    return True


def _row(source: Import, headers: list[str], number: int, cells: list[str], areas: dict[str, str]) -> ImportRow:
    raw = dict(zip(headers, cells + [""] * len(headers), strict=False))
    facts, mistakes = understood(raw, areas)
    if any(cells[len(headers) :]):
        mistakes.append(["", "too_many_cells"])
    return ImportRow(
        source=source,
        line=number,
        cells={header: kept(cell) for header, cell in raw.items() if cell},
        facts=facts,
        mistakes=mistakes,
        state=ImportRow.State.WRONG if mistakes else ImportRow.State.RIGHT,
    )


# --- doubles ---------------------------------------------------------------------------------------------------------
def mark_doubles(source: Import) -> None:
    """Right lines that share something with a record, or with a line before them, wait for a person's word."""
    rows = list(source.rows.filter(state=ImportRow.State.RIGHT).order_by("line"))
    known = _known()
    numbers = dict(Customer.objects.values_list("pk", "number"))
    lines: dict[tuple[str, Any], int] = {}
    doubled = []
    for row in rows:
        keys = list(_keys(row.facts))
        row.doubles = [[what, numbers[known[what, key]], None] for what, key in keys if (what, key) in known]
        row.doubles += [[what, None, lines[what, key]] for what, key in keys if (what, key) in lines]
        for each in keys:
            lines.setdefault(each, row.line)
        if not row.doubles and row.facts.get("number") is not None:
            row.mistakes, row.state = [["客戶編號", "unknown_number"]], ImportRow.State.WRONG
        elif row.doubles:
            row.state = ImportRow.State.DOUBLE
        if row.state != ImportRow.State.RIGHT:
            doubled.append(row)
    ImportRow.objects.bulk_update(doubled, ["doubles", "mistakes", "state"], batch_size=500)


def _keys(facts: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What two records of one customer would share."""
    for phone in map(parse, _phones(facts)):
        yield "phone", (phone.e164, phone.extension)
    for what in ("tax_id", "legacy_code", "number"):
        if facts.get(what):
            yield what, facts[what]
    if facts.get("address"):
        yield "address", (text_key(facts["name"]), text_key(facts["address"]))


def _phones(facts: dict[str, Any]) -> list[str]:
    return [*facts.get("phone", []), *facts.get("phones", [])]


def _known() -> dict[tuple[str, Any], int]:
    """Whom each of these keys belongs to on the record; numbers also of those who stopped."""
    known: dict[tuple[str, Any], int] = {}
    served = Customer.objects.active()
    for pk, phone, extension in Contact.objects.filter(is_active=True, customer__in=served).values_list(
        "customer", "phone", "extension"
    ):
        known["phone", (phone, extension)] = pk
    for pk, name, address in (
        Site.objects.active().filter(customer__in=served).values_list("customer", "customer__name_key", "address_key")
    ):
        known["address", (name, address)] = pk
    for pk, number, code, tax_id, stopped in Customer.objects.values_list(
        "pk", "number", "legacy_code", "tax_id", "deactivated_at"
    ):
        known["number", number] = pk
        known |= {("legacy_code", code): pk} if code else {}
        known |= {("tax_id", tax_id): pk} if tax_id and not stopped else {}
    return known


# --- putting on the record -------------------------------------------------------------------------------------------
def put_some(source: Import) -> None:
    """Put the next lines on the record; when none are left, the import is done."""
    with transaction.atomic(), pghistory.context(user=source.started_by_id, url="import"):
        source.lock()
        if source.state != Import.State.RUNNING:
            return
        wanted = source.rows.filter(state=ImportRow.State.RIGHT) | source.rows.filter(
            state=ImportRow.State.DOUBLE, is_wanted=True
        )
        some = list(wanted.order_by("line")[:PUT_AT_ONCE])
        areas = {area.code: area for area in Area.objects.all()}
        for row in some:
            _put(row, source, areas)
        if not some:
            source.finish()
        source.worked_at = timezone.now()
        source.save(update_fields=["worked_at"])
    live.changed("import", source.pk)


def _put(row: ImportRow, source: Import, areas: dict[str, Area]) -> None:
    """One line becomes one customer, or is left out with the reason; never half."""
    try:
        with transaction.atomic():
            row.customer, row.state = _register(row, source, areas), ImportRow.State.DONE
            row.save(update_fields=["customer", "state"])
    except Refused as refused:
        _leave_out(row, refused.sentence)
    except IntegrityError:  # its old number was given to somebody since it was shown
        _leave_out(row, _("Somebody else was put on the record with this number meanwhile."))


def _leave_out(row: ImportRow, why: Words) -> None:
    row.customer, row.state, row.refusal = None, ImportRow.State.LEFT, why
    row.save(update_fields=["customer", "state", "refusal"])


def _register(row: ImportRow, source: Import, areas: dict[str, Area]) -> Customer:
    facts, by = row.facts, cast(User, source.started_by)  # by the database: somebody started an import
    customer = Customer.register(
        operation_id=derived_id("import", source.pk, row.line),
        by=by,
        legacy_code=facts.get("legacy_code") or None,
        **{name: facts[name] for name in OWN if name in facts},
    )
    numbers = {(phone.e164, phone.extension): phone.raw for raw in _phones(facts) if (phone := parse(raw))}
    for place, raw in enumerate(numbers.values()):
        Contact.add(customer=customer, raw=raw, name=facts.get("contact", "") if place == 0 else "")
    if facts.get("address"):
        written = {name: facts[name] for name in SITE if name in facts} | facts.get("closed", {})
        Site.add(customer=customer, by=by, area=areas[facts["area"]], **written)
    return customer
