"""Why a customer was not moved is kept in English with what fills it in, and read in the reader's language."""

from django.db import migrations

from luckygas.said import SaidField
from luckygas.saying import Say


class Migration(migrations.Migration):
    dependencies = [("pilot", "0002_said")]

    operations = [
        Say(
            "massmoverow", "sentence", SaidField(blank=True, default=str), longest=300,
            check="who_is_not_moved_is_told_why",
        ),
    ]  # fmt: skip
