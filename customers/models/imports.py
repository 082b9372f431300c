"""Files of customers that the office brings: read line by line, shown, and put on the record by one key, once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from luckygas.db import Moves, Record
from luckygas.models import User


class ImportState(models.TextChoices):
    READING = "reading", _("being checked")
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
COUNTS = (ImportState.READING, ImportState.READ, ImportState.RUNNING, ImportState.DONE)


class Import(Record):
    """A file of customers. A worker reads it, a person looks at what it found, and a worker puts it on the record."""

    State = ImportState

    operation_id = models.UUIDField(unique=True)
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    content = models.BinaryField(help_text="empty once nobody needs it any more")
    state = models.CharField(max_length=9, choices=ImportState, default=ImportState.READING)
    refusal = models.CharField(max_length=400, blank=True)
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


class RowState(models.TextChoices):
    RIGHT = "right", _("right")
    DOUBLE = "double", _("perhaps on the record already")
    WRONG = "wrong", _("wrong")
    DONE = "done", _("on the record")
    LEFT = "left", _("left out")


ROW_MOVES: dict[str, tuple[str, ...]] = {
    RowState.RIGHT: (RowState.DONE, RowState.LEFT),
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
    is_wanted = models.BooleanField(
        default=False, help_text="a person said: put this double on the record all the same"
    )
    state = models.CharField(max_length=6, choices=RowState)
    refusal = models.CharField(max_length=400, blank=True)
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
