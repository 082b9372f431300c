"""Why something is reviewed is kept in English with what fills it in, and read in the reader's language."""

from django.db import migrations

from luckygas.said import SaidField
from luckygas.saying import Say


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0002_proof_rule")]

    operations = [Say("review", "reason", SaidField(), longest=300)]
