"""Rows on their way into the database by COPY: every trigger and constraint still sees each of them."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import GeneratedField, JSONField, Model
from django.db.models.fields import NOT_PROVIDED

TAIPEI = dt.timezone(dt.timedelta(hours=8))  # no summer time since 1979; a fixed offset is read much faster
BLOCK = 2_000


def dice(seed: int, topic: str) -> random.Random:
    """The same throws for the same seed and topic, whatever the other topics drew."""
    return random.Random(f"{seed}:{topic}")  # noqa: S311  (sample data, no secret)


def moment(day: dt.date, minutes: float) -> dt.datetime:
    """So many minutes after midnight in Taipei."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=TAIPEI) + dt.timedelta(minutes=minutes)


class Numbers:
    """Numbers taken from a sequence of the database in blocks, so that nobody who writes meanwhile gets one twice."""

    def __init__(self, sequence: str) -> None:
        self.sequence = sequence
        self._left: Iterator[int] = iter(())

    def next(self) -> int:
        number = next(self._left, None)
        if number is None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [self.sequence, BLOCK])
                self._left = iter([row[0] for row in cursor.fetchall()])
            number = next(self._left)
        return number


class Table:
    """Rows of one model: `columns` are given for each row, all others take the model's defaults."""

    def __init__(self, model: type[Model], *columns: str, at: dt.datetime, **same: Any) -> None:
        self.model = model
        self.rows: list[tuple[Any, ...]] = []
        self.written = 0
        self._constants: list[Any] = []
        self.columns = list(columns)
        for field in model._meta.concrete_fields:
            if isinstance(field, GeneratedField) or field.attname in columns:
                continue
            if field.attname not in same and (field.primary_key or field.db_default is not NOT_PROVIDED):
                raise ValueError(f"{model.__name__}.{field.attname} must be given")
            value = same[field.attname] if field.attname in same else self._default(field, at)
            self.columns.append(field.column or field.attname)
            value = json.dumps(value) if isinstance(field, JSONField) else field.get_db_prep_save(value, connection)
            self._constants.append(value)
        self._same = tuple(self._constants)

    @staticmethod
    def _default(field: Any, at: dt.datetime) -> Any:
        if getattr(field, "auto_now_add", False):
            return at
        return field.get_default()

    @classmethod
    def numbers(cls, model: type[Model]) -> Numbers:
        """The primary keys of a model."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_get_serial_sequence(%s, %s)", [f'"{model._meta.db_table}"', model._meta.pk.column]
            )
            return Numbers(cursor.fetchone()[0])

    def add(self, *values: Any) -> None:
        self.rows.append(values + self._same)

    def flush(self) -> None:
        """Send what has been added since the last time."""
        if not self.rows:
            return
        names = ", ".join(f'"{column}"' for column in self.columns)
        statement = f'COPY "{self.model._meta.db_table}" ({names}) FROM STDIN'
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in self.rows:
                copy.write_row(row)
        self.written += len(self.rows)
        self.rows.clear()
