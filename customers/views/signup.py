"""Signing up and a new password: a phone number, a code, a password of one's own."""

from __future__ import annotations

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from customers import claims
from customers.forms.signup import CodeForm, SignupForm
from customers.models import PhoneCode
from luckygas.access import public
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import leave, show

CLAIM = "claim"  # the session's note between the two pages: no number stands in an address
SIGNUP, RECOVER = PhoneCode.Purpose.SIGNUP, PhoneCode.Purpose.RECOVER


@public
def signup(request: HttpRequest) -> HttpResponse:
    """A number on exactly one record gets a code; any other one a call from the office."""
    return _ask(request, purpose=SIGNUP, template="customers/signup.html")


@public
def recover(request: HttpRequest) -> HttpResponse:
    """A forgotten password: the same door, for who signs in already."""
    return _ask(request, purpose=RECOVER, template="customers/recover.html")


@public
def signup_code(request: HttpRequest) -> HttpResponse:
    return _prove(request, purpose=SIGNUP, template="customers/signup_code.html")


@public
def recover_code(request: HttpRequest) -> HttpResponse:
    return _prove(request, purpose=RECOVER, template="customers/recover_code.html")


def _ask(request: HttpRequest, *, purpose: str, template: str) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("home")
    form = SignupForm(request.POST or None)
    if request.method != "POST":
        return show(request, template, {"form": form})
    if not form.is_valid():
        return show(request, template, {"form": form}, status=422)
    phone = form.cleaned_data["phone"]
    if not _may_ask(request, phone.e164):
        return too_fast(request)
    claims.ask(phone, purpose=purpose)
    request.session[CLAIM] = {"phone": phone.e164, "purpose": purpose}
    return leave(request, reverse(f"customers:{purpose}_code"))


def _prove(request: HttpRequest, *, purpose: str, template: str) -> HttpResponse:
    claim = request.session.get(CLAIM) or {}
    if claim.get("purpose") != purpose:
        return redirect(f"customers:{purpose}")
    form = CodeForm(request.POST or None)
    context = {"form": form, "phone": claim["phone"]}
    if request.method != "POST":
        return show(request, template, context)
    if not ratelimit.consume(request, action="claim_code"):
        return too_fast(request)
    if form.is_valid():
        try:
            person = claims.prove(
                claim["phone"],
                purpose=purpose,
                digits=form.cleaned_data["code"],
                password=form.cleaned_data["password"],
            )
        except Refused as refused:
            refuse(form, refused)
        else:
            del request.session[CLAIM]
            return perform_login(request, person, redirect_url=reverse("home"))
    return show(request, template, context, status=422)


def _may_ask(request: HttpRequest, phone: str) -> bool:
    """Counted alike for numbers we know and others: per address, per number, and over everybody."""
    return (
        ratelimit.consume(request, action="claim")
        and ratelimit.consume(request, action="claim_phone", key=phone)
        and ratelimit.consume(request, action="claim_everybody", key="everybody")
    )


def too_fast(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "60"
    return response
