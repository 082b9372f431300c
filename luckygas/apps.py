from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


def make_roles(**kwargs: object) -> None:
    """The five roles exist in every database, also in one that was emptied."""
    from django.contrib.auth.models import Group

    from luckygas.models import ROLES

    known = set(Group.objects.values_list("name", flat=True))
    Group.objects.bulk_create((Group(name=name) for name in ROLES if name not in known), ignore_conflicts=True)


class LuckygasConfig(AppConfig):
    name = "luckygas"

    def ready(self) -> None:
        post_migrate.connect(make_roles, sender=self)
        autodiscover_modules("metrics", "receivers")
