"""Who may: every URL is private unless it says `public`, and a view says which roles it serves."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from luckygas.models import RecordRead, User

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

public = login_not_required


def allow(*roles: str) -> Callable[[View], View]:
    """Only people with one of these roles; anybody else who is signed in gets 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not frozenset(roles) & request.user.roles:  # type: ignore[union-attr]
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def person(request: HttpRequest) -> User:
    """Who is signed in, behind `allow`: a person of ours and never a stranger."""
    return cast(User, request.user)


def note_read(request: HttpRequest, kind: str, *record_ids: int) -> None:
    """Write down that somebody of the staff looked at customers' records."""
    user: User = request.user  # type: ignore[assignment]
    page = (request.resolver_match.view_name if request.resolver_match else "")[:60]
    RecordRead.objects.bulk_create(
        RecordRead(user=user, kind=kind, record_id=record_id, page=page) for record_id in record_ids
    )
