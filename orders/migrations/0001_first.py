import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_first"),
        ("luckygas", "__first__"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                ("body_digest", models.CharField(max_length=64)),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("confirm", "confirm"),
                            ("reschedule", "another day"),
                            ("cancel", "cancel"),
                            ("release", "release"),
                            ("decline", "turn down"),
                        ],
                        max_length=10,
                    ),
                ),
                ("day", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("day", None), ("verb", "confirm")),
                            models.Q(
                                ("day", None),
                                ("verb__in", ["cancel", "release", "decline"]),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            models.Q(
                                ("day__isnull", False), ("verb", "reschedule"), models.Q(("reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="a_bulk_move_says_what_and_why",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.operation_id IS DISTINCT FROM NEW.operation_id OR OLD.body_digest IS DISTINCT FROM NEW.body_digest OR OLD.verb IS DISTINCT FROM NEW.verb OR OLD.day IS DISTINCT FROM NEW.day OR OLD.reason IS DISTINCT FROM NEW.reason OR OLD.by_id IS DISTINCT FROM NEW.by_id THEN\n                RAISE EXCEPTION 'orders_bulkmove: operation_id, body_digest, verb, day, reason, by_id never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="a5a4ffa1fe4736e33c08f4da08d72af3ee9f4820",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_9e646",
                            table="orders_bulkmove",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Deputy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deputies",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("up_to_twd", models.PositiveIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(blank=True, null=True)),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("person",), name="a_person_is_a_deputy_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("up_to_twd__gt", 0)), name="a_deputy_has_an_amount"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="a_deputy_ends_after_the_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="an_ended_deputy_says_by_whom",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.person_id IS DISTINCT FROM NEW.person_id OR OLD.up_to_twd IS DISTINCT FROM NEW.up_to_twd OR OLD.valid_from IS DISTINCT FROM NEW.valid_from OR OLD.valid_until IS DISTINCT FROM NEW.valid_until OR OLD.set_by_id IS DISTINCT FROM NEW.set_by_id OR OLD.set_at IS DISTINCT FROM NEW.set_at THEN\n                RAISE EXCEPTION 'orders_deputy: person_id, up_to_twd, valid_from, valid_until, set_by_id, set_at never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="a89426c38a4f13b462c5b60530587cc4cbe7732c",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_2ff6b",
                            table="orders_deputy",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InspectionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                (
                    "most_kg",
                    models.DecimalField(
                        decimal_places=2, help_text="gas in the largest cylinder it is for", max_digits=5
                    ),
                ),
                ("from_age", models.PositiveSmallIntegerField(help_text="years since it was made")),
                ("years", models.PositiveSmallIntegerField(help_text="until the next inspection")),
                ("is_sample", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["valid_from", "most_kg", "from_age"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("valid_from", "most_kg", "from_age"), name="one_interval_a_size_and_age"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("most_kg__gt", 0), ("years__gt", 0)), name="an_interval_has_a_length"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("depot", "depot"),
                            ("truck", "truck"),
                            ("site", "customer's site"),
                            ("plant", "filling plant"),
                            ("quarantine", "quarantine"),
                            ("legacy", "legacy system"),
                            ("other_dealer", "other dealers"),
                            ("purchase", "purchase"),
                            ("lost", "lost"),
                            ("scrapped", "scrapped"),
                            ("opening", "opening count"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "site",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="place",
                        to="customers.site",
                    ),
                ),
                ("cause_kind", models.CharField(blank=True, max_length=20)),
                ("cause_id", models.CharField(blank=True, max_length=40)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "site"), ("site__isnull", False)),
                            models.Q(models.Q(("kind", "site"), _negated=True), ("site", None)),
                            _connector="OR",
                        ),
                        name="a_site_place_has_its_site",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("site", None)),
                        fields=("kind", "cause_kind", "cause_id"),
                        name="one_place_a_cause",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PriceChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                ("body_digest", models.CharField(max_length=64)),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="price_changes",
                        to="customers.customer",
                    ),
                ),
                ("valid_from", models.DateField()),
                ("reason", models.CharField(max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "announce_to",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "nobody"),
                            ("customer", "this customer"),
                            ("monthly", "who pays by the month"),
                            ("all", "everybody with a mobile phone"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("announce_on", models.DateField(blank=True, null=True)),
                ("told_up_to", models.BigIntegerField(default=0, help_text="the last customer who has their message")),
                ("announced_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_on", models.DateField(blank=True, null=True)),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("withdrawn_why", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["-valid_from", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_price_change_has_its_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("announce_on", None), ("announce_to", "")),
                            models.Q(
                                models.Q(("announce_to", ""), _negated=True),
                                ("announce_on__isnull", False),
                                ("announce_on__lte", models.F("valid_from")),
                            ),
                            _connector="OR",
                        ),
                        name="an_announcement_has_its_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_on", None), ("withdrawn_on__lt", models.F("valid_from")), _connector="OR"
                        ),
                        name="only_what_is_to_come_is_withdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_by", None), ("withdrawn_on", None)),
                            models.Q(
                                ("withdrawn_by__isnull", False),
                                ("withdrawn_on__isnull", False),
                                models.Q(("withdrawn_why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_withdrawn_change_says_who_and_why",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.operation_id IS DISTINCT FROM NEW.operation_id OR OLD.customer_id IS DISTINCT FROM NEW.customer_id OR OLD.valid_from IS DISTINCT FROM NEW.valid_from OR OLD.reason IS DISTINCT FROM NEW.reason OR OLD.by_id IS DISTINCT FROM NEW.by_id OR OLD.at IS DISTINCT FROM NEW.at THEN\n                RAISE EXCEPTION 'orders_pricechange: operation_id, customer_id, valid_from, reason, by_id, at never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="44b35db8e613f87d0071a3a25044b15b467c1b83",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_7eaf9",
                            table="orders_pricechange",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=12, unique=True)),
                ("name", models.CharField(max_length=30)),
                ("name_en", models.CharField(max_length=30)),
                (
                    "family",
                    models.CharField(
                        choices=[
                            ("plain", "plain gas"),
                            ("propane", "propane"),
                            ("branded", "branded"),
                            ("metered", "metered"),
                        ],
                        max_length=8,
                    ),
                ),
                ("gas_kg", models.DecimalField(decimal_places=2, help_text="gas in a full cylinder", max_digits=5)),
                (
                    "tare_kg",
                    models.DecimalField(decimal_places=2, help_text="weight of the empty cylinder", max_digits=5),
                ),
                ("sort", models.PositiveSmallIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["sort"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("gas_kg__gt", 0), ("tare_kg__gte", 0)), name="a_product_weighs"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_searches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("query", models.CharField(max_length=600)),
                ("operation_id", models.UUIDField(unique=True)),
                ("kept_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "name"), name="a_person_names_a_search_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True), models.Q(("query", ""), _negated=True)
                        ),
                        name="a_search_looks_for_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="slots", to="customers.area"
                    ),
                ),
                ("day", models.DateField()),
                ("starts", models.PositiveSmallIntegerField()),
                ("ends", models.PositiveSmallIntegerField()),
                ("capacity", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["day", "starts"],
                "constraints": [
                    models.UniqueConstraint(fields=("area", "day", "starts"), name="one_slot_an_area_day_and_hour"),
                    models.CheckConstraint(
                        condition=models.Q(("ends__gt", models.F("starts")), ("ends__lte", 24), ("starts__gte", 0)),
                        name="a_slot_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StandingOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(editable=False, null=True, unique=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standing_orders",
                        to="customers.site",
                        verbose_name="address",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="name")),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("weekly", "on weekdays"),
                            ("every", "every n days"),
                            ("monthly", "monthly"),
                            ("custom", "on these days"),
                            ("none", "only when asked for"),
                        ],
                        default="weekly",
                        max_length=8,
                        verbose_name="rhythm",
                    ),
                ),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(), blank=True, default=list, verbose_name="weekdays"
                    ),
                ),
                (
                    "every_days",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="every so many days"),
                ),
                ("month_day", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="day of the month")),
                (
                    "dates",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(), blank=True, default=list, verbose_name="days"
                    ),
                ),
                (
                    "if_closed",
                    models.CharField(
                        choices=[("next", "come on the next possible day"), ("skip", "leave it out")],
                        default="next",
                        max_length=4,
                        verbose_name="if that day is impossible",
                    ),
                ),
                ("items", models.JSONField(help_text="[{product: its code, quantity}]", verbose_name="cylinders")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("starts_on", models.DateField(help_text="the rhythm counts from this day", verbose_name="starts")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="the last day on which it may come", null=True, verbose_name="ends"
                    ),
                ),
                ("paused_at", models.DateTimeField(blank=True, null=True, verbose_name="paused")),
                (
                    "paused_until",
                    models.DateField(
                        blank=True, help_text="empty: until it is resumed", null=True, verbose_name="paused until"
                    ),
                ),
                ("paused_reason", models.CharField(blank=True, max_length=200, verbose_name="why paused")),
                ("is_active", models.BooleanField(default=True, verbose_name="in force")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="stopped")),
                ("ended_reason", models.CharField(blank=True, max_length=200, verbose_name="why stopped")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("rhythm", "weekly"),
                                ("weekdays__contained_by", [1, 2, 3, 4, 5, 6, 7]),
                                ("weekdays__len__gt", 0),
                            ),
                            models.Q(("every_days__gt", 0), ("every_days__isnull", False), ("rhythm", "every")),
                            models.Q(
                                ("month_day__isnull", False), ("month_day__range", (1, 31)), ("rhythm", "monthly")
                            ),
                            models.Q(("dates__len__gt", 0), ("rhythm", "custom")),
                            ("rhythm", "none"),
                            _connector="OR",
                        ),
                        name="a_standing_order_has_its_rhythm",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("items", []), _negated=True), name="a_standing_order_asks_for_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                        name="a_standing_order_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("is_active", True)),
                            models.Q(("ended_at__isnull", False), ("is_active", False)),
                            _connector="OR",
                        ),
                        name="a_stopped_standing_order_has_its_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("paused_until", None), ("paused_at__isnull", False), _connector="OR"),
                        name="a_pause_has_its_beginning",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "orders_standingorderevent" ("created_at", "created_by_id", "dates", "ended_at", "ended_reason", "ends_on", "every_days", "id", "if_closed", "is_active", "items", "month_day", "name", "note", "paused_at", "paused_reason", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rhythm", "site_id", "starts_on", "weekdays") VALUES (NEW."created_at", NEW."created_by_id", NEW."dates", NEW."ended_at", NEW."ended_reason", NEW."ends_on", NEW."every_days", NEW."id", NEW."if_closed", NEW."is_active", NEW."items", NEW."month_day", NEW."name", NEW."note", NEW."paused_at", NEW."paused_reason", NEW."paused_until", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rhythm", NEW."site_id", NEW."starts_on", NEW."weekdays"); RETURN NULL;',
                            hash="9e1a58097383ccf85370ea4fb2fb46f1c9ff3219",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_688b1",
                            table="orders_standingorder",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."dates" IS DISTINCT FROM (NEW."dates") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."ended_reason" IS DISTINCT FROM (NEW."ended_reason") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."every_days" IS DISTINCT FROM (NEW."every_days") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."if_closed" IS DISTINCT FROM (NEW."if_closed") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."items" IS DISTINCT FROM (NEW."items") OR OLD."month_day" IS DISTINCT FROM (NEW."month_day") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."paused_at" IS DISTINCT FROM (NEW."paused_at") OR OLD."paused_reason" IS DISTINCT FROM (NEW."paused_reason") OR OLD."paused_until" IS DISTINCT FROM (NEW."paused_until") OR OLD."rhythm" IS DISTINCT FROM (NEW."rhythm") OR OLD."site_id" IS DISTINCT FROM (NEW."site_id") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."weekdays" IS DISTINCT FROM (NEW."weekdays"))',
                            func='INSERT INTO "orders_standingorderevent" ("created_at", "created_by_id", "dates", "ended_at", "ended_reason", "ends_on", "every_days", "id", "if_closed", "is_active", "items", "month_day", "name", "note", "paused_at", "paused_reason", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rhythm", "site_id", "starts_on", "weekdays") VALUES (NEW."created_at", NEW."created_by_id", NEW."dates", NEW."ended_at", NEW."ended_reason", NEW."ends_on", NEW."every_days", NEW."id", NEW."if_closed", NEW."is_active", NEW."items", NEW."month_day", NEW."name", NEW."note", NEW."paused_at", NEW."paused_reason", NEW."paused_until", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rhythm", NEW."site_id", NEW."starts_on", NEW."weekdays"); RETURN NULL;',
                            hash="42ad91dc8d62f0d4b77f553697eeda867614dc9d",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b58af",
                            table="orders_standingorder",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cylinder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("serial", models.CharField(max_length=30, unique=True)),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cylinders", to="orders.product"
                    ),
                ),
                ("made_on", models.DateField(blank=True, null=True)),
                ("inspected_on", models.DateField(blank=True, null=True)),
                ("inspect_by", models.DateField(blank=True, null=True)),
                ("retire_by", models.DateField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True)),
                ("operation_id", models.UUIDField(unique=True)),
                ("body_digest", models.CharField(max_length=64)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="customers.customer"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="customers.site"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("placed", "received"),
                            ("held", "on hold"),
                            ("confirmed", "confirmed"),
                            ("planned", "on a route"),
                            ("out", "on the truck"),
                            ("delivered", "delivered"),
                            ("review", "being checked"),
                            ("cancelled", "cancelled"),
                        ],
                        default="placed",
                        max_length=10,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("web", "web"),
                            ("phone", "phone"),
                            ("counter", "counter"),
                            ("standing", "standing order"),
                            ("owed", "owed from before"),
                            ("api", "API"),
                            ("paper", "paper"),
                        ],
                        max_length=8,
                    ),
                ),
                ("is_gas_out", models.BooleanField()),
                ("is_now", models.BooleanField(default=False)),
                (
                    "slot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="orders.slot",
                    ),
                ),
                ("promised_on", models.DateField()),
                ("promised_from", models.DateTimeField()),
                ("promised_to", models.DateTimeField()),
                ("needs_day", models.BooleanField(default=False, help_text="red until the customer agreed to a day")),
                ("needs_leak_check", models.BooleanField(default=False)),
                (
                    "leak_check",
                    models.CharField(
                        blank=True,
                        choices=[("", "not done"), ("passed", "passed"), ("refused", "refused in writing")],
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "pays_by",
                    models.CharField(choices=[("cash", "pays the driver"), ("account", "on account")], max_length=8),
                ),
                ("note", models.CharField(blank=True, max_length=400)),
                ("hold_reason", models.CharField(blank=True, max_length=200)),
                (
                    "owed_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owed_orders",
                        to="orders.order",
                    ),
                ),
                ("priced_on", models.DateField()),
                ("decision", models.JSONField(default=dict)),
                ("variant", models.CharField(max_length=40)),
                ("stage", models.CharField(max_length=12)),
                ("system_of_record", models.CharField(default="new", max_length=6)),
                ("track_token", models.CharField(max_length=32, unique=True)),
                ("placed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "placed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-placed_at"],
                "indexes": [
                    models.Index(fields=["customer", "-placed_at"], name="orders_of_a_customer"),
                    models.Index(fields=["site", "-placed_at"], name="orders_of_a_site"),
                    models.Index(fields=["promised_on", "state"], name="orders_of_a_day"),
                    models.Index(fields=["-placed_at"], name="orders_by_age"),
                    models.Index(
                        condition=models.Q(("state__in", ("placed", "held", "confirmed", "planned", "out", "review"))),
                        fields=["promised_on"],
                        name="open_orders_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("placed", "held", "confirmed", "planned", "out", "review"))),
                        fields=["customer"],
                        name="open_orders_of_a_customer",
                    ),
                    models.Index(condition=models.Q(("slot__isnull", False)), fields=["slot"], name="orders_in_a_slot"),
                    models.Index(
                        condition=models.Q(("state", "held")), fields=["promised_from"], name="orders_on_hold"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "delivered"), _negated=True),
                            ("needs_leak_check", False),
                            models.Q(("leak_check", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="delivered_only_past_the_leak_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_gas_out", False), ("needs_leak_check", True), _connector="OR"),
                        name="no_gas_needs_a_leak_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("delivered_at__isnull", False), ("state", "delivered")),
                            models.Q(("state", "delivered"), _negated=True),
                            _connector="OR",
                        ),
                        name="delivered_has_its_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("promised_to__gt", models.F("promised_from"))),
                        name="a_promise_has_a_length",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("system_of_record", "new")), name="orders_are_of_the_new_system"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["placed", "held", "confirmed", "planned", "out", "delivered", "review", "cancelled"],
                            )
                        ),
                        name="order_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("variant", ""), _negated=True), name="an_order_stores_its_variant"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="only_of_the_new_system",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF NOT EXISTS (SELECT 1 FROM customers_customer WHERE id = NEW.customer_id AND system_of_record = 'new') THEN\n                RAISE EXCEPTION 'this customer is still in the legacy system' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="68c01a08d21126960921df2c3d7bdeeeabf5cfeb",
                            operation="INSERT",
                            pgid="pgtrigger_only_of_the_new_system_c812d",
                            table="orders_order",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="state_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.state IS DISTINCT FROM NEW.state AND NOT ((OLD.state = 'placed' AND NEW.state IN ('held', 'confirmed', 'cancelled')) OR (OLD.state = 'held' AND NEW.state IN ('confirmed', 'review', 'cancelled')) OR (OLD.state = 'confirmed' AND NEW.state IN ('held', 'planned', 'out', 'delivered', 'cancelled')) OR (OLD.state = 'planned' AND NEW.state IN ('confirmed', 'out', 'cancelled')) OR (OLD.state = 'out' AND NEW.state IN ('confirmed', 'delivered', 'review', 'cancelled')) OR (OLD.state = 'review' AND NEW.state IN ('delivered', 'confirmed', 'cancelled')) OR (OLD.state = 'cancelled' AND NEW.state IN ('review'))) THEN\n                RAISE EXCEPTION 'orders_order.state does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="c63537f52f4491513daf52b9b892b52f532bd369",
                            operation="UPDATE",
                            pgid="pgtrigger_state_moves_7e2c2",
                            table="orders_order",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="customer_changes_by_merge",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.customer_id <> NEW.customer_id AND (OLD.state IN ('delivered', 'cancelled') OR NOT EXISTS (\n                SELECT 1 FROM customers_customer WHERE id = OLD.customer_id AND merged_into_id = NEW.customer_id\n            )) THEN\n                RAISE EXCEPTION 'an order stays with its customer' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="3f941d0f08e88e068dba477ecfc9304989075e16",
                            operation="UPDATE",
                            pgid="pgtrigger_customer_changes_by_merge_40fc3",
                            table="orders_order",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="held_goes_on_by_a_decision",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.state = 'held' AND NEW.state = 'confirmed' AND NOT EXISTS (\n                SELECT 1 FROM orders_holddecision d\n                WHERE d.order_id = NEW.id AND d.outcome = 'released' AND d.hold_id = (\n                    SELECT max(e.id) FROM orders_orderevent e\n                    WHERE e.order_id = NEW.id AND e.to_state = 'held' AND e.from_state <> 'held')\n            ) THEN\n                RAISE EXCEPTION 'nobody let this order go' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="e8d95b141b0c79fa97495e6b8b291682cf8f1bcf",
                            operation="UPDATE",
                            pgid="pgtrigger_held_goes_on_by_a_decision_2f69f",
                            table="orders_order",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="nothing_overdue_stands_there",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state <> 'delivered' AND NEW.state = 'delivered')",
                            func="\n            IF (\n                SELECT sum(CASE WHEN purpose ~ '^contested' THEN quantity ELSE -quantity END)\n                FROM orders_cylindermovement\n                WHERE cause_kind = 'order' AND cause_id = NEW.id::text AND purpose ~ '^(contested|un-contested|fetched)'\n            ) > 0 THEN\n                RAISE EXCEPTION 'an overdue cylinder of this order still stands there' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="04a5dcd46e6da76775d72c9b76d597b72fa2a4d4",
                            operation="UPDATE",
                            pgid="pgtrigger_nothing_overdue_stands_there_5bbfb",
                            table="orders_order",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="a_refusal_is_signed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state <> 'delivered' AND NEW.state = 'delivered' AND NEW.leak_check = 'refused')",
                            func="\n            IF NOT EXISTS (\n                SELECT 1 FROM customers_leakcheck\n                WHERE site_id = NEW.site_id AND outcome = 'refused' AND at >= NEW.placed_at\n            ) THEN\n                RAISE EXCEPTION 'nobody signed that the leak check was refused' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="12c84ea4115fca581f875d031cabeb1472b5ce7c",
                            operation="UPDATE",
                            pgid="pgtrigger_a_refusal_is_signed_fb44d",
                            table="orders_order",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="a_leak_check_stays_needed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.needs_leak_check AND NOT NEW.needs_leak_check)",
                            func="\n            IF NEW.is_gas_out\n            OR (\n                EXISTS (SELECT 1 FROM customers_customer WHERE id = NEW.customer_id AND legacy_code IS NULL)\n                AND NOT EXISTS (SELECT 1 FROM orders_order WHERE site_id = NEW.site_id AND state = 'delivered')\n            )\n            OR EXISTS (\n                SELECT 1 FROM customers_incident i\n                WHERE i.kind = 'leak'\n                  AND (i.site_id = NEW.site_id OR (i.site_id IS NULL AND i.customer_id = NEW.customer_id))\n                  AND NOT EXISTS (\n                    SELECT 1 FROM customers_leakcheck c\n                    WHERE c.site_id = NEW.site_id AND c.outcome = 'passed' AND c.at >= i.opened_at)\n            ) THEN\n                RAISE EXCEPTION 'this order still needs a leak check' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="e96f7f28467df86fe4eafe176b78c2202923bd3b",
                            operation="UPDATE",
                            pgid="pgtrigger_a_leak_check_stays_needed_3eafc",
                            table="orders_order",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.operation_id IS DISTINCT FROM NEW.operation_id OR OLD.number IS DISTINCT FROM NEW.number OR OLD.variant IS DISTINCT FROM NEW.variant OR OLD.system_of_record IS DISTINCT FROM NEW.system_of_record THEN\n                RAISE EXCEPTION 'orders_order: operation_id, number, variant, system_of_record never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="99c16ca8e2b0e0811ce3261624320c9340556fa0",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_02abb",
                            table="orders_order",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="prices", to="orders.product"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="customers.customer",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("gas", "gas"), ("deposit", "deposit"), ("residual", "residual gas, per kg")],
                        default="gas",
                        max_length=8,
                    ),
                ),
                ("amount_twd", models.PositiveIntegerField(null=True)),
                ("valid_from", models.DateField()),
                ("is_sample", models.BooleanField(default=False)),
                (
                    "change",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="orders.pricechange",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["valid_from", "customer"], name="prices_by_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_twd__isnull", False), ("customer__isnull", False), _connector="OR"),
                        name="a_list_price_is_an_amount",
                    ),
                    models.UniqueConstraint(
                        fields=("product", "customer", "kind", "valid_from"),
                        name="one_price_a_product_customer_kind_and_day",
                        nulls_distinct=False,
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.product_id IS DISTINCT FROM NEW.product_id OR OLD.customer_id IS DISTINCT FROM NEW.customer_id OR OLD.kind IS DISTINCT FROM NEW.kind OR OLD.amount_twd IS DISTINCT FROM NEW.amount_twd OR OLD.valid_from IS DISTINCT FROM NEW.valid_from OR OLD.change_id IS DISTINCT FROM NEW.change_id THEN\n                RAISE EXCEPTION 'orders_price: product_id, customer_id, kind, amount_twd, valid_from, change_id never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="f2547436051be4f57f861192f7e19c53b2396f9e",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_edf54",
                            table="orders_price",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_withdrawn",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF NOT EXISTS (SELECT 1 FROM orders_pricechange WHERE id = OLD.change_id AND withdrawn_on IS NOT NULL) THEN\n                RAISE EXCEPTION 'a price is never taken away, only the change that brought it is withdrawn' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN OLD;\n        ",
                            hash="c5dac81437c424e0f094312bc975263c1b54070f",
                            operation="DELETE",
                            pgid="pgtrigger_only_withdrawn_91896",
                            table="orders_price",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "orders_priceevent" ("amount_twd", "change_id", "customer_id", "id", "is_sample", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "valid_from") VALUES (NEW."amount_twd", NEW."change_id", NEW."customer_id", NEW."id", NEW."is_sample", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."product_id", NEW."valid_from"); RETURN NULL;',
                            hash="5202f6a59a22de9f7f867c7d206db133004922e0",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_c6244",
                            table="orders_price",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "orders_priceevent" ("amount_twd", "change_id", "customer_id", "id", "is_sample", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "valid_from") VALUES (NEW."amount_twd", NEW."change_id", NEW."customer_id", NEW."id", NEW."is_sample", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."product_id", NEW."valid_from"); RETURN NULL;',
                            hash="f0c6ded09ce581d918684329fec545af902f8b43",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_378e7",
                            table="orders_price",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "orders_priceevent" ("amount_twd", "change_id", "customer_id", "id", "is_sample", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "valid_from") VALUES (OLD."amount_twd", OLD."change_id", OLD."customer_id", OLD."id", OLD."is_sample", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."product_id", OLD."valid_from"); RETURN NULL;',
                            hash="cc8d20c0073f4de3aaf42d5ad814b8bfb3b774a8",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_aa513",
                            table="orders_price",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeterReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                ("body_digest", models.CharField(max_length=64)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="readings", to="customers.site"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.product"
                    ),
                ),
                ("read_on", models.DateField()),
                ("reading_kg", models.DecimalField(decimal_places=2, max_digits=10)),
                (
                    "is_new_meter",
                    models.BooleanField(
                        db_default=False, default=False, help_text="the meter was changed: it starts here"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                    ),
                ),
                ("reversed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reversed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reversed_why", models.CharField(blank=True, db_default="", default="", max_length=200)),
            ],
            options={
                "ordering": ["-read_on"],
                "indexes": [models.Index(fields=["site", "product", "-read_on"], name="readings_of_a_meter")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reversed_at", None)),
                        fields=("site", "product", "read_on", "is_new_meter"),
                        name="one_reading_a_meter_and_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reading_kg__gte", 0)), name="a_reading_is_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reversed_at", None), ("reversed_by", None)),
                            models.Q(
                                ("reversed_at__isnull", False),
                                ("reversed_by__isnull", False),
                                models.Q(("reversed_why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_reversed_reading_says_who_and_why",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.operation_id IS DISTINCT FROM NEW.operation_id OR OLD.site_id IS DISTINCT FROM NEW.site_id OR OLD.product_id IS DISTINCT FROM NEW.product_id OR OLD.read_on IS DISTINCT FROM NEW.read_on OR OLD.reading_kg IS DISTINCT FROM NEW.reading_kg OR OLD.is_new_meter IS DISTINCT FROM NEW.is_new_meter OR OLD.by_id IS DISTINCT FROM NEW.by_id THEN\n                RAISE EXCEPTION 'orders_meterreading: operation_id, site_id, product_id, read_on, reading_kg, is_new_meter, by_id never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="d78617da4816fca1094acadce917bf500e8aa0ea",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_b9826",
                            table="orders_meterreading",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StandingOrderEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="orders.standingorder",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "site",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.site",
                        verbose_name="address",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="name")),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("weekly", "on weekdays"),
                            ("every", "every n days"),
                            ("monthly", "monthly"),
                            ("custom", "on these days"),
                            ("none", "only when asked for"),
                        ],
                        default="weekly",
                        max_length=8,
                        verbose_name="rhythm",
                    ),
                ),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(), blank=True, default=list, verbose_name="weekdays"
                    ),
                ),
                (
                    "every_days",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="every so many days"),
                ),
                ("month_day", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="day of the month")),
                (
                    "dates",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(), blank=True, default=list, verbose_name="days"
                    ),
                ),
                (
                    "if_closed",
                    models.CharField(
                        choices=[("next", "come on the next possible day"), ("skip", "leave it out")],
                        default="next",
                        max_length=4,
                        verbose_name="if that day is impossible",
                    ),
                ),
                ("items", models.JSONField(help_text="[{product: its code, quantity}]", verbose_name="cylinders")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("starts_on", models.DateField(help_text="the rhythm counts from this day", verbose_name="starts")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="the last day on which it may come", null=True, verbose_name="ends"
                    ),
                ),
                ("paused_at", models.DateTimeField(blank=True, null=True, verbose_name="paused")),
                (
                    "paused_until",
                    models.DateField(
                        blank=True, help_text="empty: until it is resumed", null=True, verbose_name="paused until"
                    ),
                ),
                ("paused_reason", models.CharField(blank=True, max_length=200, verbose_name="why paused")),
                ("is_active", models.BooleanField(default=True, verbose_name="in force")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="stopped")),
                ("ended_reason", models.CharField(blank=True, max_length=200, verbose_name="why stopped")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "move",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="orders.bulkmove"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("waiting", "not yet"), ("done", "done"), ("refused", "not possible")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("sentence", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("move", "order"), name="an_order_is_moved_once_in_bulk"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "refused"), models.Q(("sentence", ""), _negated=True)),
                            models.Q(models.Q(("outcome", "refused"), _negated=True), ("sentence", "")),
                            _connector="OR",
                        ),
                        name="what_is_refused_in_bulk_says_why",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="outcome_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.outcome IS DISTINCT FROM NEW.outcome AND NOT ((OLD.outcome = 'waiting' AND NEW.outcome IN ('done', 'refused'))) THEN\n                RAISE EXCEPTION 'orders_bulkrow.outcome does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="ade03a1dff5c0955f9bd6ecb8838b67394f43224",
                            operation="UPDATE",
                            pgid="pgtrigger_outcome_moves_829de",
                            table="orders_bulkrow",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="orders.order"
                    ),
                ),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("placed", "received"),
                            ("held", "on hold"),
                            ("confirmed", "confirmed"),
                            ("planned", "on a route"),
                            ("out", "on the truck"),
                            ("delivered", "delivered"),
                            ("review", "being checked"),
                            ("cancelled", "cancelled"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("placed", "received"),
                            ("held", "on hold"),
                            ("confirmed", "confirmed"),
                            ("planned", "on a route"),
                            ("out", "on the truck"),
                            ("delivered", "delivered"),
                            ("review", "being checked"),
                            ("cancelled", "cancelled"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("web", "web"),
                            ("phone", "phone"),
                            ("counter", "counter"),
                            ("standing", "standing order"),
                            ("owed", "owed from before"),
                            ("api", "API"),
                            ("paper", "paper"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("announces", models.CharField(blank=True, max_length=20)),
                ("operation_id", models.UUIDField(unique=True)),
                ("data", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["order", "id"], name="events_of_an_order")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'orders_orderevent is append-only' USING ERRCODE = 'check_violation';",
                            hash="2ae7b07a426bae7f8c697bd8532ef1ae12dcacde",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_39cdb",
                            table="orders_orderevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PriceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="orders.price",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="orders.product",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("gas", "gas"), ("deposit", "deposit"), ("residual", "residual gas, per kg")],
                        default="gas",
                        max_length=8,
                    ),
                ),
                ("amount_twd", models.PositiveIntegerField(null=True)),
                ("valid_from", models.DateField()),
                ("is_sample", models.BooleanField(default=False)),
                (
                    "change",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="orders.pricechange",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="orders.order"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.product"
                    ),
                ),
                ("ordered", models.PositiveSmallIntegerField()),
                ("empties_expected", models.PositiveSmallIntegerField(default=0)),
                ("unit_price_twd", models.PositiveIntegerField()),
                ("deposit_twd", models.PositiveIntegerField(default=0)),
                ("delivered", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("empties_taken", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "rest",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "nothing short"),
                            ("owed", "brought later"),
                            ("unwanted", "not wanted"),
                            ("substituted", "another kind instead"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
            ],
            options={
                "ordering": ["product__sort", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("order", "product"), name="one_line_a_product"),
                    models.CheckConstraint(
                        condition=models.Q(("ordered__lte", 99), ("empties_expected__lte", 99)), name="a_line_is_sane"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("delivered", None),
                            ("delivered__gte", models.F("ordered")),
                            models.Q(("rest", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="what_is_short_is_explained",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("delivered", None), ("empties_taken", None)),
                            models.Q(("delivered__isnull", False), ("empties_taken__isnull", False)),
                            _connector="OR",
                        ),
                        name="handed_over_together",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CylinderMovement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.product"
                    ),
                ),
                (
                    "cylinder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="orders.cylinder",
                    ),
                ),
                ("quantity", models.PositiveIntegerField()),
                (
                    "from_place",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.place"),
                ),
                (
                    "from_state",
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
                (
                    "to_place",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.place"),
                ),
                (
                    "to_state",
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
                ("residual_kg", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                (
                    "inspect_by",
                    models.DateField(
                        blank=True, help_text="the oldest date on their tags, when somebody looked", null=True
                    ),
                ),
                ("cause_kind", models.CharField(max_length=20)),
                ("cause_id", models.CharField(max_length=40)),
                ("purpose", models.CharField(max_length=20)),
                ("day", models.DateField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["from_place", "product", "from_state"],
                        include=("quantity",),
                        name="movements_out_of_a_place",
                    ),
                    models.Index(
                        fields=["to_place", "product", "to_state"], include=("quantity",), name="movements_into_a_place"
                    ),
                    models.Index(fields=["from_place", "day"], name="movements_out_by_day"),
                    models.Index(fields=["to_place", "day"], name="movements_in_by_day"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cause_kind", "cause_id", "purpose", "product", "cylinder"),
                        name="a_cause_moves_a_product_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="a_movement_moves_something"),
                    models.CheckConstraint(
                        condition=models.Q(("cylinder", None), ("quantity", 1), _connector="OR"),
                        name="a_serial_moves_one_cylinder",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_place", models.F("to_place")), ("from_state", models.F("to_state")), _negated=True
                        ),
                        name="a_movement_changes_place_or_state",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'orders_cylindermovement is append-only' USING ERRCODE = 'check_violation';",
                            hash="8849f636298eea0a3ae01d9bd1c238bfa589c14f",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a4934",
                            table="orders_cylindermovement",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="in_date",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.cylinder_id IS NOT NULL OR NEW.inspect_by IS NOT NULL)",
                            func="\n            IF EXISTS (\n                SELECT 1 FROM orders_place come\n                JOIN orders_place go ON go.id = NEW.to_place_id\n                LEFT JOIN orders_cylinder c ON c.id = NEW.cylinder_id\n                WHERE come.id = NEW.from_place_id AND come.kind NOT IN ('site', 'opening')\n                  AND (go.kind = 'site' OR go.kind = 'truck' AND NEW.to_state = 'full')\n                  AND least(NEW.inspect_by, c.inspect_by, c.retire_by) < NEW.day\n                  AND NOT (\n                    go.kind = 'site' AND NEW.purpose ~ '^contested' AND NEW.cause_kind = 'order' AND EXISTS (\n                        SELECT 1 FROM orders_order\n                        WHERE id = substring(NEW.cause_id FROM '^[0-9]+$')::bigint AND state = 'review')\n                  )\n            ) THEN\n                RAISE EXCEPTION 'this cylinder is overdue for inspection' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="d21af6092dc9b47ce5d91d3590ed4c06e5cf9ca2",
                            operation="INSERT",
                            pgid="pgtrigger_in_date_a0c40",
                            table="orders_cylindermovement",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StandingDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "standing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="days", to="orders.standingorder"
                    ),
                ),
                ("on", models.DateField(help_text="the day that the rhythm named")),
                ("by_hand", models.BooleanField(default=False, help_text="somebody asked for it; not the rhythm")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "due"),
                            ("made", "made"),
                            ("skipped", "left out"),
                            ("refused", "not possible"),
                        ],
                        default="due",
                        max_length=8,
                    ),
                ),
                (
                    "was_missed",
                    models.BooleanField(default=False, help_text="its day had passed when the generator came to it"),
                ),
                ("made_for", models.DateField(blank=True, help_text="the day its order is promised for", null=True)),
                (
                    "order",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standing_day",
                        to="orders.order",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["on", "pk"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "due")), fields=["on"], name="standing_days_due"),
                    models.Index(condition=models.Q(("state", "refused")), fields=["on"], name="standing_days_refused"),
                    models.Index(fields=["made_for"], name="standing_days_made_for"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("by_hand", False)),
                        fields=("standing", "on"),
                        name="a_day_of_a_standing_order_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("by_hand", False)),
                        fields=("standing", "made_for"),
                        name="a_standing_order_comes_once_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("made_for__isnull", False), ("order__isnull", False), ("state", "made")),
                            models.Q(models.Q(("state", "made"), _negated=True), ("made_for", None), ("order", None)),
                            _connector="OR",
                        ),
                        name="a_made_day_has_its_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["skipped", "refused"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="what_is_not_made_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("state", "due")),
                            models.Q(models.Q(("state", "due"), _negated=True), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_settled_day_has_its_time",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="state_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.state IS DISTINCT FROM NEW.state AND NOT ((OLD.state = 'due' AND NEW.state IN ('made', 'skipped', 'refused')) OR (OLD.state = 'refused' AND NEW.state IN ('skipped'))) THEN\n                RAISE EXCEPTION 'orders_standingday.state does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="ed68705499c4935ee91c9be200fccddc6da014ad",
                            operation="UPDATE",
                            pgid="pgtrigger_state_moves_90310",
                            table="orders_standingday",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='\n            IF OLD.standing_id IS DISTINCT FROM NEW.standing_id OR OLD."on" IS DISTINCT FROM NEW."on" OR OLD.by_hand IS DISTINCT FROM NEW.by_hand THEN\n                RAISE EXCEPTION \'orders_standingday: standing_id, "on", by_hand never change\' USING ERRCODE = \'check_violation\';\n            END IF;\n            RETURN NEW;\n        ',
                            hash="42d988bc5ba60626e798ec5bf0fa2b6d16c53961",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_213ce",
                            table="orders_standingday",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SuspensionRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "suspension",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="customers.suspension"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suspension_rows",
                        to="orders.order",
                    ),
                ),
                (
                    "standing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.standingorder",
                    ),
                ),
                (
                    "was_on",
                    models.DateField(help_text="the day it was for; of a standing order the day its rhythm names"),
                ),
                ("was_from", models.DateTimeField(blank=True, null=True)),
                ("was_to", models.DateTimeField(blank=True, null=True)),
                (
                    "before",
                    models.JSONField(default=dict, help_text="the order's promise as it was: what undo writes back"),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.slot",
                    ),
                ),
                (
                    "day",
                    models.DateField(blank=True, help_text="the day it comes instead; none: not yet known", null=True),
                ),
                (
                    "runs_out_on",
                    models.DateField(
                        blank=True, help_text="the first day on which their gas may be used up", null=True
                    ),
                ),
                (
                    "is_urgent",
                    models.BooleanField(default=False, help_text="without gas before that day: somebody calls"),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "not yet"),
                            ("moved", "another time"),
                            ("skipped", "left out"),
                            ("refused", "not possible"),
                            ("gone", "not concerned any more"),
                            ("back", "as before"),
                            ("kept", "stays as it is"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("sentence", models.CharField(blank=True, max_length=300)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["suspension", "outcome"], name="rows_of_a_suspension")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("order__isnull", False)),
                        fields=("suspension", "order"),
                        name="a_suspension_moves_an_order_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("standing__isnull", False)),
                        fields=("suspension", "standing", "was_on"),
                        name="a_suspension_has_a_standing_date_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("order__isnull", False), ("standing", None)),
                            models.Q(("order", None), ("standing__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_suspension_row_is_of_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome__in", ["refused", "skipped", "gone", "kept"]), _negated=True),
                            models.Q(("sentence", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="what_a_suspension_does_not_move_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "moved"), _negated=True), ("day__isnull", False), _connector="OR"
                        ),
                        name="what_a_suspension_moves_has_its_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "waiting"), ("settled_at", None)),
                            models.Q(models.Q(("outcome", "waiting"), _negated=True), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="an_outcome_has_its_time",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="outcome_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.outcome IS DISTINCT FROM NEW.outcome AND NOT ((OLD.outcome = 'waiting' AND NEW.outcome IN ('moved', 'skipped', 'refused', 'gone')) OR (OLD.outcome = 'moved' AND NEW.outcome IN ('back', 'kept')) OR (OLD.outcome = 'skipped' AND NEW.outcome IN ('back', 'kept')) OR (OLD.outcome = 'refused' AND NEW.outcome IN ('back', 'kept'))) THEN\n                RAISE EXCEPTION 'orders_suspensionrow.outcome does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="bf9b9918c273f65be3867283637a267b961e097d",
                            operation="UPDATE",
                            pgid="pgtrigger_outcome_moves_accdc",
                            table="orders_suspensionrow",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.suspension_id IS DISTINCT FROM NEW.suspension_id OR OLD.order_id IS DISTINCT FROM NEW.order_id OR OLD.standing_id IS DISTINCT FROM NEW.standing_id OR OLD.was_on IS DISTINCT FROM NEW.was_on THEN\n                RAISE EXCEPTION 'orders_suspensionrow: suspension_id, order_id, standing_id, was_on never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="d163dcf70213edbe7e4239ebbd64f68346c6e93c",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_30168",
                            table="orders_suspensionrow",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HoldDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hold_decisions", to="orders.order"
                    ),
                ),
                (
                    "hold",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decision", to="orders.orderevent"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(choices=[("released", "released"), ("declined", "turned down")], max_length=8),
                ),
                (
                    "grounds",
                    models.CharField(
                        choices=[
                            ("manager", "as a manager"),
                            ("deputy", "as a deputy"),
                            ("fits", "within the limit by then"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "deputy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="orders.deputy",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("note", models.CharField(max_length=200)),
                ("order_twd", models.PositiveIntegerField()),
                ("exposure_twd", models.BigIntegerField()),
                ("limit_twd", models.PositiveIntegerField(blank=True, null=True)),
                ("was_blocked", models.BooleanField()),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("note", ""), _negated=True), name="a_decision_says_why"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deputy__isnull", False), ("grounds", "deputy")),
                            models.Q(models.Q(("grounds", "deputy"), _negated=True), ("deputy", None)),
                            _connector="OR",
                        ),
                        name="a_deputys_decision_names_it",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'orders_holddecision is append-only' USING ERRCODE = 'check_violation';",
                            hash="e80a5f9f073a2e36dc0733d04f95d69231c21adc",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_acc02",
                            table="orders_holddecision",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_who_may_decide",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF NOT (CASE NEW.grounds\n                WHEN 'manager' THEN EXISTS (\n                    SELECT 1 FROM luckygas_user_groups held JOIN auth_group role ON role.id = held.group_id\n                    WHERE held.user_id = NEW.by_id AND role.name = 'manager')\n                WHEN 'deputy' THEN EXISTS (\n                    SELECT 1 FROM orders_deputy d\n                    WHERE d.id = NEW.deputy_id AND d.person_id = NEW.by_id AND d.ended_at IS NULL\n                      AND (NEW.outcome = 'declined' OR (d.up_to_twd >= NEW.order_twd AND NOT NEW.was_blocked)))\n                WHEN 'fits' THEN NEW.outcome = 'released' AND NOT NEW.was_blocked\n                    AND (NEW.limit_twd IS NULL OR NEW.exposure_twd <= NEW.limit_twd)\n                ELSE false END)\n            THEN\n                RAISE EXCEPTION 'this person may not decide about this order' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="d594e7983f9c5546b2abfb3323e9b0e6de177813",
                            operation="INSERT",
                            pgid="pgtrigger_only_who_may_decide_d146f",
                            table="orders_holddecision",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
