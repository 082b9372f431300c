"""Asking for a code, and answering with it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from luckygas.errors import Refused
from luckygas.phones import Phone, digits_of, parse


class SignupForm(forms.Form):
    """A phone number as people write it; `cleaned_data["phone"]` is a Phone."""

    phone = forms.CharField(
        label=_("Your phone number"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )

    def clean_phone(self) -> Phone:
        try:
            return parse(self.cleaned_data["phone"])
        except Refused as refused:
            raise forms.ValidationError(str(refused.sentence)) from None


class CodeForm(forms.Form):
    """The six digits from the SMS and the password to use from now on."""

    code = forms.CharField(
        label=_("Code from the SMS"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 10 characters."),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Once more"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_code(self) -> str:
        digits = digits_of(self.cleaned_data["code"])
        if len(digits) != 6:
            raise forms.ValidationError(_("The code has six digits."))
        return digits

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two passwords differ."))
        return data
