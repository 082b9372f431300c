"""What every table shares: locking a row, and the rules that PostgreSQL keeps when the code is wrong."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any, Self

import pgtrigger
from django.db import models

CAUSES = uuid.UUID("6f1f0a52-8f0e-4f38-9d0c-1c1f0f5d7a10")  # name space of ids derived from a cause


class Record(models.Model):
    """A row that a verb changes: it can be locked and read again in one query."""

    class Meta:
        abstract = True

    def lock(self) -> Self:
        """Lock this row until the transaction ends and read it again. Order: customer, order, route, stop."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update(no_key=True))
        return self


def digest(body: Mapping[str, Any]) -> str:
    """The fingerprint of a request's body: same id and same digest is a repeat, another digest is refused."""
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def derived_id(*parts: object) -> uuid.UUID:
    """The same id for the same cause, for ever: what makes a repeated effect harmless."""
    return uuid.uuid5(CAUSES, ":".join(str(part) for part in parts))


def raise_check(message: str) -> str:
    """SQL that refuses the row with SQLSTATE 23514, which Django shows as IntegrityError."""
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation';"


class AppendOnly(pgtrigger.Trigger):
    """Rows may be added and never changed or removed; a mistake is corrected by another row."""

    name = "append_only"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete

    def get_func(self, model: Any) -> str:
        return raise_check(f"{model._meta.db_table} is append-only")


class Moves(pgtrigger.Trigger):
    """A state field follows its table of moves, also when somebody writes SQL by hand."""

    when = pgtrigger.Before
    operation = pgtrigger.Update

    def __init__(self, *, name: str, field: str, moves: Mapping[str, tuple[str, ...]]) -> None:
        self.field, self.moves = field, moves
        super().__init__(name=name)

    def get_func(self, model: Any) -> str:
        allowed = " OR ".join(
            f"(OLD.{self.field} = '{start}' AND NEW.{self.field} IN ({', '.join(repr(str(end)) for end in ends)}))"
            for start, ends in self.moves.items()
            if ends
        )
        return f"""
            IF OLD.{self.field} IS DISTINCT FROM NEW.{self.field} AND NOT ({allowed}) THEN
                {raise_check(f"{model._meta.db_table}.{self.field} does not move that way")}
            END IF;
            RETURN NEW;
        """


class Frozen(pgtrigger.Trigger):
    """These columns are written once, when the row is made."""

    name = "frozen"
    when = pgtrigger.Before
    operation = pgtrigger.Update

    def __init__(self, *columns: str) -> None:
        self.columns = columns
        super().__init__()

    def get_func(self, model: Any) -> str:
        changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in self.columns)
        return f"""
            IF {changed} THEN
                {raise_check(f"{model._meta.db_table}: {', '.join(self.columns)} never change")}
            END IF;
            RETURN NEW;
        """


class SumsToZero(pgtrigger.Trigger):
    """At commit the legs of one transfer sum to zero."""

    name = "sums_to_zero"
    when = pgtrigger.After
    operation = pgtrigger.Insert
    timing = pgtrigger.Deferred

    def get_func(self, model: Any) -> str:
        return f"""
            IF (SELECT sum(amount_twd) FROM {model._meta.db_table} WHERE transfer = NEW.transfer) <> 0 THEN
                {raise_check("the legs of a transfer must sum to zero")}
            END IF;
            RETURN NULL;
        """  # noqa: S608  (no input reaches it: it becomes a trigger in a migration)
