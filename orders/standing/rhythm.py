"""On which days a standing order comes, and how that is said."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luckygas.templatetags.luckygas_format import WEEKDAYS_EN, WEEKDAYS_ZH, in_chinese, short_date

if TYPE_CHECKING:
    from orders.models.standing import StandingOrder

SAID_DAYS = 3  # of a list of days; the rest is counted


class Rhythm(models.TextChoices):
    WEEKLY = "weekly", gettext_lazy("on weekdays")
    EVERY = "every", gettext_lazy("every n days")
    MONTHLY = "monthly", gettext_lazy("monthly")
    CUSTOM = "custom", gettext_lazy("on these days")
    NONE = "none", gettext_lazy("only when asked for")


def names(standing: StandingOrder, day: dt.date) -> bool:
    """Whether a standing order's rhythm names this day; the 31st is the last day of a shorter month."""
    if day < standing.starts_on or (standing.ends_on and day > standing.ends_on):
        return False
    match standing.rhythm:
        case Rhythm.WEEKLY:
            return day.isoweekday() in standing.weekdays
        case Rhythm.EVERY:
            return (day - standing.starts_on).days % (standing.every_days or 1) == 0
        case Rhythm.MONTHLY:
            return day.day == min(standing.month_day or 1, calendar.monthrange(day.year, day.month)[1])
        case Rhythm.CUSTOM:
            return day in standing.dates
    return False


def words(standing: StandingOrder) -> str:
    """`每週一、三、五`, `every 10 days`, `monthly on day 31`."""
    match standing.rhythm:
        case Rhythm.WEEKLY:
            return _("every %(days)s") % {"days": say_weekdays(standing.weekdays)}
        case Rhythm.EVERY:
            count = standing.every_days or 1
            return _("every day") if count == 1 else _("every %(count)s days") % {"count": count}
        case Rhythm.MONTHLY:
            return _("monthly on day %(day)s") % {"day": standing.month_day}
        case Rhythm.CUSTOM:
            days = sorted(standing.dates)
            said = _(", ").join(short_date(day) for day in days[:SAID_DAYS])
            more = len(days) - SAID_DAYS
            return said if more <= 0 else _("%(days)s and %(more)s more") % {"days": said, "more": more}
    return str(Rhythm.NONE.label)


def say_weekdays(weekdays: list[int]) -> str:
    """`一、三、五`, `Mon, Wed, Fri`."""
    week = WEEKDAYS_ZH if in_chinese() else WEEKDAYS_EN
    return _(", ").join(week[day - 1] for day in sorted(weekdays))
