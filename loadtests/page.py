"""Reading a page as a browser does: the form on it, with everything it would send."""

from __future__ import annotations

from html.parser import HTMLParser


class Form:
    """One form: where it goes and what it sends as it stands."""

    def __init__(self, action: str) -> None:
        self.action, self.fields, self.choices = action, {}, {}

    def filled(self, **values: str) -> dict[str, str]:
        """What is sent when a person types these; other fields keep what the page gave them."""
        return self.fields | values


class Page(HTMLParser):
    """All forms of a page, in its order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = self._textarea = ""
        self.feed(html)

    def form(self, having: str) -> Form | None:
        """The first form with a field of that name."""
        return next((form for form in self.forms if having in form.fields or having in form.choices), None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(said.get("action", ""))
            self.forms.append(self._form)
        elif self._form and tag == "input":
            self._input(self._form, said, is_checked="checked" in said)
        elif self._form and tag == "select":
            self._select = said.get("name", "")
        elif self._form and tag == "option" and self._select:
            self._form.choices.setdefault(self._select, []).append(said.get("value", ""))
            if "selected" in said or self._select not in self._form.fields:
                self._form.fields[self._select] = said.get("value", "")
        elif self._form and tag == "textarea":
            self._form.fields[said.get("name", "")] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""

    @staticmethod
    def _input(form: Form, said: dict[str, str], *, is_checked: bool) -> None:
        name, kind = said.get("name", ""), said.get("type", "text")
        if not name or kind in {"submit", "button", "file", "image"}:
            return
        if kind in {"radio", "checkbox"}:
            form.choices.setdefault(name, []).append(said.get("value", "on"))
            if is_checked:
                form.fields[name] = said.get("value", "on")
        else:
            form.fields[name] = said.get("value", "")
