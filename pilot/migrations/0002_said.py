"""What an alarm or a guardrail said is kept in English with what fills it in, and read in the reader's language."""

from django.db import migrations, models

from luckygas.said import SaidField
from luckygas.saying import SPELLED

AS_SAID = """
    ALTER TABLE pilot_alarm ALTER COLUMN said TYPE jsonb
        USING jsonb_build_object('said', said, 'values', '{}'::jsonb);
    ALTER TABLE pilot_enrolmentpause ALTER COLUMN said TYPE jsonb
        USING CASE measure WHEN 'by_hand' THEN to_jsonb(said) ELSE jsonb_build_object('said', said, 'values', '{}'::jsonb) END;
"""
AS_TEXT = f"""
    {SPELLED};
    ALTER TABLE pilot_alarm ALTER COLUMN said TYPE varchar(300) USING left(pg_temp.spelled(said), 300);
    ALTER TABLE pilot_enrolmentpause ALTER COLUMN said TYPE varchar(200) USING left(pg_temp.spelled(said), 200);
"""
SAYS_WHY = models.CheckConstraint(
    condition=models.Q(
        models.Q(("said", ""), _negated=True),
        models.Q(models.Q(("measure", "by_hand"), _negated=True), ("by__isnull", False), _connector="OR"),
    ),
    name="a_pause_says_why",
)


class Migration(migrations.Migration):
    dependencies = [("pilot", "0001_first")]

    operations = [
        migrations.RemoveConstraint(model_name="enrolmentpause", name="a_pause_says_why"),
        migrations.RunSQL(
            AS_SAID,
            AS_TEXT,
            state_operations=[
                migrations.AlterField(model_name="alarm", name="said", field=SaidField()),
                migrations.AlterField(
                    model_name="enrolmentpause",
                    name="said",
                    field=SaidField(help_text="what a guardrail said, or a person's own words"),
                ),
            ],
        ),
        migrations.AddConstraint(model_name="enrolmentpause", constraint=SAYS_WHY),
    ]
