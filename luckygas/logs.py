"""Logs carry a request id and no personal data: what slips into a line is taken out before it is written."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

HIDDEN = "…"
PHONE = re.compile(r"(?<![\w.-])(?:\+?886[- ]?|0)(?:9\d{2}|\d{1,2})[- ]?\d{3}[- ]?\d{3,4}(?![\w-])")
PRIVATE = (
    # PostgreSQL quotes whole rows and keys: `DETAIL:  Key (phone)=(+8869…) already exists.`
    (re.compile(r"(DETAIL|CONTEXT):.*"), rf"\1: {HIDDEN}"),
    # The link to follow an order is a secret of its own.
    (re.compile(r"/track/[^/\s\"']+"), f"/track/{HIDDEN}"),
    # What somebody searched for: names, numbers, addresses.
    (re.compile(r"(/[\w./-]*)\?\S*"), rf"\1?{HIDDEN}"),
    (PHONE, HIDDEN),
)


def without_private(text: str) -> str:
    """The text with phone numbers, searches, secrets in links and quoted rows taken out."""
    for pattern, replacement in PRIVATE:
        text = pattern.sub(replacement, text)
    return text


def keep_private(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last processor before a line is written: every text in it."""
    for key, value in event.items():
        event[key] = _clean(value)
    return event


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return without_private(value)
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(each) for each in value]
    return value if isinstance(value, (int, float, type(None))) else without_private(str(value))


def json_formatter() -> structlog.stdlib.ProcessorFormatter:
    """One JSON object a line, for our lines and for those of libraries."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            keep_private,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
        ],
    )
