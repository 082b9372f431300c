"""Signing in: by staff name or by mobile number, with limits that are counted before a password is hashed."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import ChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.views import LoginView
from allauth.core import ratelimit
from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.core import signing
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Q, Value
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from luckygas.errors import Refused
from luckygas.models import User
from luckygas.phones import narrow, parse

DEVICE_COOKIE = "device"
DEVICE_DAYS = 180
MOST_PEOPLE_A_DEVICE = 8  # the counter's computer


def identity(typed: str) -> str:
    """The user name for what was typed: a phone number in any notation becomes E.164, a name stays."""
    text = narrow(typed)
    try:
        return parse(text).e164 if any(character.isdigit() for character in text[:4]) else text.lower()
    except Refused:
        return text.lower()


class Backend(AuthenticationBackend):
    """allauth's, and a request's person comes with their roles in the same query."""

    def get_user(self, user_id: int) -> User | None:
        names = ArrayAgg("groups__name", filter=Q(groups__name__isnull=False), default=Value([]))
        person = User.objects.annotate(role_names=names).filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None


class LoginForm(AllauthLoginForm):
    """One field for staff names and phone numbers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Mobile number or staff name")
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean_login(self) -> str:
        return identity(super().clean_login())


class PasswordForm(ChangePasswordForm):
    """A new password, with the old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {"oldpassword": _("Password now"), "password1": _("New password"), "password2": _("Once more")}
        for name, word in words.items():
            self.fields[name].label = word
            self.fields[name].help_text = _("At least 10 characters.") if name == "password1" else ""
            self.fields[name].widget.attrs.pop("placeholder", None)


def is_loading() -> bool:
    """A demo's first minute: its people come with all other sample data, at once."""
    return settings.DEMO and not User.objects.exists()


class SignIn(LoginView):
    """The sign-in page; what was wrong answers 422, too many tries 429."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(**more) | {"is_loading": is_loading()}

    def form_invalid(self, form: LoginForm) -> HttpResponse:
        response = super().form_invalid(form)
        is_limited = form.has_error(NON_FIELD_ERRORS, code="too_many_login_attempts")
        response.status_code = 429 if is_limited else 422
        return response


sign_in = SignIn.as_view()


class Adapter(DefaultAccountAdapter):
    """allauth's ways, with our limits. Self-registration goes through /signup/ and a code to the phone.

    A stranger's tries are counted per address, per name and over everybody. A browser in which somebody signed in
    before counts for itself: who floods a name with wrong passwords keeps strangers out of it, never its owner.
    """

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("The number or name, or the password, is wrong."),
        "is_loading": _("The sample data is still being loaded. Try again in a minute."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, or make a new password with a code by SMS."),
        "enter_current_password": _("This is not your password."),
        "incorrect_code": _("This code is wrong. Codes change every 30 seconds."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if is_loading():
            raise self.validation_error("is_loading")
        name = str(credentials.get("username", ""))
        device = Device.of(request)
        if device.knows(name):
            self._login_failed_rl_usage = None
            is_allowed = ratelimit.consume(request, action="login_known", key=device.key(name))
        else:
            is_allowed = ratelimit.consume(request, action="login_everybody", key="everybody")
            if is_allowed:
                super().pre_authenticate(request, **credentials)
        if not is_allowed:
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Per name alone: the Host header, which a caller chooses, must not open a fresh count."""
        return str(credentials.get("username", "")).lower()

    def set_password(self, user: User, password: str) -> None:
        """Their own new password: the one from a manager has served."""
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])

    def post_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse:
        response = super().post_login(request, user, **how)
        remember_device(request, response, user)
        return response


class Device:
    """A browser in which people signed in: a random id and their fingerprints, signed, and nothing readable."""

    def __init__(self, number: str = "", people: tuple[str, ...] = ()) -> None:
        self.number, self.people = number or secrets.token_urlsafe(12), people

    @classmethod
    def of(cls, request: HttpRequest) -> Device:
        try:
            kept = signing.loads(
                request.COOKIES.get(DEVICE_COOKIE, ""), salt=DEVICE_COOKIE, max_age=DEVICE_DAYS * 24 * 3600
            )
            return cls(str(kept["id"]), tuple(kept["people"]))
        except (signing.BadSignature, KeyError, TypeError):
            return cls()

    @staticmethod
    def fingerprint(name: str) -> str:
        return salted_hmac(DEVICE_COOKIE, name.lower(), algorithm="sha256").hexdigest()[:16]

    def knows(self, name: str) -> bool:
        return self.fingerprint(name) in self.people

    def key(self, name: str) -> str:
        return f"{self.number}:{self.fingerprint(name)}"

    def dumps(self, name: str) -> str:
        """The cookie's value once this person signed in here too."""
        mine = self.fingerprint(name)
        people = [mine, *(other for other in self.people if other != mine)][:MOST_PEOPLE_A_DEVICE]
        return signing.dumps({"id": self.number, "people": people}, salt=DEVICE_COOKIE, compress=True)


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Note in this browser that `user` signed in here."""
    response.set_cookie(
        DEVICE_COOKIE,
        Device.of(request).dumps(user.username),
        max_age=DEVICE_DAYS * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
