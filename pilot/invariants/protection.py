"""The rules themselves: what the database was told to refuse, it still refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection, models

from pilot.invariants.rule import invariant

OURS = frozenset({"luckygas", "customers", "orders", "deliveries", "pilot"})


@invariant
def the_database_keeps_its_rules() -> list[tuple[Any, Any]]:
    """Every trigger that our tables name is there and on, and every constraint is there and valid."""
    return [*_triggers_off(), *_constraints_missing(), *_columns_that_may_repeat()]


def _triggers_off() -> Iterator[tuple[str, str]]:
    enabled = dict(_read("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal"))
    for model, trigger in pgtrigger.registered():
        if enabled.get(trigger.get_pgid(model)) != "O":
            yield model._meta.db_table, f"trigger {trigger.name} is off"


def _constraints_missing() -> Iterator[tuple[str, str]]:
    valid = dict(_read("SELECT conname, convalidated FROM pg_constraint"))
    valid |= dict(_read("SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"))
    for model in _ours():
        for rule in model._meta.constraints:
            if not valid.get(rule.name):
                yield model._meta.db_table, f"constraint {rule.name} is missing or not valid"


def _columns_that_may_repeat() -> Iterator[tuple[str, str]]:
    unique = set(
        _read("""
            SELECT t.relname, a.attname FROM pg_index i
            JOIN pg_class t ON t.oid = i.indrelid
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indisunique AND i.indisvalid AND i.indnatts = 1 AND i.indpred IS NULL
        """)
    )
    for model in _ours():
        for field in model._meta.local_fields:
            if field.unique and (model._meta.db_table, field.column) not in unique:
                yield model._meta.db_table, f"{field.column} may repeat"


def _ours() -> list[type[models.Model]]:
    tables = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    return [model for model in tables if model.__module__.split(".")[0] in OURS]


def _read(sql: str) -> list[tuple[Any, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
