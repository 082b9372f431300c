"""The whole htmx contract: show() answers a read or a mistake, done() a write, leave() sends somewhere else, wait()
says that nothing is taken now.

The server names the part (`template.html#part`), never the client. Each page works without JavaScript, so every
function here has two answers: a page or a redirect for a plain browser, a part or `HX-Redirect` for htmx.
"""

import json
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.functional import Promise

from luckygas.metrics import PAUSES_ANSWERED

Words = str | Promise
RETRY_SECONDS = "300"  # how soon a machine may ask again while orders are paused


def wants_part(request: HttpRequest) -> bool:
    """Did htmx ask for a piece? Going back in history and boosted links want the whole page."""
    htmx = getattr(request, "htmx", None)
    return bool(htmx and not htmx.boosted and not htmx.history_restore_request)


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    part: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; for htmx only its part. Invalid input is `show(…, part="form", status=422)`."""
    if part and wants_part(request):
        response = HttpResponse(part_of(request, template, part, context), status=status)
    else:
        response = render(request, template, context, status=status)
    return keep_private(request, response)


def done(
    request: HttpRequest,
    url: str,
    *,
    changed: Words | None = None,
    message: Words | None = None,
    template: str | None = None,
    part: str | None = None,
    context: dict[str, Any] | None = None,
    target: str | None = None,
) -> HttpResponse:
    """After a write. A plain browser goes to `url` (303); htmx gets the part read again, or goes to `url` too.

    `changed` ("order 17") rings on the page: parts with data-hx-trigger="changed-order from:body" fetch themselves
    again. `message` is said once, on this page or the next. `target` (a CSS selector) puts the part somewhere else
    than the form, as a dialog needs; every `done` also rings, which closes the dialog.
    """
    if message:
        messages.success(request, str(message))
    if not (template and part and wants_part(request)):
        return leave(request, url)
    response = HttpResponse(part_of(request, template, part, context))
    response["HX-Trigger-After-Swap"] = json.dumps({"done": {}} | bells(changed))
    if target:
        response["HX-Retarget"], response["HX-Reswap"] = target, "outerHTML"
    return keep_private(request, response)


def leave(request: HttpRequest, url: str, *, status: int = 303) -> HttpResponse:
    """Go somewhere else: a redirect, or for htmx `HX-Redirect`, since the browser would follow a 303 unseen."""
    if getattr(request, "htmx", None):
        response = HttpResponse(status=204, headers={"HX-Redirect": url})
    else:
        response = HttpResponseRedirect(url)
        response.status_code = status
    return keep_private(request, response)


def wait(response: HttpResponse) -> HttpResponse:
    """503 on purpose: a switch was pulled. It says when to ask again, and whoever measures errors counts it as none."""
    response.status_code, response["Retry-After"] = 503, RETRY_SECONDS
    response.is_paused = True  # type: ignore[attr-defined]
    PAUSES_ANSWERED.inc()
    return response


def stands_on(request: HttpRequest) -> str:
    """The page a person looks at: htmx and forms ask other addresses from there, some of which take no GET."""
    if request.method in {"GET", "HEAD"} and not wants_part(request):
        return request.get_full_path()
    htmx = getattr(request, "htmx", None)
    if htmx and htmx.current_url_abs_path:
        return str(htmx.current_url_abs_path)
    page = urlsplit(request.headers.get("referer", ""))
    if page.netloc == request.get_host() and page.path.startswith("/"):
        return urlunsplit(("", "", page.path, page.query, ""))
    return request.get_full_path() if request.method == "GET" else "/"


def bells(changed: Words | None) -> dict[str, Any]:
    """The events that "order 17" rings: `changed`, and `changed-order` with the same detail."""
    if not changed:
        return {}
    detail = {"what": str(changed)}
    return {"changed": detail, f"changed-{str(changed).split(' ')[0]}": detail}


def part_of(request: HttpRequest, template: str, part: str, context: dict[str, Any] | None) -> str:
    """A named partial, followed by what is waiting to be said, swapped into the page's own region."""
    html = render_to_string(f"{template}#{part}", context, request)
    if messages.get_messages(request):
        html += render_to_string("components/told.html", {"late": True}, request)
    return html


def keep_private(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A part must never come out of a cache as a page, nor a signed-in page after signing out."""
    patch_vary_headers(response, ["HX-Request"])
    if getattr(request, "user", None) and request.user.is_authenticated:
        add_never_cache_headers(response)
        response["Cache-Control"] = "no-store"
    return response
