import django.db.models.constraints
import django.db.models.deletion
import django.db.models.lookups
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import deliveries.models.proof


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_first"),
        ("luckygas", "__first__"),
        ("orders", "0001_first"),
    ]

    operations = [
        migrations.CreateModel(
            name="Depot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("latitude", models.DecimalField(decimal_places=5, max_digits=8)),
                ("longitude", models.DecimalField(decimal_places=5, max_digits=8)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="devices", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("last_seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "clock_offset_seconds",
                    models.IntegerField(default=0, help_text="device clock minus server clock, at last contact"),
                ),
                ("unsent", models.PositiveIntegerField(default=0, help_text="what the phone said it still holds")),
                ("oldest_unsent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reset_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="deliveries.device",
                    ),
                ),
                (
                    "reset_seq",
                    models.PositiveIntegerField(
                        blank=True, help_text="last number of the phone it was before", null=True
                    ),
                ),
                (
                    "checked_to",
                    models.PositiveIntegerField(
                        db_default=0, default=0, help_text="gaps up to this number are before the office"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LeftOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                ("day", models.DateField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="left_over", to="orders.order"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("moved", "another day"), ("cancelled", "cancelled"), ("kept", "kept, no day yet")],
                        max_length=10,
                    ),
                ),
                ("to_day", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["day", "order"], name="left_over_of_a_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_left_over_order_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "moved"), ("to_day__gt", models.F("day"))),
                            models.Q(models.Q(("outcome", "moved"), _negated=True), ("to_day", None)),
                            _connector="OR",
                        ),
                        name="a_moved_order_has_its_later_day",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'deliveries_leftover is append-only' USING ERRCODE = 'check_violation';",
                            hash="c5228293acb195f53e1f472fa63acb3c40a2cf61",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_56a96",
                            table="deliveries_leftover",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProofPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("size", models.PositiveIntegerField(help_text="bytes of the whole photo")),
                ("content", models.BinaryField(default=bytes)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("size__range", (1, 15728640))), name="a_photo_has_a_size_we_take"
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            deliveries.models.proof.OctetLength("content"), models.F("size")
                        ),
                        name="a_part_is_no_longer_than_its_photo",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Vehicle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("plate", models.CharField(max_length=12, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("truck", "truck"), ("motorcycle", "motorcycle")], default="truck", max_length=10
                    ),
                ),
                ("limit_kg", models.DecimalField(decimal_places=2, max_digits=7)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("limit_kg__gt", 0)), name="a_vehicle_carries_something")
                ],
            },
        ),
        migrations.CreateModel(
            name="ClosedDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                ("day", models.DateField()),
                ("figures", models.JSONField()),
                ("closed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "closed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("reopened_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reopened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reopened_why", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reopened_at", None)), fields=("day",), name="a_day_is_closed_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reopened_at", None), ("reopened_by", None), ("reopened_why", "")),
                            models.Q(
                                ("reopened_at__isnull", False),
                                ("reopened_by__isnull", False),
                                models.Q(("reopened_why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_reopened_day_says_who_and_why",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="only_what_is_ready",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            PERFORM pg_advisory_xact_lock(1885914, NEW.day - DATE '2000-01-01');\n            IF EXISTS (\n                SELECT 1 FROM deliveries_route r LEFT JOIN deliveries_cashcount c ON c.route_id = r.id\n                WHERE r.day = NEW.day AND (r.state = 'departed' OR r.state = 'closed' AND c.id IS NULL)\n                UNION ALL\n                SELECT 1 FROM deliveries_stop s JOIN deliveries_route r ON r.id = s.route_id\n                WHERE r.day = NEW.day AND s.state IN ('pending', 'arrived')\n                UNION ALL\n                SELECT 1 FROM deliveries_variance v JOIN deliveries_route r ON r.id = v.route_id\n                WHERE r.day = NEW.day AND v.owner_id IS NULL\n            ) THEN\n                RAISE EXCEPTION 'this day is not ready to be closed' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="1fe12dbcc51fd6b9a69279c214c81c93aaa95472",
                            operation="INSERT",
                            pgid="pgtrigger_only_what_is_ready_e6ee0",
                            table="deliveries_closedday",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.operation_id IS DISTINCT FROM NEW.operation_id OR OLD.day IS DISTINCT FROM NEW.day OR OLD.figures IS DISTINCT FROM NEW.figures OR OLD.closed_at IS DISTINCT FROM NEW.closed_at OR OLD.closed_by_id IS DISTINCT FROM NEW.closed_by_id THEN\n                RAISE EXCEPTION 'deliveries_closedday: operation_id, day, figures, closed_at, closed_by_id never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="8dbf9ebc321e3ca5e050d7c16249671219534c02",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_5e757",
                            table="deliveries_closedday",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Driver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="driver", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "vehicle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drivers", to="deliveries.vehicle"
                    ),
                ),
                (
                    "depot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drivers", to="deliveries.depot"
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Route",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=8)),
                (
                    "vehicle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="routes", to="deliveries.vehicle"
                    ),
                ),
                (
                    "depot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="routes", to="deliveries.depot"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("published", "published"),
                            ("departed", "on the road"),
                            ("closed", "closed"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("day", models.DateField()),
                (
                    "driver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="routes", to="deliveries.driver"
                    ),
                ),
                ("colour", models.PositiveSmallIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("departed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["day", "state"], name="routes_of_a_day"),
                    models.Index(fields=["driver", "day"], name="routes_of_a_driver"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "closed"), _negated=True),
                        fields=("driver", "day"),
                        name="one_open_route_a_driver_and_day",
                    ),
                    models.UniqueConstraint(fields=("day", "code"), name="one_route_a_code_and_day"),
                    models.CheckConstraint(
                        condition=models.Q(("colour__range", (1, 7))), name="route_has_one_of_seven_colours"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="state_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.state IS DISTINCT FROM NEW.state AND NOT ((OLD.state = 'draft' AND NEW.state IN ('published')) OR (OLD.state = 'published' AND NEW.state IN ('draft', 'departed')) OR (OLD.state = 'departed' AND NEW.state IN ('closed'))) THEN\n                RAISE EXCEPTION 'deliveries_route.state does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="6782219567c220c2ec30e216b58a6e56bebf4b1d",
                            operation="UPDATE",
                            pgid="pgtrigger_state_moves_7fd2e",
                            table="deliveries_route",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="of_an_open_day",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF TG_OP = 'INSERT' THEN\n                PERFORM pg_advisory_xact_lock_shared(1885914, NEW.day - DATE '2000-01-01');\n            END IF;\n            IF EXISTS (SELECT 1 FROM deliveries_closedday WHERE day = NEW.day AND reopened_at IS NULL) THEN\n                RAISE EXCEPTION 'this day is closed' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="b787b2271d6ffa39fbb59f856ca253f82c8ceadd",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_of_an_open_day_c0230",
                            table="deliveries_route",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CashCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "route",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cash_count", to="deliveries.route"
                    ),
                ),
                ("operation_id", models.UUIDField(null=True, unique=True)),
                ("body_digest", models.CharField(blank=True, max_length=64)),
                ("counted_twd", models.PositiveIntegerField()),
                ("due_twd", models.IntegerField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'deliveries_cashcount is append-only' USING ERRCODE = 'check_violation';",
                            hash="df712e0e5b9bdba62eecded621b3b5d08b9dc076",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_ca201",
                            table="deliveries_cashcount",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Position",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="positions", to="deliveries.route"
                    ),
                ),
                ("latitude", models.DecimalField(decimal_places=5, max_digits=8)),
                ("longitude", models.DecimalField(decimal_places=5, max_digits=8)),
                ("accuracy_m", models.PositiveIntegerField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["route", "-at"], name="positions_of_a_route"),
                    models.Index(fields=["at"], name="positions_by_age"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))),
                        name="a_position_is_on_earth",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CashLeg",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("transfer", models.UUIDField()),
                (
                    "account",
                    models.CharField(
                        choices=[
                            ("driver", "with the driver"),
                            ("office", "in the office"),
                            ("variance", "variance"),
                            ("legacy", "legacy system"),
                        ],
                        max_length=8,
                    ),
                ),
                ("amount_twd", models.IntegerField()),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cash_legs", to="deliveries.route"
                    ),
                ),
                ("cause_kind", models.CharField(max_length=10)),
                ("cause_id", models.CharField(max_length=40)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cause_kind", "cause_id", "account"), name="a_cause_moves_cash_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_twd", 0), _negated=True), name="a_cash_leg_moves_cash"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'deliveries_cashleg is append-only' USING ERRCODE = 'check_violation';",
                            hash="316a6d5d8278e77e375f0e270023f48cd232745d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_363ea",
                            table="deliveries_cashleg",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="sums_to_zero",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="\n            IF (SELECT sum(amount_twd) FROM deliveries_cashleg WHERE transfer = NEW.transfer) <> 0 THEN\n                RAISE EXCEPTION 'the legs of a transfer must sum to zero' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NULL;\n        ",
                            hash="db8e2041171e6e65c1a9ab8a5fcf315d9dede2b9",
                            operation="INSERT",
                            pgid="pgtrigger_sums_to_zero_c70d7",
                            table="deliveries_cashleg",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CashDeclared",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cash_declared", to="deliveries.route"
                    ),
                ),
                ("counts", models.JSONField(help_text="so many of each note and coin")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'deliveries_cashdeclared is append-only' USING ERRCODE = 'check_violation';",
                            hash="b32da67073102452a19cda3d6f3338af6e989c6b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_e4271",
                            table="deliveries_cashdeclared",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Stop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stops", to="deliveries.route"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
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
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stops",
                        to="orders.order",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stops", to="customers.site"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "to do"),
                            ("arrived", "driver is there"),
                            ("done", "done"),
                            ("failed", "failed"),
                        ],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("due_twd", models.PositiveIntegerField(default=0, help_text="to collect, for a collect-money stop")),
                (
                    "planned",
                    models.JSONField(
                        blank=True, help_text="of the old system: so many of each product, by id", null=True
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                ("arrived_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "finished_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "fail_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_home", "nobody there"),
                            ("closed", "place is shut"),
                            ("refused", "customer did not want it"),
                            ("no_access", "no way in"),
                            ("no_stock", "nothing left on the truck"),
                            ("leak", "leak found"),
                            ("other", "something else"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "next_step",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("call", "office calls the customer"),
                            ("today", "try again today"),
                            ("tomorrow", "customer wants tomorrow"),
                            ("cancel", "customer wants to cancel"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "indexes": [models.Index(fields=["order"], name="stops_of_an_order")],
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("route", "position"),
                        name="one_stop_a_position",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "deliver"), ("state__in", ["pending", "arrived"])),
                        fields=("order",),
                        name="one_open_delivery_an_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "deliver"), ("order__isnull", False)),
                            models.Q(("kind", "deliver"), _negated=True),
                            _connector="OR",
                        ),
                        name="a_delivery_has_its_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "legacy"), _negated=True), ("order", None), _connector="OR"
                        ),
                        name="the_old_system_has_no_order_here",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "failed"), _negated=True),
                            models.Q(
                                models.Q(("fail_reason", ""), _negated=True), models.Q(("next_step", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="a_failed_stop_says_why_and_what_next",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", False), ("state__in", ["done", "failed"])),
                            models.Q(("finished_at", None), ("state__in", ["pending", "arrived"])),
                            _connector="OR",
                        ),
                        name="a_finished_stop_has_its_time",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="state_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.state IS DISTINCT FROM NEW.state AND NOT ((OLD.state = 'pending' AND NEW.state IN ('arrived', 'done', 'failed')) OR (OLD.state = 'arrived' AND NEW.state IN ('pending', 'done', 'failed'))) THEN\n                RAISE EXCEPTION 'deliveries_stop.state does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="d2ccb67b2164cd980527d2dd7d87dd0294dd8835",
                            operation="UPDATE",
                            pgid="pgtrigger_state_moves_83efd",
                            table="deliveries_stop",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Takeover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="takeovers", to="deliveries.route"
                    ),
                ),
                (
                    "from_driver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deliveries.driver"
                    ),
                ),
                (
                    "to_driver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deliveries.driver"
                    ),
                ),
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
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("taken_at", models.DateTimeField(blank=True, help_text="when the second driver said so", null=True)),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("from_driver", models.F("to_driver")), _negated=True),
                        name="a_route_goes_on_with_somebody_else",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_takeover_says_why"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.operation_id IS DISTINCT FROM NEW.operation_id OR OLD.route_id IS DISTINCT FROM NEW.route_id OR OLD.from_driver_id IS DISTINCT FROM NEW.from_driver_id OR OLD.to_driver_id IS DISTINCT FROM NEW.to_driver_id OR OLD.due_twd IS DISTINCT FROM NEW.due_twd OR OLD.counted_twd IS DISTINCT FROM NEW.counted_twd OR OLD.stock IS DISTINCT FROM NEW.stock OR OLD.at IS DISTINCT FROM NEW.at OR OLD.by_id IS DISTINCT FROM NEW.by_id THEN\n                RAISE EXCEPTION 'deliveries_takeover: operation_id, route_id, from_driver_id, to_driver_id, due_twd, counted_twd, stock, at, by_id never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="e73291fc2324d4ba6ab79d58ee5e1807c793d86e",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_000a5",
                            table="deliveries_takeover",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Variance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="variances", to="deliveries.route"
                    ),
                ),
                ("cause", models.CharField(max_length=40)),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.product",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("full", "full"),
                            ("in_use", "in use"),
                            ("empty", "empty"),
                            ("part", "part full"),
                            ("defective", "defective"),
                        ],
                        max_length=10,
                    ),
                ),
                ("difference", models.IntegerField()),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("back", "it came back, or was paid"), ("written_off", "written off")],
                        max_length=12,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(condition=models.Q(("settled_at", None)), fields=["opened_at"], name="open_variances")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("route", "cause", "product", "state"),
                        name="a_count_differs_once_in_a_kind",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("difference", 0), _negated=True), name="a_variance_is_a_difference"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("product", None), ("state", "")),
                            models.Q(("product__isnull", False), models.Q(("state", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_variance_is_cash_or_cylinders",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("owner", None), ("reason", "")),
                            models.Q(("owner__isnull", False), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="an_owned_variance_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("settled_at", None)),
                            models.Q(
                                ("owner__isnull", False),
                                ("settled_at__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_settled_variance_had_an_owner",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.route_id IS DISTINCT FROM NEW.route_id OR OLD.cause IS DISTINCT FROM NEW.cause OR OLD.product_id IS DISTINCT FROM NEW.product_id OR OLD.state IS DISTINCT FROM NEW.state OR OLD.difference IS DISTINCT FROM NEW.difference OR OLD.opened_at IS DISTINCT FROM NEW.opened_at THEN\n                RAISE EXCEPTION 'deliveries_variance: route_id, cause, product_id, state, difference, opened_at never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="d9cc693d4dca90d6b21bd8870673642120cdbea2",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_bcef4",
                            table="deliveries_variance",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VehicleCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
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
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("route", "when"), name="a_vehicle_is_checked_once_a_route_and_end"),
                    models.CheckConstraint(
                        condition=models.Q(("odometer_km__lte", 2000000)), name="an_odometer_is_sane"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'deliveries_vehiclecheck is append-only' USING ERRCODE = 'check_violation';",
                            hash="925a6f6c9092ade30d0957efc93bc79565fcf057",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_9c639",
                            table="deliveries_vehiclecheck",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CylinderCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "count",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cylinders", to="deliveries.cashcount"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.product"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("full", "full"),
                            ("in_use", "in use"),
                            ("empty", "empty"),
                            ("part", "part full"),
                            ("defective", "defective"),
                        ],
                        max_length=10,
                    ),
                ),
                ("due", models.IntegerField()),
                ("counted", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["product__sort", "state"],
                "constraints": [
                    models.UniqueConstraint(fields=("count", "product", "state"), name="a_count_counts_a_kind_once"),
                    models.CheckConstraint(condition=models.Q(("counted__lte", 999)), name="a_count_is_sane"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'deliveries_cylindercount is append-only' USING ERRCODE = 'check_violation';",
                            hash="314dc8a497b496b7a4df7e45b754902a3cb8d0d6",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_6cb5a",
                            table="deliveries_cylindercount",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DriverEvent",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="deliveries.device"
                    ),
                ),
                ("seq", models.PositiveIntegerField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="deliveries.route",
                    ),
                ),
                (
                    "stop",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="deliveries.stop",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
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
                ("body", models.JSONField()),
                ("body_digest", models.CharField(max_length=64)),
                ("happened_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(auto_now_add=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("stored", "stored"), ("applied", "applied"), ("review", "in review")],
                        default="stored",
                        max_length=8,
                    ),
                ),
                ("answer", models.JSONField(default=dict)),
                (
                    "brought_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["received_at"],
                "indexes": [models.Index(fields=["stop"], name="events_of_a_stop")],
                "constraints": [
                    models.UniqueConstraint(fields=("device", "seq"), name="one_event_a_device_and_number")
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="state_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.state IS DISTINCT FROM NEW.state AND NOT ((OLD.state = 'stored' AND NEW.state IN ('applied', 'review')) OR (OLD.state = 'review' AND NEW.state IN ('applied'))) THEN\n                RAISE EXCEPTION 'deliveries_driverevent.state does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="66650f842b0da90299cf2db0ef6de7f0f2bcc70b",
                            operation="UPDATE",
                            pgid="pgtrigger_state_moves_0f99e",
                            table="deliveries_driverevent",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.id IS DISTINCT FROM NEW.id OR OLD.device_id IS DISTINCT FROM NEW.device_id OR OLD.seq IS DISTINCT FROM NEW.seq OR OLD.kind IS DISTINCT FROM NEW.kind OR OLD.body IS DISTINCT FROM NEW.body OR OLD.happened_at IS DISTINCT FROM NEW.happened_at THEN\n                RAISE EXCEPTION 'deliveries_driverevent: id, device_id, seq, kind, body, happened_at never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="640d25363b8c78437fab44001e4f8b77073491ed",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_e0034",
                            table="deliveries_driverevent",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                ("body_digest", models.CharField(max_length=64)),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="deliveries.route"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "stop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="deliveries.stop"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="orders.order"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("change", "change"), ("cancel", "do not deliver"), ("insert", "urgent stop")],
                        max_length=8,
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=200)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "not seen"), ("seen", "the driver knows"), ("overtaken", "came too late")],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "seen_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["route", "number"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "asked")), fields=["route"], name="requests_nobody_saw")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("route", "number"), name="a_route_numbers_its_requests"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "cancel"), ("state", "asked")),
                        fields=("order",),
                        name="a_cancellation_is_asked_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("seen_at__isnull", False), ("seen_by__isnull", False), ("state", "seen")),
                            models.Q(("seen_at", None), ("seen_by", None), ("state", "asked")),
                            ("state", "overtaken"),
                            _connector="OR",
                        ),
                        name="a_seen_request_says_when_and_by_whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "change"), _negated=True),
                            models.Q(("text", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_change_says_what",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="state_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.state IS DISTINCT FROM NEW.state AND NOT ((OLD.state = 'asked' AND NEW.state IN ('seen', 'overtaken')) OR (OLD.state = 'seen' AND NEW.state IN ('overtaken'))) THEN\n                RAISE EXCEPTION 'deliveries_request.state does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="bf1f00343467682a686c25a31350b7cfc5ab95a7",
                            operation="UPDATE",
                            pgid="pgtrigger_state_moves_9c31f",
                            table="deliveries_request",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.operation_id IS DISTINCT FROM NEW.operation_id OR OLD.route_id IS DISTINCT FROM NEW.route_id OR OLD.number IS DISTINCT FROM NEW.number OR OLD.stop_id IS DISTINCT FROM NEW.stop_id OR OLD.order_id IS DISTINCT FROM NEW.order_id OR OLD.kind IS DISTINCT FROM NEW.kind OR OLD.text IS DISTINCT FROM NEW.text OR OLD.asked_by_id IS DISTINCT FROM NEW.asked_by_id THEN\n                RAISE EXCEPTION 'deliveries_request: operation_id, route_id, number, stop_id, order_id, kind, text, asked_by_id never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="6454d1ccec38875b76cae64eedf944c64a1e62e6",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_5c432",
                            table="deliveries_request",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                (
                    "stop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="proofs", to="deliveries.stop"
                    ),
                ),
                ("kind", models.CharField(choices=[("signature", "signature"), ("photo", "photo")], max_length=10)),
                ("path", models.TextField(blank=True, help_text="SVG path data of a signature, 320 by 110")),
                ("photo", models.ImageField(blank=True, upload_to="proofs/%Y/%m/")),
                ("taken_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "signature"), ("photo", ""), models.Q(("path", ""), _negated=True)),
                            models.Q(("kind", "photo"), ("path", ""), models.Q(("photo", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_proof_is_a_path_or_a_photo",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VarianceEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "variance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="deliveries.variance"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("opened", "found by counting"), ("owned", "given to"), ("settled", "settled")],
                        max_length=8,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["pk"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'deliveries_varianceevent is append-only' USING ERRCODE = 'check_violation';",
                            hash="49a9797927d401a36af09be552bed830177dd435",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_017b8",
                            table="deliveries_varianceevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Weighing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                ("body_digest", models.CharField(max_length=64)),
                (
                    "stop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="weighings", to="deliveries.stop"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.product"
                    ),
                ),
                ("gross_kg", models.DecimalField(decimal_places=2, max_digits=6)),
                ("tare_kg", models.DecimalField(decimal_places=2, max_digits=6)),
                (
                    "price_twd",
                    models.PositiveIntegerField(help_text="NT$ for a kilogram of gas left, on the day it came back"),
                ),
                (
                    "was_reported",
                    models.BooleanField(help_text="the driver had said at the door that gas is left in it"),
                ),
                (
                    "is_at_door",
                    models.BooleanField(default=False, help_text="weighed where it was taken back, by the driver"),
                ),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["day"], name="weighings_of_a_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("gross_kg__gt", models.F("tare_kg")), ("price_twd__gt", 0), ("tare_kg__gt", 0)
                        ),
                        name="gas_left_weighs_something",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'deliveries_weighing is append-only' USING ERRCODE = 'check_violation';",
                            hash="ef702632c0cb0091fca536a7ad9da52e4b07543d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_db345",
                            table="deliveries_weighing",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("event", "a report that does not fit"),
                            ("cash", "cash differs"),
                            ("stock", "stock differs"),
                            ("vehicle", "fault of a vehicle"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="orders.order",
                    ),
                ),
                (
                    "stop",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="deliveries.stop",
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="deliveries.route",
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review",
                        to="deliveries.driverevent",
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("resolution", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["opened_at"],
                "indexes": [
                    models.Index(condition=models.Q(("closed_at", None)), fields=["opened_at"], name="open_reviews")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at", None),
                            models.Q(("closed_by__isnull", False), models.Q(("resolution", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_closed_review_says_who_and_how",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WeighingReversal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                (
                    "weighing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reversal", to="deliveries.weighing"
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_weighing_is_taken_back_for_a_reason"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'deliveries_weighingreversal is append-only' USING ERRCODE = 'check_violation';",
                            hash="aadd2a816e8cc5e90f06a09105c63185439395f3",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_fdaeb",
                            table="deliveries_weighingreversal",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
