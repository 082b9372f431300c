"""Files of customers that the office brings: read line by line, shown, and put on the record by one key, once."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.customer import Customer
from luckygas import live
from luckygas.db import Moves, Record
from luckygas.doorbell import ring
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import SaidField, Words


class ImportState(models.TextChoices):
    READING = "reading", pgettext_lazy("import", "being checked")
    READ = "read", _("checked")
    REFUSED = "refused", _("cannot be read")
    RUNNING = "running", _("being put on the record")
    DONE = "done", _("on the record")
    DISCARDED = "discarded", _("thrown away")


IMPORT_MOVES: dict[str, tuple[str, ...]] = {
    ImportState.READING: (ImportState.READ, ImportState.REFUSED),
    ImportState.READ: (ImportState.RUNNING, ImportState.DISCARDED),
    ImportState.REFUSED: (ImportState.DISCARDED,),
    ImportState.RUNNING: (ImportState.DONE,),
    ImportState.DONE: (),
    ImportState.DISCARDED: (),
}
AT_WORK = (ImportState.READING, ImportState.RUNNING)
UNIQUE = {"number", "legacy_code"}  # what no two records may share
COUNTS = (ImportState.READING, ImportState.READ, ImportState.RUNNING, ImportState.DONE)


class Import(Record):
    """A file of customers. A worker reads it, a person looks at what it found, and a worker puts it on the record."""

    State = ImportState

    operation_id = models.UUIDField(unique=True)
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    content = models.BinaryField(help_text="empty once nobody needs it any more")
    state = models.CharField(max_length=9, choices=ImportState, default=ImportState.READING)
    refusal = SaidField(blank=True, default=str)
    lines_read = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    worked_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["digest"], condition=Q(state__in=COUNTS), name="a_file_is_imported_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["running", "done"]) | Q(started_by__isnull=False),
                name="somebody_started_an_import",
            ),
        ]
        triggers = [Moves(name="state_moves", field="state", moves=IMPORT_MOVES)]

    def __str__(self) -> str:
        return self.name

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @classmethod
    @transaction.atomic
    def bring(cls, *, operation_id: uuid.UUID, name: str, content: bytes, by: User) -> Import:
        """Take a file to be read by a worker, once per `operation_id`; one that is here already is refused."""
        if known := cls.objects.filter(operation_id=operation_id).first():
            return known
        fingerprint = hashlib.sha256(content).hexdigest()
        if known := cls.objects.filter(digest=fingerprint, state__in=COUNTS).first():
            raise Refused(
                _("%(who)s brought this file on %(day)s. It stands in the list below.")
                % {"who": known.by, "day": timezone.localtime(known.at).strftime("%Y-%m-%d")},
                field="file",
                code="twice",
            )
        return cls.objects.create(
            operation_id=operation_id, name=name[:120], digest=fingerprint, content=content, by=by
        ).ring()

    @transaction.atomic
    def start(self, *, by: User) -> None:
        """Put on the record what was shown: the right lines, and the doubles that somebody wants all the same."""
        self.lock()
        if self.state in {ImportState.RUNNING, ImportState.DONE}:
            return  # pressed twice
        self._move(ImportState.RUNNING, started_by=by)
        self.ring()

    @transaction.atomic
    def discard(self, *, by: User) -> None:
        """Nobody wants it: the lines and the file are forgotten, nothing was put on the record."""
        self.lock()
        self._move(ImportState.DISCARDED, content=b"")
        self.rows.all().delete()

    @transaction.atomic
    def refuse(self, sentence: Words) -> None:
        """It cannot be read at all."""
        self.lock()
        if self.state == ImportState.READING:
            self._move(ImportState.REFUSED, refusal=sentence, content=b"")

    def finish_reading(self) -> None:
        """Every line is checked. The row is locked by who calls."""
        self._move(ImportState.READ, content=b"")

    def finish(self) -> None:
        """Every wanted line is on the record. The row is locked by who calls."""
        self._move(ImportState.DONE, done_at=timezone.now())

    def _move(self, state: ImportState, **fields: Any) -> None:
        if state not in IMPORT_MOVES[self.state]:
            raise Refused(
                _("This import is %(state)s; that is not possible now.") % {"state": self.get_state_display()},
                code="illegal_move",
            )
        for name, value in (fields | {"state": state, "worked_at": timezone.now()}).items():
            setattr(self, name, value)
        self.save(update_fields=["state", "worked_at", *fields])
        live.changed("import", self.pk)

    def ring(self) -> Import:
        """Tell a worker, once the transaction commits."""
        from customers.tasks import work_on_import

        ring(work_on_import, self.pk)
        return self


class RowState(models.TextChoices):
    RIGHT = "right", _("right")
    DOUBLE = "double", _("perhaps on the record already")
    WRONG = "wrong", _("wrong")
    DONE = "done", _("on the record")
    LEFT = "left", _("left out")


ROW_MOVES: dict[str, tuple[str, ...]] = {
    RowState.RIGHT: (RowState.DOUBLE, RowState.WRONG, RowState.DONE, RowState.LEFT),
    RowState.DOUBLE: (RowState.DONE, RowState.LEFT),
    RowState.WRONG: (),
    RowState.DONE: (),
    RowState.LEFT: (),
}


class ImportRow(Record):
    """One line of an import: as it stood, as it was understood, what is wrong with it, and whom it became."""

    State = RowState

    source = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField()
    cells = models.JSONField(help_text="{header: what stood there}")
    facts = models.JSONField(default=dict, help_text="as it was understood")
    mistakes = models.JSONField(default=list, help_text="[[header, code]]")
    doubles = models.JSONField(default=list, help_text="[[what is the same, customer number or null, line or null]]")
    is_wanted = models.BooleanField(default=False, help_text="a person wants this double on the record")
    state = models.CharField(max_length=6, choices=RowState)
    refusal = SaidField(blank=True, default=str)
    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, null=True, related_name="import_row")

    class Meta:
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(fields=["source", "line"], name="a_line_is_read_once"),
            models.CheckConstraint(
                condition=Q(state="done", customer__isnull=False) | (~Q(state="done") & Q(customer=None)),
                name="a_line_on_the_record_has_its_customer",
            ),
        ]
        indexes = [models.Index(fields=["source", "state", "line"], name="lines_of_an_import_by_state")]
        triggers = [Moves(name="state_moves", field="state", moves=ROW_MOVES)]

    def __str__(self) -> str:
        return f"{self.source_id}:{self.line}"

    @property
    def can_be_wanted(self) -> bool:
        """Two records may share a phone or an address, but never a number."""
        return self.state == RowState.DOUBLE and not {what for what, _number, _line in self.doubles} & UNIQUE

    @transaction.atomic
    def want(self, is_wanted: bool, *, by: User) -> None:
        """A person decides about a double: put it on the record all the same, or leave it out."""
        self.source.lock()
        self.lock()
        if self.source.state != ImportState.READ or not self.can_be_wanted:
            raise Refused(_("This line cannot be changed any more."), code="too_late")
        self.is_wanted = is_wanted
        self.save(update_fields=["is_wanted"])
