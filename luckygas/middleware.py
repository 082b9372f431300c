"""What happens to every request: probes first, a database that is down, and the doors of signing in."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _

from luckygas import calendars, health
from luckygas.api import ROOT as API
from luckygas.api import refusal
from luckygas.http import leave, stands_on, wants_part
from luckygas.models import STAFF

GetResponse = Callable[[HttpRequest], HttpResponse]


class ProbeMiddleware:
    """Answers /health/live before anything else runs: the process is alive even when nothing else is."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/health/live":
            return health.live(request)
        return self.get_response(request)


class DatabaseDownMiddleware:
    """PostgreSQL is away: a friendly 503 that says what to do, and what was typed stays in the browser.

    A view's trouble comes here; trouble of another middleware (the session, the user) comes to `views.server_error`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, (OperationalError, InterfaceError)):
            return health.database_down(request, exception)
        return None


class WordsMiddleware:
    """An answer without a word, such as 405 to who opens the address of a form, is a white page: it gets its words."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content or wants_part(request) or not request.accepts("text/html"):
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page


class CalendarMiddleware:
    """Years as this browser's person counts them, for as long as its request lasts and for nobody else's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with calendars.counting_in(request.COOKIES.get(calendars.COOKIE, "")):
            return self.get_response(request)


class SignInMiddleware(LoginRequiredMiddleware):
    """Private by default. An expired sign-in answers htmx so that it goes to the sign-in page, and staff meet the
    doors that stand before their work: a new password after a reset, and the second factor where it is required."""

    DOORS = ("account_change_password", "account_logout", "account_reauthenticate", "set_language")

    def process_view(self, request: HttpRequest, view_func, view_args, view_kwargs):  # noqa: ANN001, ANN201
        if not request.user.is_authenticated:
            return super().process_view(request, view_func, view_args, view_kwargs)
        name = request.resolver_match.view_name if request.resolver_match else ""
        is_public = not getattr(view_func, "login_required", True) and not name.startswith("admin:")
        if name in self.DOORS or name.startswith("mfa_") or is_public:  # the admin calls its views public
            return None
        if request.user.must_change_password:
            return self._lead(request, "account_change_password")
        if settings.SECOND_FACTOR_REQUIRED and request.user.roles & STAFF and not self._has_second_factor(request):
            return self._lead(request, "mfa_activate_totp")
        return None

    def handle_no_permission(self, request: HttpRequest, view_func):  # noqa: ANN001, ANN201
        """To the sign-in page, and from there back to the page the person looked at, which is no address of a form."""
        if request.path.startswith(API):
            return refusal(401, "sign_in", _("Sign in first."))
        name = self.get_redirect_field_name(view_func)
        response = redirect_to_login(stands_on(request), self.get_login_url(view_func), name)
        return leave(request, response["Location"], status=302)

    @staticmethod
    def _lead(request: HttpRequest, door: str) -> HttpResponse:
        """To a door that stands before the work; a machine is told that a person has to go there."""
        if request.path.startswith(API):
            return refusal(403, door, _("Sign in with a browser first, and finish what it asks for."))
        return leave(request, resolve_url(door))

    @staticmethod
    def _has_second_factor(request: HttpRequest) -> bool:
        from allauth.mfa.utils import is_mfa_enabled

        return is_mfa_enabled(request.user)
