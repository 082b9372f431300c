from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deliveries", "0006_days_are_closed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="driverevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("depart", "left the depot"),
                    ("arrive", "arrived"),
                    ("deliver", "handed over"),
                    ("fail", "could not deliver"),
                    ("collect", "collected money"),
                    ("close", "end of day"),
                    ("amend", "put right"),
                    ("pay", "took money"),
                    ("seen", "saw what the office asks"),
                ],
                max_length=20,
            ),
        ),
    ]
