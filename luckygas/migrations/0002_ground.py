"""What the tables of every app stand on: trigrams for search, sequences for numbers, and the five roles."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

from luckygas.models import ROLES

SEQUENCES = ("customer_number", "order_number")


def create_roles(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("luckygas", "0001_first"), ("auth", "0012_alter_user_first_name_max_length")]
    run_before = [("customers", "0001_first")]

    operations = [
        TrigramExtension(),
        *[migrations.RunSQL(f"CREATE SEQUENCE {name} START 1001", f"DROP SEQUENCE {name}") for name in SEQUENCES],
        migrations.RunPython(create_roles, migrations.RunPython.noop),
    ]
