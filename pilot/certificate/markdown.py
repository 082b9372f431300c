"""The certificate as Markdown: the same facts, for a repository, a chat or an e-mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from luckygas.said import spoken


def markdown(facts: dict[str, Any]) -> str:
    """In the reader's language."""
    return "\n".join(_lines(spoken(facts))) + "\n"


def _lines(paper: dict[str, Any]) -> Iterator[str]:
    counts, review = paper["counts"], paper["review"]
    yield f"# {_('Pilot certificate')}: {paper['verdict']}"
    yield ""
    if paper["number"]:
        yield f"- {pgettext('paper', 'Number')}: {_('Certificate no. %(number)s') % paper}, {paper['issued_by']}"
    else:
        yield f"- {_('Not issued: what is true now.')}"
    yield f"- {pgettext('paper', 'Date')}: {_moment(paper['seen_at'])}"
    clean = "" if paper["is_clean"] else f" ({_('with changes that no revision has')})"
    yield f"- {pgettext('git', 'Revision')}: `{paper['revision'] or '–'}`{clean}"
    yield f"- {_('Requirements')}: " + ", ".join(
        f"{state} {count}" for state, count in counts.items() if state != "all"
    )
    yield f"- {_('Digest')}: sha256 `{paper['digest']}`, {', '.join(paper['evidence']) or '–'}"
    yield from _section(
        pgettext("certificate", "Why not") if paper["findings"] else _("Nothing speaks against it."),
        (_("State"), _("What"), _("Why"), _("Risk"), _("Evidence")),
        (
            (each["state"], each["what"], each["why"] or ", ".join(each["parts"]), each["risk"], each["evidence"])
            for each in paper["findings"]
        ),
    )
    yield from _section(
        _("Tests by kind"),
        (_("Suite"), _("passed / all"), _("When"), pgettext("git", "Revision"), _("State"), _("Evidence")),
        ((each["label"], _count(each), _moment(each["run_at"]), each["revision"][:8], each["state"], each["evidence"])
         for each in paper["suites"]),
    )  # fmt: skip
    yield from _section(
        _("Parts, asked just now"),
        (_("Part"), _("State"), _("Why")),
        ((each["label"], each["state"], each["why"]) for each in paper["components"]),
    )
    yield from _section(
        _("Minimum requirements"),
        (_("Requirement"), _("Wanted"), _("State"), _("Why"), _("Evidence")),
        (
            (_full(each), ", ".join(each["limits"]), each["state"], each["why"], each["evidence"])
            for each in paper["requirements"]
        ),
    )
    yield from _section(
        _("Waivers"),
        (_("Requirement"), _("Why"), _("Asked"), _("Agreed"), _("Until")),
        (
            (_full(each), each["reason"], each["asked_by"], each["agreed_by"], each["until_on"])
            for each in paper["waivers"]
        ),
    )
    yield ""
    yield f"## {_('Next review')}"
    yield ""
    yield f"{_moment(review['next_at'])}; {review['escalates_on']}: {review['escalates_to'] or _('the owner decides')}"


def _section(title: str, head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    found = list(rows)
    yield from ("", f"## {title}", "")
    if found:
        yield _row(head)
        yield _row("---" for _column in head)
        yield from map(_row, found)
    else:
        yield "–"


def _row(cells: Iterable[Any]) -> str:
    """A cell may hold what people typed: no line breaks, and no bars that would end it."""
    return "| " + " | ".join(" ".join(str(cell or "").replace("|", "\\|").split()) for cell in cells) + " |"


def _count(suite: dict[str, Any]) -> str:
    return "–" if suite["total"] is None else f"{suite['passed']} / {suite['total']}"


def _full(requirement: dict[str, Any]) -> str:
    return ": ".join(part for part in (requirement["group"], requirement["label"]) if part)


def _moment(at: dt.datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "–"
