"""What a driver in need or a leak says, and why a line of a file was left out, is kept in English with what fills it
in, and read in the reader's language."""

from django.db import migrations

from luckygas.said import SaidField
from luckygas.saying import Say


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_first")]

    operations = [
        Say("incident", "text", SaidField(), longest=400),
        Say("import", "refusal", SaidField(blank=True, default=str), longest=400),
        Say("importrow", "refusal", SaidField(blank=True, default=str), longest=400),
    ]
