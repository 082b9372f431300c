from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deliveries", "0007_drivers_amend_pay_and_see"),
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
                    ("check", "looked over the vehicle"),
                    ("quarantine", "put cylinders aside"),
                    ("reorder", "asked for a shorter way"),
                    ("sale", "sold from the vehicle"),
                    ("legacy", "visit of the old system"),
                    ("cash", "counted the cash"),
                    ("takeover", "took over the route"),
                    ("sos", "called for help"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="review",
            name="kind",
            field=models.CharField(
                choices=[
                    ("event", "a report that does not fit"),
                    ("cash", "cash differs"),
                    ("stock", "stock differs"),
                    ("vehicle", "fault of a vehicle"),
                ],
                max_length=8,
            ),
        ),
    ]
