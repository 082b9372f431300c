"""Signing in: by staff name or by mobile number, with limits that are counted before a password is hashed."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

EVERYBODY = "300/m/key"  # sign-ins over all addresses: 300 a minute keep two cores below a tenth of their time


def identity(typed: str) -> str:
    """The user name for what was typed: a phone number in any notation becomes E.164, a name stays."""
    from customers.phones import narrow, parse  # luckygas imports no app at load; numbers are the customers app's
    from luckygas.errors import Refused

    text = narrow(typed)
    try:
        return parse(text).e164 if any(character.isdigit() for character in text[:4]) else text.lower()
    except Refused:
        return text.lower()


class LoginForm(AllauthLoginForm):
    """One field for staff names and phone numbers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Phone number or staff name")

    def clean_login(self) -> str:
        return identity(super().clean_login())


class Adapter(DefaultAccountAdapter):
    """allauth's ways, with our limits. Self-registration goes through /signup/ and a code to the phone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if not ratelimit.consume(
            request, action="login_everybody", key="everybody", config={"login_everybody": EVERYBODY}
        ):
            raise ValidationError(_("Many people sign in right now. Try again in a minute."))
        super().pre_authenticate(request, **credentials)
