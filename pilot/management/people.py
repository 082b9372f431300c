"""Who signs what is done from the command line."""

from __future__ import annotations

from django.core.management.base import CommandError

from luckygas.models import MANAGER, OPS, User


def person_called(username: str, *, returncode: int = 1) -> User:
    """Somebody of operations or management who works here; for anybody else the command ends with this code."""
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None or not person.roles & {OPS, MANAGER}:
        raise CommandError(f"{username} is nobody of operations or management.", returncode=returncode)
    return person
