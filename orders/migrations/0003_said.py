"""Why an order or a date was not moved or made is kept in English with what fills it in, and read in the reader's
language."""

from django.db import migrations

from luckygas.said import SaidField
from luckygas.saying import Say

WORDS = SaidField(blank=True, default=str)


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_paper")]

    operations = [
        Say("bulkrow", "sentence", WORDS, longest=300, check="what_is_refused_in_bulk_says_why"),
        Say("suspensionrow", "sentence", WORDS, longest=300, check="what_a_suspension_does_not_move_says_why"),
        Say("standingday", "reason", WORDS, longest=300, check="what_is_not_made_says_why"),
    ]
