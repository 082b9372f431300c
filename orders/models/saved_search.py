"""Searches for orders that somebody makes every day, kept under a name."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from luckygas.db import Record
from luckygas.errors import Refused
from luckygas.models import User

MOST_KEPT = 20


class SavedSearch(Record):
    """What one person looks for again and again: a name, and the filters as they stand in the address."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=600)
    operation_id = models.UUIDField(unique=True)
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["person", "name"], name="a_person_names_a_search_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="a_search_looks_for_something"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def keep(cls, *, by: User, name: str, query: str, operation_id: uuid.UUID) -> SavedSearch:
        """Keep what `by` looks for, once per operation. Refused: nothing is looked for, the name is taken, too many."""
        if known := cls.objects.filter(operation_id=operation_id).first():
            return known
        if not query:
            raise Refused(_("Choose a filter first."), code="no_filter")
        if by.saved_searches.count() >= MOST_KEPT:
            raise Refused(_("Twenty searches are kept. Remove one first."), code="too_many")
        try:
            with transaction.atomic():
                return cls.objects.create(person=by, name=name, query=query, operation_id=operation_id)
        except IntegrityError as error:
            if "a_person_names_a_search_once" not in str(error):
                raise
            raise Refused(_("A search of yours has this name."), field="name", code="name_taken") from error
