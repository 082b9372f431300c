"""What every form that a person can repeat has: an operation id, and a place for a refusal."""

import uuid
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from luckygas.errors import Refused

gettext_noop("- Select an option -")  # Django's own word for "nothing chosen", which 6.1 does not say in Chinese


class OperationIdField(forms.UUIDField):
    """The hidden id of one deed: made with the page, the same when it is sent again."""

    def __init__(self, **kwargs: Any) -> None:
        broken = _("Something of this page is missing. Open this page again.")
        errors = {"required": broken, "invalid": broken}
        widget = forms.HiddenInput(attrs={"id": False})  # no id: a page may have several such forms
        usual: dict[str, Any] = {"widget": widget, "initial": uuid.uuid4, "error_messages": errors}
        super().__init__(**usual | kwargs)


class DayInput(forms.DateInput):
    """The browser's own calendar; it reads days as 2026-11-24 in every language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class CountInput(forms.TextInput):
    """A count that is typed. Written without a template, which costs more than all the rest: a desk has two dozen."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "input", "inputmode": "numeric", "autocomplete": "off"} | (attrs or {}))

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        shown = "" if widget["value"] is None else format_html(' value="{}"', widget["value"])
        return format_html('<input type="text" name="{}"{}{}>', name, shown, flatatt(widget["attrs"]))


def refuse(form: forms.BaseForm, refused: Refused) -> None:
    """Say a verb's refusal at the field it is about, or on top of the form."""
    form.add_error(refused.field if refused.field in form.fields else None, str(refused.sentence))
