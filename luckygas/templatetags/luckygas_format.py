"""Display formats only: how a number, a day, a phone or a cylinder is written on the screen."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext

from luckygas import phones
from luckygas.calendars import ROC, calendar, year_of

register = template.Library()

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SHOULDERS = ("50", "20", "16", "10", "4")  # classes that have a colour of their own; the rest is grey


def in_chinese() -> bool:
    return (get_language() or settings.LANGUAGE_CODE).startswith("zh")


def local_day(value: date | datetime) -> date:
    """The business day of a moment: Asia/Taipei, whatever the server's clock says."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


# --- numbers ------------------------------------------------------------------


@register.filter
def money(value: int | Decimal | None) -> str:
    """1640 → "1,640"; NT$ is put before it by the CSS class "money". Nothing for None."""
    return "" if value is None or value == "" else f"{int(value):,}"


@register.filter
def kg(value: Decimal | int | float | str | None) -> str:
    """Decimal("16.50") → "16.5 公斤"; kilograms, no trailing zeros."""
    if value is None or value == "":
        return ""
    number = f"{Decimal(str(value)):,.2f}".rstrip("0").rstrip(".")
    return gettext("%(number)s kg") % {"number": number}


def spoken_number(value: int) -> str:
    """2330 → 兩千三百三十, as one says it: 兩 before thousands and hundreds, 十 for ten to nineteen."""
    if value < 0:
        return "負" + spoken_number(-value)
    if value < 10:
        return "零一二三四五六七八九"[value]
    if value >= 10_000:
        head, rest = divmod(value, 10_000)
        spoken = ("兩" if head == 2 else spoken_number(head)) + "萬"
        if not rest:
            return spoken
        tail = spoken_number(rest)
        return spoken + ("零" if rest < 1000 else "") + ("一" if tail.startswith("十") else "") + tail
    spoken, gap = "", False
    for size, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, size)
        if digit == 0:
            gap = bool(spoken)
            continue
        if gap:
            spoken, gap = spoken + "零", False
        if digit == 2 and size >= 100:
            spoken += "兩" + word
        elif digit == 1 and size == 10 and not spoken:
            spoken += word
        else:
            spoken += "零一二三四五六七八九"[digit] + word
    return spoken


@register.filter
def spoken_money(value: int | None) -> str:
    """2330 → 兩千三百三十元, for reading an order back; digits in English."""
    if value is None or value == "":
        return ""
    if not in_chinese():
        return f"NT${int(value):,}"
    return ("兩" if value == 2 else spoken_number(int(value))) + "元"


# --- days and hours -----------------------------------------------------------


def year(day: date) -> str:
    """115 or 2026; in English ROC 115, where nobody expects it."""
    return f"ROC {year_of(day)}" if calendar() == ROC and not in_chinese() else str(year_of(day))


@register.filter
def roc_date(value: date | datetime | None) -> str:
    """A day with its year: 115/11/24（二）, 2026/11/24（二）; in English 24 Nov 2026 (Tue), 24 Nov ROC 115 (Tue)."""
    if not value:
        return ""
    day = local_day(value)
    if in_chinese():
        return f"{year(day)}/{day:%m/%d}（{WEEKDAYS_ZH[day.weekday()]}）"
    return f"{day.day} {MONTHS_EN[day.month - 1]} {year(day)} ({WEEKDAYS_EN[day.weekday()]})"


@register.filter
def short_date(value: date | datetime | None) -> str:
    """11/24（二）; in English 24 Nov (Tue)."""
    if not value:
        return ""
    day = local_day(value)
    if in_chinese():
        return f"{day:%m/%d}（{WEEKDAYS_ZH[day.weekday()]}）"
    return f"{day.day} {MONTHS_EN[day.month - 1]} ({WEEKDAYS_EN[day.weekday()]})"


@register.filter
def month_name(value: date | None) -> str:
    """115 年 11 月; in English November 2026."""
    if not value:
        return ""
    return f"{year(value)} 年 {value.month} 月" if in_chinese() else f"{value:%B} {year(value)}"


@register.filter
def stamp_date(value: date | datetime | None) -> str:
    """115.11.24, as on a rubber stamp, or 2026.11.24; in English 24.11.26 or 24.11.115."""
    if not value:
        return ""
    day = local_day(value)
    if in_chinese():
        return f"{year_of(day)}.{day:%m.%d}"
    return f"{day:%d.%m}.{year_of(day)}" if calendar() == ROC else f"{day:%d.%m.%y}"


@register.filter
def clock(value: datetime | Any) -> str:
    """HH:MM, 24 hours, in Asia/Taipei; also for a plain time of day."""
    if not value:
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value:%H:%M}"


# --- phones -------------------------------------------------------------------


@register.filter
def phone(value: str | None) -> str:
    """+886900000123 → 0900-000-123; what cannot be read stays as it was written."""
    if not value:
        return ""
    return phones.spoken(str(value))


@register.simple_tag
def call_us() -> SafeString:
    """The company's number as a link. From the settings, so that error pages without a context have it too."""
    return format_html(
        '<a class="keep" href="tel:{}">{}</a>', settings.COMPANY["phone_e164"], settings.COMPANY["phone"]
    )


# --- drawings -----------------------------------------------------------------


@register.simple_tag
@cache
def symbol(name: str) -> SafeString:
    """A drawing from the sprite without a class: mark, cyl, cyl-tall, cyl-propane, cyl-empty."""
    return format_html('<svg aria-hidden="true"><use href="{}#{}"/></svg>', static("img/icons.svg"), name)


@register.simple_tag
@lru_cache(
    1000, typed=True
)  # a board has hundreds, and where the sprite lies stays the same as long as the process lives
def icon(name: str, label: str = "") -> SafeString:
    """An icon beside its word; with a label only where it stands alone (phone, minus, plus)."""
    href = f"{static('img/icons.svg')}#i-{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', href)


@register.filter
def load_class(product: Any) -> str:
    """The data-class of a cylinder: its shoulder's size, propane, metered or branded (幸福丸 is never a 4 kg).

    A product says so itself (`family`, `size`); a plain "20", "propane" or "empty" stands for itself.
    """
    family = getattr(product, "family", "")
    if family in ("propane", "metered", "branded"):
        return str(family)
    size = load_size(product)
    return size if size in (*SHOULDERS, "propane", "branded", "empty") else "metered"


@register.filter
def load_size(product: Any) -> str:
    """The number painted on a cylinder: its kilograms."""
    return str(getattr(product, "size", product))


@register.filter
def load_name(product: Any) -> str:
    """What a chip calls it: 20, 營20, 流量20, a brand by its name, 空."""
    look, size = load_class(product), load_size(product)
    if look == "branded" and size != look:
        return str(product)
    if look == size == "empty":
        return pgettext("cylinder", "empty")
    if look == "propane":
        return pgettext("propane, before a size", "P") + ("" if size == look else size)
    if look == "metered":
        return pgettext("metered gas, before a size", "M") + ("" if size == look else size)
    return size


@register.inclusion_tag("components/cyl.html")
def cyl(product: Any, *, empty: bool = False, size: str = "", text: str = "") -> dict[str, Any]:
    """The drawing of one cylinder with its number; empty is dashed, size="s" is small, text replaces the number."""
    look = load_class(product)
    return {
        "look": look,
        "drawing": "cyl-empty" if empty else "cyl-propane" if look == "propane" else "cyl",
        "text": text or load_size(product),
        "size": size,
    }


@register.inclusion_tag("components/load.html")
def load_of(product: Any, count: int | str = "", *, empty: bool = False) -> dict[str, Any]:
    """Cylinders in running text: 20×2, 營20×2, 好運16×1; empty=True is dashed."""
    return {"look": "empty" if empty else load_class(product), "name": load_name(product), "count": count}


@register.simple_tag
def chips(loads: Iterable[tuple[str, str, str]]) -> SafeString:
    """What load_of writes, for many at once: look, name and count of each. A board has hundreds."""
    return format_html_join(" ", '<span class="load" data-class="{}">{}×{}</span>', loads)


@register.simple_tag
def plates(states: Iterable[tuple[str, str]]) -> SafeString:
    """What components/plate.html writes, for many at once: state and words of each."""
    return format_html_join(" ", '<span class="plate" data-state="{}">{}</span>', states)
