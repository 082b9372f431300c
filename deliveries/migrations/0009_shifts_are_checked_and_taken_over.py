import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deliveries", "0008_drivers_call_and_put_aside"),
    ]

    operations = [
        migrations.AlterField(
            model_name="cashleg",
            name="account",
            field=models.CharField(
                choices=[
                    ("driver", "with the driver"),
                    ("office", "in the office"),
                    ("variance", "variance"),
                    ("legacy", "legacy system"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="stop",
            name="kind",
            field=models.CharField(
                choices=[
                    ("deliver", "deliver"),
                    ("patrol", "patrol"),
                    ("collect_money", "collect money"),
                    ("collect_cylinders", "collect cylinders"),
                    ("inspect", "inspect"),
                    ("legacy", "of the old system"),
                ],
                default="deliver",
                max_length=18,
            ),
        ),
        migrations.CreateModel(
            name="CashDeclared",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                ("counts", models.JSONField(help_text="so many of each note and coin")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cash_declared", to="deliveries.route"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Takeover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                ("due_twd", models.IntegerField()),
                ("counted_twd", models.PositiveIntegerField()),
                (
                    "stock",
                    models.JSONField(
                        default=list, help_text="product, state, due and counted of each kind on the vehicle"
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("taken_at", models.DateTimeField(blank=True, help_text="when the second driver said so", null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "from_driver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deliveries.driver"
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="takeovers", to="deliveries.route"
                    ),
                ),
                (
                    "to_driver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deliveries.driver"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="VehicleCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                ("when", models.CharField(choices=[("start", "before leaving"), ("end", "back again")], max_length=5)),
                ("odometer_km", models.PositiveIntegerField()),
                ("faults", models.JSONField(default=list, help_text="the parts that are not in order")),
                ("note", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vehicle_checks",
                        to="deliveries.route",
                    ),
                ),
                (
                    "vehicle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="deliveries.vehicle"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cashdeclared",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'deliveries_cashdeclared is append-only' USING ERRCODE = 'check_violation';",
                    hash="b32da67073102452a19cda3d6f3338af6e989c6b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e4271",
                    table="deliveries_cashdeclared",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="takeover",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_driver", models.F("to_driver")), _negated=True),
                name="a_route_goes_on_with_somebody_else",
            ),
        ),
        migrations.AddConstraint(
            model_name="takeover",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="a_takeover_says_why"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="takeover",
            trigger=pgtrigger.compiler.Trigger(
                name="frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF OLD.operation_id IS DISTINCT FROM NEW.operation_id OR OLD.route_id IS DISTINCT FROM NEW.route_id OR OLD.from_driver_id IS DISTINCT FROM NEW.from_driver_id OR OLD.to_driver_id IS DISTINCT FROM NEW.to_driver_id OR OLD.due_twd IS DISTINCT FROM NEW.due_twd OR OLD.counted_twd IS DISTINCT FROM NEW.counted_twd OR OLD.stock IS DISTINCT FROM NEW.stock OR OLD.at IS DISTINCT FROM NEW.at OR OLD.by_id IS DISTINCT FROM NEW.by_id THEN\n                RAISE EXCEPTION 'deliveries_takeover: operation_id, route_id, from_driver_id, to_driver_id, due_twd, counted_twd, stock, at, by_id never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="e73291fc2324d4ba6ab79d58ee5e1807c793d86e",
                    operation="UPDATE",
                    pgid="pgtrigger_frozen_000a5",
                    table="deliveries_takeover",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="vehiclecheck",
            constraint=models.UniqueConstraint(
                fields=("route", "when"), name="a_vehicle_is_checked_once_a_route_and_end"
            ),
        ),
        migrations.AddConstraint(
            model_name="vehiclecheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("odometer_km__lte", 2000000)), name="an_odometer_is_sane"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vehiclecheck",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'deliveries_vehiclecheck is append-only' USING ERRCODE = 'check_violation';",
                    hash="925a6f6c9092ade30d0957efc93bc79565fcf057",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_9c639",
                    table="deliveries_vehiclecheck",
                    when="BEFORE",
                ),
            ),
        ),
    ]
