"""The machine's door, /api/v1/: people's own sign-in with CSRF for now, and every answer in one shape.

A refusal is `{code, detail, fields}`: a stable word, a sentence in the asker's language, and sentences by field.
`luckygas/urls.py` adds each app's routes. There is no page of documentation: /api/v1/openapi.json says it all.
"""

from collections.abc import Mapping, Sequence

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.renderers import JSONRenderer
from ninja.security import SessionAuth

from luckygas.errors import Refused
from luckygas.http import wait
from luckygas.models import User

ROOT = "/api/"
Fields = Mapping[str, Sequence[str | Promise]]

MISTAKES = {  # what pydantic finds wrong, by the beginning of its word for it
    "missing": gettext_lazy("This is missing."),
    "int": gettext_lazy("Write a whole number."),
    "date": gettext_lazy("Write a day like 2026-11-29."),
    "uuid": gettext_lazy("Write a UUID, a new one for each deed."),
    "string": gettext_lazy("Write text, and not too long."),
    "bool": gettext_lazy("Write true or false."),
    "list": gettext_lazy("Write a list."),
    "extra_forbidden": gettext_lazy("There is no field of this name."),
    "json": gettext_lazy("This is no JSON."),
}


class Mistaken(Exception):
    """What was sent has mistakes, said by field."""

    def __init__(self, fields: Fields) -> None:
        super().__init__()
        self.fields = fields

    @classmethod
    def of(cls, form: BaseForm) -> "Mistaken":
        return cls({name.replace("__all__", ""): [str(each) for each in said] for name, said in form.errors.items()})


class Paused(Exception):
    """No new orders are taken now."""


class People(SessionAuth):
    """Signed in, with one of these roles; asked before the body is read, so that nobody learns from its mistakes."""

    def __init__(self, *roles: str) -> None:
        super().__init__()
        self.roles = frozenset(roles)

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        user = super().authenticate(request, key)
        if user is not None and not self.roles & user.roles:
            raise PermissionDenied
        return user


class Plain(JSONRenderer):
    """Chinese as it is written, and not as escapes."""

    json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title="Lucky Gas",
    version="1",
    description="Sign in with a person's session; send the CSRF token as X-CSRFToken. "
    "Repeat a write with the same operation_id: it is done once.",
    urls_namespace="api",
    auth=SessionAuth(),
    docs_url=None,
    renderer=Plain(),
)


def refusal(status: int, code: str, detail: str | Promise, fields: Fields | None = None) -> HttpResponse:
    """The one shape of a refusal."""
    body = {"code": code, "detail": str(detail)}
    if fields:
        body["fields"] = {name: [str(each) for each in said] for name, said in fields.items()}  # type: ignore[assignment]
    answer = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer


@api.exception_handler(Refused)
def on_refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    fields = {"items" if refused.field.startswith("quantity_") else refused.field: [refused.sentence]}
    return refusal(422, refused.code, refused.sentence, fields if refused.field else None)


@api.exception_handler(Mistaken)
def on_mistaken(request: HttpRequest, mistaken: Mistaken) -> HttpResponse:
    return refusal(422, "invalid", _("Something of this is wrong; nothing was changed."), mistaken.fields)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, invalid: ValidationError) -> HttpResponse:
    fields: dict[str, list[str | Promise]] = {}
    for error in invalid.errors:
        named = [str(part) for part in error["loc"][2:]] or [str(error["loc"][-1])]
        sentence = next((said for kind, said in MISTAKES.items() if error["type"].startswith(kind)), None)
        fields.setdefault(".".join(named), []).append(sentence or _("This value is not possible."))
    return on_mistaken(request, Mistaken(fields))


@api.exception_handler(Paused)
def on_paused(request: HttpRequest, paused: Paused) -> HttpResponse:
    return wait(refusal(503, "paused", _("New orders are paused. Ask again later.")))


@api.exception_handler(Http404)
def on_absent(request: HttpRequest, absent: Http404) -> HttpResponse:
    return refusal(404, "not_found", _("There is nothing like that."))


@api.exception_handler(PermissionDenied)
def on_denied(request: HttpRequest, denied: PermissionDenied) -> HttpResponse:
    return refusal(403, "forbidden", _("Your role may not do this."))


@api.exception_handler(HttpError)
def on_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 400:
        return refusal(422, "invalid", _("This is no JSON."))
    if error.status_code == 403:
        return refusal(403, "csrf", _("The CSRF token is missing or wrong."))
    return refusal(error.status_code, "refused", str(error))
