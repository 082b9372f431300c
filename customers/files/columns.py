"""The office's own table of customers, one line each: what the export writes and the import reads.

The headers are a file format and the same in every language. What cannot be understood is a mistake with a code; the
value is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer, Site
from customers.models.site import ALL_HOURS, FIRST_HOUR
from customers.tax_id import is_tax_id
from luckygas.errors import Refused
from luckygas.phones import narrow, parse, spoken

JOINT = "；"
DAYS = "一二三四五六日"
HOLIDAYS = "國定假日"
KINDS = {"住家": "household", "店家": "commercial", "家庭": "household", "商家": "commercial"}
SETTLEMENTS = {"現金": "cash", "月結": "monthly"}
VEHICLES = {"都可以": 0, "汽車": 1, "機車": 2}
TICKS = {"V": True, "v": True}
LANGUAGES = {"中文": "zh-hant", "English": "en"}

SENTENCES: dict[str, str | Promise] = {
    "empty": _("Nothing is written here."),
    "too_long": _("This is too long."),
    "bad_phone": _(
        "This is no phone number: mobile 09 and 8 digits, Taitung 089 and 6 digits. Excel drops a zero in front."
    ),
    "bad_word": _("This word is not known here. Take one of those that the blank form explains."),
    "no_area": _("An address needs its area."),
    "unknown_area": _("There is no such area."),
    "bad_hours": _("Write hours between 8 and 20, like 8-12、14-17."),
    "bad_days": _("Write the closed days like 三、日、國定假日."),
    "bad_tax_id": _("This is no unified business number: 8 digits whose check is right."),
    "bad_number": _("Write a whole number."),
    "unknown_number": _("Nobody has this number. We give the numbers: leave it empty for somebody new."),
    "bad_characters": _("A character cannot be read. Type it again, or save the file as UTF-8."),
    "too_many_cells": _("There are more cells than columns."),
    "formula": _("This is a formula. Write its result."),
}


class Mistake(Exception):
    """A cell that cannot be understood; `code` is a key of SENTENCES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# --- from a cell to a fact -------------------------------------------------------------------------------------------
def text(most: int, *, is_needed: bool = False) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if is_needed and not cell:
            raise Mistake("empty")
        if len(cell) > most:
            raise Mistake("too_long")
        return cell

    return read


def word(words: dict[str, Any], usual: Any) -> Callable[[str], Any]:
    def read(cell: str) -> Any:
        if not cell:
            return usual
        if cell not in words:
            raise Mistake("bad_word")
        return words[cell]

    return read


def phones(cell: str) -> list[str]:
    """Every number of the cell as it was typed, once it is known to be one."""
    found = [part.strip() for part in re.split(r"[;；、\n]", cell) if part.strip()]
    try:
        for each in found:
            parse(each)
    except Refused:
        raise Mistake("bad_phone") from None
    return found


def phone(cell: str) -> list[str]:
    if not cell:
        raise Mistake("empty")
    return phones(cell)


def hours(cell: str) -> int:
    """`8-12、14-17` as the mask of twelve hours; empty is the whole day."""
    mask = 0
    for span in re.split(r"[,;；、\n]", cell):
        found = re.fullmatch(r"\s*(\d{1,2})(?::00)?\s*[-–~]\s*(\d{1,2})(?::00)?\s*", span)
        if not found:
            raise Mistake("bad_hours")
        start, end = int(found[1]), int(found[2])
        if not FIRST_HOUR <= start < end <= FIRST_HOUR + 12:
            raise Mistake("bad_hours")
        mask |= sum(1 << (hour - FIRST_HOUR) for hour in range(start, end))
    return mask


def closed(cell: str) -> dict[str, Any]:
    """`三、日、國定假日` as ISO weekdays and whether public holidays count."""
    days = [part.strip().removeprefix("週") for part in re.split(r"[,;；、\n]", cell) if part.strip()]
    if any(day != HOLIDAYS and day not in DAYS for day in days):
        raise Mistake("bad_days")
    weekdays = sorted(DAYS.index(day) + 1 for day in days if day != HOLIDAYS)
    return {"closed_weekdays": weekdays, "closed_on_holidays": HOLIDAYS in days}


def tax_id(cell: str) -> str:
    if cell and not is_tax_id(cell):
        raise Mistake("bad_tax_id")
    return cell


def amount(cell: str) -> int | None:
    digits = cell.replace(",", "")
    if digits and not (digits.isdecimal() and len(digits) < 10):
        raise Mistake("bad_number")
    return int(digits) if digits else None


# --- from a record to a cell -----------------------------------------------------------------------------------------
def said(words: dict[str, Any], value: Any) -> str:
    return next((spoken_word for spoken_word, each in words.items() if each == value), "")


@dataclass(frozen=True)
class Card:
    """A customer with what hangs on them, fetched once for all cells: the first address and phone are the main ones."""

    customer: Customer
    sites: list[Site]
    contacts: list[Contact]

    @classmethod
    def of(cls, customer: Customer) -> Card:
        return cls(customer, list(customer.sites.all()), list(customer.contacts.all()))


def own(read: Callable[[Customer], str | int]) -> Callable[[Card], str | int]:
    return lambda card: read(card.customer)


def of_site(read: Callable[[Site], str]) -> Callable[[Card], str]:
    return lambda card: read(card.sites[0]) if card.sites else ""


def limit_of(customer: Customer) -> str | int:
    return "" if customer.credit_limit_twd is None else customer.credit_limit_twd


def of_contact(read: Callable[[Contact], str]) -> Callable[[Card], str]:
    return lambda card: read(card.contacts[0]) if card.contacts else ""


def number_of(contact: Contact) -> str:
    return spoken(contact.phone) + (f"#{contact.extension}" if contact.extension else "")


def hours_of(site: Site) -> str:
    return "" if site.hours == ALL_HOURS else "、".join(f"{start}-{end}" for start, end in site.open_hours)


def closed_of(site: Site) -> str:
    days = [DAYS[day - 1] for day in site.closed_weekdays]
    return "、".join([*days, *([HOLIDAYS] if site.closed_on_holidays else [])])


@dataclass(frozen=True)
class Column:
    """One column: its header, how a card is written into it, and how a cell of it is read (None: never read)."""

    header: str
    key: str
    write: Callable[[Card], str | int]
    read: Callable[[str], Any] | None = None


COLUMNS = (
    Column("客戶編號", "number", own(lambda each: each.code), amount),
    Column("名稱", "name", own(lambda each: each.name), text(80, is_needed=True)),
    Column("類別", "kind", own(lambda each: said(KINDS, each.kind)), word(KINDS, "household")),
    Column("行業", "trade", own(lambda each: each.trade), text(20)),
    Column("電話", "phone", of_contact(number_of), phone),
    Column("聯絡人", "contact", of_contact(lambda contact: contact.name), text(60)),
    Column("其他電話", "phones", lambda card: JOINT.join(map(number_of, card.contacts[1:])), phones),
    Column("地址", "address", of_site(lambda site: site.address), text(200)),
    Column("區域", "area", of_site(lambda site: site.area.name), text(20)),
    Column("地址名稱", "label", of_site(lambda site: site.label), text(20)),
    Column("卸貨位置", "access_note", of_site(lambda site: site.access_note), text(200)),
    Column("司機備註", "driver_note", of_site(lambda site: site.driver_note), text(200)),
    Column("配送時段", "hours", of_site(hours_of), lambda cell: hours(cell) if cell else ALL_HOURS),
    Column("公休日", "closed", of_site(closed_of), closed),
    Column("車輛", "vehicle", of_site(lambda site: said(VEHICLES, site.vehicle)), word(VEHICLES, 0)),
    Column("結帳方式", "settlement", own(lambda each: said(SETTLEMENTS, each.settlement)), word(SETTLEMENTS, "cash")),
    Column("流量計價", "is_metered", own(lambda each: "V" if each.is_metered else ""), word(TICKS, False)),
    Column("發票抬頭", "invoice_title", own(lambda each: each.invoice_title), text(80)),
    Column("統一編號", "tax_id", own(lambda each: each.tax_id), tax_id),
    Column("信用額度", "credit_limit_twd", own(limit_of), amount),
    Column("語言", "language", own(lambda each: said(LANGUAGES, each.language)), word(LANGUAGES, "zh-hant")),
    Column("備註", "note", own(lambda each: each.note), text(1000)),
    Column("舊系統編號", "legacy_code", own(lambda each: each.legacy_code or ""), text(20)),
    Column("其他地址", "other_sites", lambda card: JOINT.join(f"{at.area.name} {at.address}" for at in card.sites[1:])),
    Column("階段", "stage", own(lambda each: each.stage)),
    Column("欠款", "balance", own(lambda each: each.balance_twd)),
    Column("押金", "deposits", own(lambda each: each.deposits_twd)),
    Column("停止原因", "stopped", own(lambda each: each.deactivated_reason)),
)
BY_HEADER = {column.header: column for column in COLUMNS}
NEEDED = ("名稱", "電話")
EXAMPLE = {
    "name": "範例麵店", "kind": "店家", "phone": "0900-000-000", "contact": "範例", "address": "臺東市範例路 1 號",
    "area": "瑞光", "hours": "8-12、14-17", "closed": "日、國定假日", "vehicle": "汽車", "settlement": "月結",
}  # fmt: skip
SIGNS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of a formula


def understood(cells: dict[str, str], areas: dict[str, str]) -> tuple[dict[str, Any], list[list[str]]]:
    """The facts of one line and its mistakes, each a header with a code. `areas` gives the code of a code or name."""
    facts: dict[str, Any] = {}
    mistakes: list[list[str]] = []
    for header, raw in cells.items():
        column = BY_HEADER[header]
        if column.read is None:
            continue
        try:
            facts[column.key] = column.read(plain(raw))
        except Mistake as mistake:
            mistakes.append([header, mistake.code])
    if area := facts.get("area"):
        facts["area"] = areas.get(area, "")
        mistakes += [] if facts["area"] else [["區域", "unknown_area"]]
    elif facts.get("address"):
        mistakes.append(["區域", "no_area"])
    return facts, mistakes


def plain(raw: str) -> str:
    """The cell half-width, without the apostrophe that our export puts before a sign; a formula is none of ours."""
    if not is_readable(raw):
        raise Mistake("bad_characters")
    cell = narrow(raw)
    if cell.startswith("="):
        raise Mistake("formula")
    return cell[1:] if cell[:1] == "'" and cell[1:2] in SIGNS else cell


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.startswith(SIGNS) else cell


def is_readable(raw: str) -> bool:
    """Whether every byte of the cell was a character that everybody knows: none broken, none of somebody's own."""
    return not any("\ud800" <= letter <= "\uf8ff" or letter in "\ufffd\x00" for letter in raw)


def kept(raw: str) -> str:
    """The cell as it is stored: bytes that are no character are written as `\\xA1`."""
    return "".join(f"\\x{ord(one) & 0xFF:02X}" if "\udc80" <= one <= "\udcff" or one == "\x00" else one for one in raw)
