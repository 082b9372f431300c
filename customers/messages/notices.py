"""The one table that says which event tells the customer, and in which words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Notice:
    """The words of one announcement; `%(name)s` places are filled by who announces."""

    text: str | Promise


NOTICES: dict[str, Notice] = {
    "confirmed": Notice(_("Lucky Gas: order %(number)s is confirmed, %(promise)s. %(track)s")),
    "held": Notice(_("Lucky Gas: we will call you about order %(number)s before it goes out.")),
    "out": Notice(
        _("Lucky Gas: order %(number)s is on the truck, %(promise)s. Please have the empties ready. %(track)s")
    ),
    "delivered": Notice(_("Lucky Gas: order %(number)s was delivered. Thank you.")),
    "failed": Notice(_("Lucky Gas: we could not deliver order %(number)s. We will call you for another time.")),
    "cancelled": Notice(_("Lucky Gas: order %(number)s is cancelled.")),
    "declined": Notice(_("Lucky Gas: we cannot bring order %(number)s on account. Please call us.")),
    "suspended": Notice(_("Lucky Gas: no deliveries %(span)s, %(reason)s. %(orders)s Questions: %(phone)s.")),
    "resumed": Notice(_("Lucky Gas: we do deliver %(span)s (%(reason)s is off). %(orders)s Questions: %(phone)s.")),
    "prices": Notice(_("Lucky Gas: new prices from %(day)s: %(prices)s. Questions: %(phone)s.")),
    "code": Notice(_("Lucky Gas: your code is %(code)s. It is good for 10 minutes. Tell it to nobody.")),
    "page": Notice(_("Lucky Gas: LEAK reported %(at)s, %(who)s, %(place)s. Go there and call the office: %(phone)s.")),
    "call_back": Notice(_("Call back: someone asked for web access with a number that needs a check by phone.")),
}
