import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.lookups
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import customers.models.customer
import customers.models.site


class Migration(migrations.Migration):
    initial = True

    # What others alter comes before our models, which each alteration would render anew.
    dependencies = [
        ("luckygas", "__first__"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("waffle", "0004_update_everyone_nullbooleanfield"),
    ]

    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.BigIntegerField(
                        db_default=customers.models.customer.NextNumber(models.Value("customer_number")),
                        editable=False,
                        unique=True,
                    ),
                ),
                ("operation_id", models.UUIDField(editable=False, null=True, unique=True)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "name_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=customers.models.customer.Comparable(models.F("name")),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("household", "household"), ("commercial", "business")],
                        default="household",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "trade",
                    models.CharField(blank=True, help_text="類型: 學校, 市場 …", max_length=20, verbose_name="trade"),
                ),
                ("invoice_title", models.CharField(blank=True, max_length=80, verbose_name="invoice title")),
                ("tax_id", models.CharField(blank=True, max_length=8, verbose_name="unified business number")),
                ("is_metered", models.BooleanField(default=False, verbose_name="billed by meter")),
                (
                    "settlement",
                    models.CharField(
                        choices=[("cash", "pays at the door"), ("monthly", "monthly account")],
                        default="cash",
                        max_length=10,
                        verbose_name="settlement",
                    ),
                ),
                ("credit_limit_twd", models.PositiveIntegerField(blank=True, null=True, verbose_name="credit limit")),
                ("is_blocked", models.BooleanField(default=False, verbose_name="blocked for credit")),
                (
                    "blocked_why",
                    models.CharField(blank=True, db_default="", max_length=200, verbose_name="why blocked or not"),
                ),
                ("language", models.CharField(default="zh-hant", max_length=7, verbose_name="language")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "legacy_code",
                    models.CharField(blank=True, max_length=20, null=True, unique=True, verbose_name="legacy number"),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("legacy", "in the legacy system"),
                            ("imported", "imported"),
                            ("shadow", "in shadow"),
                            ("live", "live"),
                            ("settled", "settled"),
                            ("rolled_back", "rolled back"),
                        ],
                        default="live",
                        max_length=12,
                    ),
                ),
                (
                    "system_of_record",
                    models.CharField(
                        choices=[("legacy", "legacy system"), ("new", "new system")], default="new", max_length=6
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("deactivated_at", models.DateTimeField(blank=True, null=True)),
                ("deactivated_reason", models.CharField(blank=True, max_length=200)),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absorbed",
                        to="customers.customer",
                        verbose_name="merged into",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("name_key", "gin_trgm_ops"),
                        name="customer_by_name_fragment",
                    ),
                    models.Index(fields=["kind", "number"], name="customers_of_a_kind"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stage__in", ("live", "settled")), ("system_of_record", "new")),
                            models.Q(
                                models.Q(("stage__in", ("live", "settled")), _negated=True),
                                ("system_of_record", "legacy"),
                            ),
                            _connector="OR",
                        ),
                        name="stage_and_system_of_record_agree",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("legacy_code", ""), _negated=True), name="legacy_code_is_a_code_or_null"
                    ),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="customer_has_a_name"),
                    models.CheckConstraint(
                        condition=models.Q(("merged_into", None), ("deactivated_at__isnull", False), _connector="OR"),
                        name="a_merged_record_is_not_served",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="stage_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.stage IS DISTINCT FROM NEW.stage AND NOT ((OLD.stage = 'legacy' AND NEW.stage IN ('imported')) OR (OLD.stage = 'imported' AND NEW.stage IN ('shadow', 'live', 'legacy')) OR (OLD.stage = 'shadow' AND NEW.stage IN ('live', 'imported')) OR (OLD.stage = 'live' AND NEW.stage IN ('settled', 'rolled_back')) OR (OLD.stage = 'settled' AND NEW.stage IN ('rolled_back')) OR (OLD.stage = 'rolled_back' AND NEW.stage IN ('imported'))) THEN\n                RAISE EXCEPTION 'customers_customer.stage does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="1e1e50fb2257566e56e3699a0bae7909e14088bd",
                            operation="UPDATE",
                            pgid="pgtrigger_stage_moves_35999",
                            table="customers_customer",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "customers_customerevent" ("blocked_why", "created_at", "credit_limit_twd", "deactivated_at", "deactivated_reason", "id", "invoice_title", "is_blocked", "is_metered", "kind", "language", "legacy_code", "merged_into_id", "name", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "settlement", "stage", "system_of_record", "tax_id", "trade") VALUES (NEW."blocked_why", NEW."created_at", NEW."credit_limit_twd", NEW."deactivated_at", NEW."deactivated_reason", NEW."id", NEW."invoice_title", NEW."is_blocked", NEW."is_metered", NEW."kind", NEW."language", NEW."legacy_code", NEW."merged_into_id", NEW."name", NEW."note", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."settlement", NEW."stage", NEW."system_of_record", NEW."tax_id", NEW."trade"); RETURN NULL;',
                            hash="c9e7d213e8521a6a1feaa2585c7c8cf4b83dd1b7",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_a36e0",
                            table="customers_customer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."blocked_why" IS DISTINCT FROM (NEW."blocked_why") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."credit_limit_twd" IS DISTINCT FROM (NEW."credit_limit_twd") OR OLD."deactivated_at" IS DISTINCT FROM (NEW."deactivated_at") OR OLD."deactivated_reason" IS DISTINCT FROM (NEW."deactivated_reason") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invoice_title" IS DISTINCT FROM (NEW."invoice_title") OR OLD."is_blocked" IS DISTINCT FROM (NEW."is_blocked") OR OLD."is_metered" IS DISTINCT FROM (NEW."is_metered") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."legacy_code" IS DISTINCT FROM (NEW."legacy_code") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."settlement" IS DISTINCT FROM (NEW."settlement") OR OLD."stage" IS DISTINCT FROM (NEW."stage") OR OLD."system_of_record" IS DISTINCT FROM (NEW."system_of_record") OR OLD."tax_id" IS DISTINCT FROM (NEW."tax_id") OR OLD."trade" IS DISTINCT FROM (NEW."trade"))',
                            func='INSERT INTO "customers_customerevent" ("blocked_why", "created_at", "credit_limit_twd", "deactivated_at", "deactivated_reason", "id", "invoice_title", "is_blocked", "is_metered", "kind", "language", "legacy_code", "merged_into_id", "name", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "settlement", "stage", "system_of_record", "tax_id", "trade") VALUES (NEW."blocked_why", NEW."created_at", NEW."credit_limit_twd", NEW."deactivated_at", NEW."deactivated_reason", NEW."id", NEW."invoice_title", NEW."is_blocked", NEW."is_metered", NEW."kind", NEW."language", NEW."legacy_code", NEW."merged_into_id", NEW."name", NEW."note", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."settlement", NEW."stage", NEW."system_of_record", NEW."tax_id", NEW."trade"); RETURN NULL;',
                            hash="f625b3d337a5eb8f2d506da6ea3023a7d6b034af",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_ca86d",
                            table="customers_customer",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                ("name", models.CharField(max_length=120)),
                ("digest", models.CharField(help_text="SHA-256 of the file", max_length=64)),
                ("content", models.BinaryField(help_text="empty once nobody needs it any more")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "being checked"),
                            ("read", "checked"),
                            ("refused", "cannot be read"),
                            ("running", "being put on the record"),
                            ("done", "on the record"),
                            ("discarded", "thrown away"),
                        ],
                        default="reading",
                        max_length=9,
                    ),
                ),
                ("refusal", models.CharField(blank=True, max_length=400)),
                ("lines_read", models.PositiveIntegerField(default=0)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("worked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("reading", "read", "running", "done"))),
                        fields=("digest",),
                        name="a_file_is_imported_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["running", "done"]), _negated=True),
                            ("started_by__isnull", False),
                            _connector="OR",
                        ),
                        name="somebody_started_an_import",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="state_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.state IS DISTINCT FROM NEW.state AND NOT ((OLD.state = 'reading' AND NEW.state IN ('read', 'refused')) OR (OLD.state = 'read' AND NEW.state IN ('running', 'discarded')) OR (OLD.state = 'refused' AND NEW.state IN ('discarded')) OR (OLD.state = 'running' AND NEW.state IN ('done'))) THEN\n                RAISE EXCEPTION 'customers_import.state does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="30470f993b16442ad8208e0f2dcb803135ba822a",
                            operation="UPDATE",
                            pgid="pgtrigger_state_moves_62d47",
                            table="customers_import",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IncomingCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("call_id", models.CharField(max_length=64, unique=True)),
                (
                    "number",
                    models.CharField(
                        blank=True, help_text="E.164, or as it came; empty when it was withheld", max_length=20
                    ),
                ),
                ("rang_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("answered_at", None)), fields=["rang_at"], name="ringing_calls")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("answered_by", None)),
                            models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="an_answered_call_says_by_whom",
                    ),
                    models.CheckConstraint(condition=models.Q(("call_id", ""), _negated=True), name="a_call_has_an_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OnCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="on_call", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("phone", models.CharField(help_text="E.164", max_length=16)),
            ],
            options={
                "ordering": ["place"],
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("place",),
                        name="a_place_on_call_is_one_persons",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phone__regex", "^\\+[1-9]\\d{6,14}$")), name="on_call_has_a_phone"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "customers_oncallevent" ("id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "place") VALUES (NEW."id", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."place"); RETURN NULL;',
                            hash="5b44f41a3766dc78f44f202dd2636a5e2d045b6b",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_83ef0",
                            table="customers_oncall",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "customers_oncallevent" ("id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "place") VALUES (NEW."id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."place"); RETURN NULL;',
                            hash="aabd7849c96d31763b3683136d08948d41a16e53",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_14fe6",
                            table="customers_oncall",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "customers_oncallevent" ("id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "place") VALUES (OLD."id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."place"); RETURN NULL;',
                            hash="faeded459cea9b7abd6c789bd4138e82bd16fab0",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_772f9",
                            table="customers_oncall",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phone", models.CharField(max_length=16)),
                (
                    "purpose",
                    models.CharField(choices=[("signup", "sign up"), ("recover", "new password")], max_length=8),
                ),
                ("code_hash", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["phone", "purpose", "-created_at"], name="codes_of_a_phone")],
            },
        ),
        migrations.CreateModel(
            name="Area",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=8, unique=True)),
                ("name", models.CharField(max_length=20)),
                ("kind", models.CharField(choices=[("zone", "city zone"), ("line", "line")], max_length=4)),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(),
                        help_text="ISO weekdays (1 Monday … 7 Sunday) on which we drive here",
                    ),
                ),
                ("latitude", models.DecimalField(decimal_places=5, max_digits=8)),
                ("longitude", models.DecimalField(decimal_places=5, max_digits=8)),
                (
                    "colour",
                    models.PositiveSmallIntegerField(default=1, help_text="1 to 7: the line's colour in drawings"),
                ),
                (
                    "slot_capacity",
                    models.PositiveSmallIntegerField(default=8, help_text="deliveries promised in one two-hour window"),
                ),
                (
                    "cutoff_minutes",
                    models.PositiveSmallIntegerField(
                        default=30, help_text="a window closes this long before it starts"
                    ),
                ),
                ("minutes_per_stop", models.PositiveSmallIntegerField(default=9)),
                ("minimum_twd", models.PositiveIntegerField(default=0, help_text="smallest order we drive out for")),
                (
                    "crews",
                    models.PositiveSmallIntegerField(default=1, help_text="drivers who usually work here at once"),
                ),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("colour__range", (1, 7))), name="area_has_one_of_seven_colours"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."weekdays" IS DISTINCT FROM (NEW."weekdays"))',
                            func='INSERT INTO "customers_areaweekdaysevent" ("pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekdays") VALUES (_pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."weekdays"); RETURN NULL;',
                            hash="f912269bc9119d9305df38db338cab0e2562298e",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_91f61",
                            table="customers_area",
                            when="AFTER",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AreaWeekdaysEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="weekdays_events",
                        to="customers.area",
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
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(),
                        help_text="ISO weekdays (1 Monday … 7 Sunday) on which we drive here",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="customers.customer"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="name")),
                ("phone", models.CharField(help_text="E.164", max_length=16, verbose_name="phone")),
                ("phone_raw", models.CharField(max_length=60)),
                ("extension", models.CharField(blank=True, max_length=6, verbose_name="extension")),
                ("digits", models.CharField(editable=False, max_length=16)),
                ("can_sms", models.BooleanField(default=False, verbose_name="takes SMS")),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["-can_sms", "pk"],
                "indexes": [
                    models.Index(fields=["phone"], name="contact_by_phone"),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("digits", "gin_trgm_ops"),
                        name="contact_by_digits_fragment",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("phone__regex", "^\\+[1-9]\\d{6,14}$")), name="phone_is_e164"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("can_sms", False), ("phone__startswith", "+8869"), _connector="OR"),
                        name="only_mobiles_take_sms",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("customer", "phone", "extension"),
                        name="one_contact_a_number",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "customers_contactevent" ("can_sms", "customer_id", "digits", "extension", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_raw") VALUES (NEW."can_sms", NEW."customer_id", NEW."digits", NEW."extension", NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."phone_raw"); RETURN NULL;',
                            hash="ea93babadd9f1480729cbcc045313462194d7b41",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_84620",
                            table="customers_contact",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "customers_contactevent" ("can_sms", "customer_id", "digits", "extension", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_raw") VALUES (NEW."can_sms", NEW."customer_id", NEW."digits", NEW."extension", NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."phone_raw"); RETURN NULL;',
                            hash="387b1bcdf317d8455745d298ac54d19fd7c02abe",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_760d1",
                            table="customers_contact",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerEvent",
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
                        to="customers.customer",
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
                    "number",
                    models.BigIntegerField(
                        db_default=customers.models.customer.NextNumber(models.Value("customer_number")), editable=False
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("household", "household"), ("commercial", "business")],
                        default="household",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "trade",
                    models.CharField(blank=True, help_text="類型: 學校, 市場 …", max_length=20, verbose_name="trade"),
                ),
                ("invoice_title", models.CharField(blank=True, max_length=80, verbose_name="invoice title")),
                ("tax_id", models.CharField(blank=True, max_length=8, verbose_name="unified business number")),
                ("is_metered", models.BooleanField(default=False, verbose_name="billed by meter")),
                (
                    "settlement",
                    models.CharField(
                        choices=[("cash", "pays at the door"), ("monthly", "monthly account")],
                        default="cash",
                        max_length=10,
                        verbose_name="settlement",
                    ),
                ),
                ("credit_limit_twd", models.PositiveIntegerField(blank=True, null=True, verbose_name="credit limit")),
                ("is_blocked", models.BooleanField(default=False, verbose_name="blocked for credit")),
                (
                    "blocked_why",
                    models.CharField(blank=True, db_default="", max_length=200, verbose_name="why blocked or not"),
                ),
                ("language", models.CharField(default="zh-hant", max_length=7, verbose_name="language")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("legacy_code", models.CharField(blank=True, max_length=20, null=True, verbose_name="legacy number")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("legacy", "in the legacy system"),
                            ("imported", "imported"),
                            ("shadow", "in shadow"),
                            ("live", "live"),
                            ("settled", "settled"),
                            ("rolled_back", "rolled back"),
                        ],
                        default="live",
                        max_length=12,
                    ),
                ),
                (
                    "system_of_record",
                    models.CharField(
                        choices=[("legacy", "legacy system"), ("new", "new system")], default="new", max_length=6
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("deactivated_at", models.DateTimeField(blank=True, null=True)),
                ("deactivated_reason", models.CharField(blank=True, max_length=200)),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                        verbose_name="merged into",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="customers.import"
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                ("cells", models.JSONField(help_text="{header: what stood there}")),
                ("facts", models.JSONField(default=dict, help_text="as it was understood")),
                ("mistakes", models.JSONField(default=list, help_text="[[header, code]]")),
                (
                    "doubles",
                    models.JSONField(
                        default=list, help_text="[[what is the same, customer number or null, line or null]]"
                    ),
                ),
                ("is_wanted", models.BooleanField(default=False, help_text="a person wants this double on the record")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("right", "right"),
                            ("double", "perhaps on the record already"),
                            ("wrong", "wrong"),
                            ("done", "on the record"),
                            ("left", "left out"),
                        ],
                        max_length=6,
                    ),
                ),
                ("refusal", models.CharField(blank=True, max_length=400)),
                (
                    "customer",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="import_row",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "ordering": ["line"],
                "indexes": [models.Index(fields=["source", "state", "line"], name="lines_of_an_import_by_state")],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "line"), name="a_line_is_read_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("customer__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("customer", None)),
                            _connector="OR",
                        ),
                        name="a_line_on_the_record_has_its_customer",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="state_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.state IS DISTINCT FROM NEW.state AND NOT ((OLD.state = 'right' AND NEW.state IN ('double', 'wrong', 'done', 'left')) OR (OLD.state = 'double' AND NEW.state IN ('done', 'left'))) THEN\n                RAISE EXCEPTION 'customers_importrow.state does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="e6e59e7a4f636da8fec020cbd02533eecbb9bfaa",
                            operation="UPDATE",
                            pgid="pgtrigger_state_moves_53186",
                            table="customers_importrow",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merges", to="customers.customer"
                    ),
                ),
                (
                    "absorbed",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merge", to="customers.customer"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reason", models.CharField(max_length=200)),
                ("receivable_twd", models.IntegerField()),
                ("deposits_twd", models.IntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kept", models.F("absorbed")), _negated=True),
                        name="a_record_absorbs_another",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'customers_merge is append-only' USING ERRCODE = 'check_violation';",
                            hash="0a5bc8ac1b5188163371c8f4b6a52bb990b09d52",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_62637",
                            table="customers_merge",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="customers.customer",
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                (
                    "recipient",
                    models.CharField(blank=True, help_text="E.164; empty when nobody can be reached", max_length=16),
                ),
                ("body", models.CharField(max_length=400)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("sending", "being sent"),
                            ("sent", "sent"),
                            ("parked", "parked after five failures"),
                            ("call", "to be called"),
                            ("called", "called"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("cause_kind", models.CharField(max_length=20)),
                ("cause_id", models.CharField(max_length=40)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("failure", models.CharField(blank=True, max_length=200)),
                ("gateway_id", models.CharField(blank=True, max_length=60)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "sending"])),
                        fields=["due_at"],
                        name="messages_to_send",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["parked", "call"])),
                        fields=["state"],
                        name="messages_for_a_person",
                    ),
                    models.Index(fields=["customer", "-created_at"], name="messages_of_a_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cause_kind", "cause_id", "kind"), name="a_change_is_announced_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("recipient", ""), _negated=True),
                            models.Q(("state__in", ["waiting", "sending", "sent"]), _negated=True),
                            _connector="OR",
                        ),
                        name="only_a_reachable_number_is_sent_to",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="state_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.state IS DISTINCT FROM NEW.state AND NOT ((OLD.state = 'waiting' AND NEW.state IN ('sending', 'parked')) OR (OLD.state = 'sending' AND NEW.state IN ('sent', 'waiting', 'parked')) OR (OLD.state = 'parked' AND NEW.state IN ('waiting', 'called')) OR (OLD.state = 'call' AND NEW.state IN ('called'))) THEN\n                RAISE EXCEPTION 'customers_message.state does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="be336490191074d705d8e2f45fc257f11ae015f8",
                            operation="UPDATE",
                            pgid="pgtrigger_state_moves_41c81",
                            table="customers_message",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OnCallEvent",
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
                        to="customers.oncall",
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
                ("place", models.PositiveSmallIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("phone", models.CharField(help_text="E.164", max_length=16)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                ("body_digest", models.CharField(max_length=64)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="customers.customer"
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[("cash", "cash"), ("transfer", "bank transfer"), ("cheque", "cheque")], max_length=8
                    ),
                ),
                ("received_twd", models.PositiveIntegerField()),
                ("received_at", models.DateTimeField()),
                (
                    "received_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("cause_kind", models.CharField(blank=True, max_length=20)),
                ("cause_id", models.CharField(blank=True, max_length=40)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "-received_at"], name="payments_of_a_customer"),
                    models.Index(fields=["cause_kind", "cause_id"], name="payments_of_a_cause"),
                    models.Index(fields=["received_at"], name="payments_by_time"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("received_twd__gt", 0)), name="a_payment_is_more_than_nothing"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'customers_payment is append-only' USING ERRCODE = 'check_violation';",
                            hash="f166867084bf3fee5b2a8ed3eee58e7edc2e2f50",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_42311",
                            table="customers_payment",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sites", to="customers.customer"
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        blank=True, default="", help_text="店裡, 家裡", max_length=20, verbose_name="label"
                    ),
                ),
                ("address", models.CharField(max_length=200, verbose_name="address")),
                (
                    "address_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=customers.models.customer.Comparable(models.F("address")),
                        output_field=models.TextField(),
                    ),
                ),
                ("access_note", models.CharField(blank=True, max_length=200, verbose_name="where to unload")),
                ("driver_note", models.CharField(blank=True, max_length=200, verbose_name="note for the driver")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sites", to="customers.area"
                    ),
                ),
                ("latitude", models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True)),
                ("longitude", models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True)),
                (
                    "pin_source",
                    models.CharField(
                        blank=True,
                        choices=[("", "no pin"), ("area", "middle of the area"), ("person", "placed by a person")],
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "hours",
                    models.PositiveSmallIntegerField(
                        default=4095, help_text="twelve flags, 08–09 is bit 0", verbose_name="delivery hours"
                    ),
                ),
                (
                    "closed_weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(), blank=True, default=list, help_text="ISO weekdays"
                    ),
                ),
                ("closed_on_holidays", models.BooleanField(default=False, verbose_name="closed on public holidays")),
                (
                    "vehicle",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "any vehicle"), (1, "truck only"), (2, "motorcycle only")],
                        default=0,
                        verbose_name="vehicle",
                    ),
                ),
                ("reserve_limit_kg", models.DecimalField(decimal_places=2, default=40, max_digits=6)),
                ("connected_kg", models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ("daily_use_kg", models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ("is_patrolled", models.BooleanField(default=False, verbose_name="on the patrol round")),
                (
                    "stations",
                    models.JSONField(
                        blank=True, default=list, help_text="up to five stations with their cylinder sets"
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("address_key", "gin_trgm_ops"),
                        name="site_by_address_fragment",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("hours__range", (0, 4095))), name="hours_are_twelve_flags"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude", None), ("longitude", None)),
                            models.Q(("latitude__isnull", False), ("longitude__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_pin_has_both_coordinates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reserve_limit_kg__gte", 0)), name="reserve_limit_is_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(customers.models.site.Length("stations"), 5),
                        name="a_site_has_five_stations_at_most",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "customers_siteevent" ("access_note", "address", "area_id", "closed_on_holidays", "closed_weekdays", "connected_kg", "customer_id", "daily_use_kg", "driver_note", "hours", "id", "is_active", "is_patrolled", "label", "latitude", "longitude", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pin_source", "reserve_limit_kg", "stations", "vehicle") VALUES (NEW."access_note", NEW."address", NEW."area_id", NEW."closed_on_holidays", NEW."closed_weekdays", NEW."connected_kg", NEW."customer_id", NEW."daily_use_kg", NEW."driver_note", NEW."hours", NEW."id", NEW."is_active", NEW."is_patrolled", NEW."label", NEW."latitude", NEW."longitude", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pin_source", NEW."reserve_limit_kg", NEW."stations", NEW."vehicle"); RETURN NULL;',
                            hash="8366e7323dca5317920f99c84b40a72249e9fa13",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_652e0",
                            table="customers_site",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."access_note" IS DISTINCT FROM (NEW."access_note") OR OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."area_id" IS DISTINCT FROM (NEW."area_id") OR OLD."closed_on_holidays" IS DISTINCT FROM (NEW."closed_on_holidays") OR OLD."closed_weekdays" IS DISTINCT FROM (NEW."closed_weekdays") OR OLD."connected_kg" IS DISTINCT FROM (NEW."connected_kg") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."daily_use_kg" IS DISTINCT FROM (NEW."daily_use_kg") OR OLD."driver_note" IS DISTINCT FROM (NEW."driver_note") OR OLD."hours" IS DISTINCT FROM (NEW."hours") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_patrolled" IS DISTINCT FROM (NEW."is_patrolled") OR OLD."label" IS DISTINCT FROM (NEW."label") OR OLD."latitude" IS DISTINCT FROM (NEW."latitude") OR OLD."longitude" IS DISTINCT FROM (NEW."longitude") OR OLD."pin_source" IS DISTINCT FROM (NEW."pin_source") OR OLD."reserve_limit_kg" IS DISTINCT FROM (NEW."reserve_limit_kg") OR OLD."stations" IS DISTINCT FROM (NEW."stations") OR OLD."vehicle" IS DISTINCT FROM (NEW."vehicle"))',
                            func='INSERT INTO "customers_siteevent" ("access_note", "address", "area_id", "closed_on_holidays", "closed_weekdays", "connected_kg", "customer_id", "daily_use_kg", "driver_note", "hours", "id", "is_active", "is_patrolled", "label", "latitude", "longitude", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pin_source", "reserve_limit_kg", "stations", "vehicle") VALUES (NEW."access_note", NEW."address", NEW."area_id", NEW."closed_on_holidays", NEW."closed_weekdays", NEW."connected_kg", NEW."customer_id", NEW."daily_use_kg", NEW."driver_note", NEW."hours", NEW."id", NEW."is_active", NEW."is_patrolled", NEW."label", NEW."latitude", NEW."longitude", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pin_source", NEW."reserve_limit_kg", NEW."stations", NEW."vehicle"); RETURN NULL;',
                            hash="fcfd75d62c5d074b76af48ad8ce79930b9bbcd54",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_aa9a4",
                            table="customers_site",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StageMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stage_moves", to="customers.customer"
                    ),
                ),
                (
                    "from_stage",
                    models.CharField(
                        choices=[
                            ("legacy", "in the legacy system"),
                            ("imported", "imported"),
                            ("shadow", "in shadow"),
                            ("live", "live"),
                            ("settled", "settled"),
                            ("rolled_back", "rolled back"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "to_stage",
                    models.CharField(
                        choices=[
                            ("legacy", "in the legacy system"),
                            ("imported", "imported"),
                            ("shadow", "in shadow"),
                            ("live", "live"),
                            ("settled", "settled"),
                            ("rolled_back", "rolled back"),
                        ],
                        max_length=12,
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
                ("reason", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'customers_stagemove is append-only' USING ERRCODE = 'check_violation';",
                            hash="113521bf262c8be4851b46250aa1e945b04f1089",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_48c19",
                            table="customers_stagemove",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Suspension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                ("body_digest", models.CharField(max_length=64)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "only looked at"),
                            ("running", "being carried out"),
                            ("done", "in force"),
                            ("undoing", "being taken back"),
                            ("undone", "taken back"),
                            ("discarded", "thrown away"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("worked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "areas",
                    models.ManyToManyField(
                        help_text="none named: all of them", related_name="suspensions", to="customers.area"
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="a_suspension_has_a_length"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_suspension_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "discarded"]),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="somebody_confirmed_a_suspension",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["undoing", "undone"]), _negated=True),
                            models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="somebody_undid_a_suspension",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="state_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.state IS DISTINCT FROM NEW.state AND NOT ((OLD.state = 'draft' AND NEW.state IN ('running', 'discarded')) OR (OLD.state = 'running' AND NEW.state IN ('done')) OR (OLD.state = 'done' AND NEW.state IN ('undoing')) OR (OLD.state = 'undoing' AND NEW.state IN ('undone'))) THEN\n                RAISE EXCEPTION 'customers_suspension.state does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="497cc8f0d5bf80ddc57591d8fc6dcecda17edcd6",
                            operation="UPDATE",
                            pgid="pgtrigger_state_moves_67cc0",
                            table="customers_suspension",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.operation_id IS DISTINCT FROM NEW.operation_id OR OLD.body_digest IS DISTINCT FROM NEW.body_digest OR OLD.starts_at IS DISTINCT FROM NEW.starts_at OR OLD.ends_at IS DISTINCT FROM NEW.ends_at OR OLD.reason IS DISTINCT FROM NEW.reason THEN\n                RAISE EXCEPTION 'customers_suspension: operation_id, body_digest, starts_at, ends_at, reason never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="778de852fe3aebd586a6fb4a4f240c9a41afa9a1",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_6b620",
                            table="customers_suspension",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("transfer", models.UUIDField()),
                (
                    "account",
                    models.CharField(
                        choices=[
                            ("receivable", "receivable"),
                            ("deposit", "deposits held"),
                            ("sales", "sales"),
                            ("cash", "cash"),
                            ("bank", "bank"),
                            ("gas_credit", "residual gas credit"),
                            ("adjustment", "adjustment"),
                        ],
                        max_length=12,
                    ),
                ),
                ("amount_twd", models.IntegerField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="customers.customer"
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
                        fields=["customer", "account", "id"], include=("amount_twd",), name="legs_of_a_customer"
                    ),
                    models.Index(fields=["transfer"], name="legs_of_a_transfer"),
                    models.Index(fields=["day", "account"], include=("amount_twd",), name="legs_of_a_day"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cause_kind", "cause_id", "purpose", "account"), name="a_cause_posts_once_to_an_account"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_twd", 0), _negated=True), name="a_leg_moves_money"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'customers_accountentry is append-only' USING ERRCODE = 'check_violation';",
                            hash="b483bf0c348ff96a97914fcdc992135b276f7bf1",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_7d7ee",
                            table="customers_accountentry",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="sums_to_zero",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="\n            IF (SELECT sum(amount_twd) FROM customers_accountentry WHERE transfer = NEW.transfer) <> 0 THEN\n                RAISE EXCEPTION 'the legs of a transfer must sum to zero' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NULL;\n        ",
                            hash="6c132fa44edcdd6506da43e0f3c604ecc5cac67c",
                            operation="INSERT",
                            pgid="pgtrigger_sums_to_zero_a3775",
                            table="customers_accountentry",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("holiday", "public holiday"),
                            ("workday", "make-up working day"),
                            ("suspension", "deliveries suspended"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calendar_days",
                        to="customers.area",
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("source", models.CharField(blank=True, max_length=60)),
                ("from_hour", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("until_hour", models.PositiveSmallIntegerField(db_default=24, default=24)),
                (
                    "suspension",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calendar_days",
                        to="customers.suspension",
                    ),
                ),
            ],
            options={
                "ordering": ["day", "from_hour"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "kind", "area", "suspension"),
                        name="calendar_says_a_thing_once_a_day_and_area",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_hour__lt", models.F("until_hour")), ("until_hour__lte", 24)),
                        name="hours_of_a_day_have_a_length",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "suspension"),
                            models.Q(("from_hour", 0), ("suspension", None), ("until_hour", 24)),
                            _connector="OR",
                        ),
                        name="only_a_suspension_has_hours",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "customers_calendardayevent" ("area_id", "day", "from_hour", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "suspension_id", "until_hour") VALUES (NEW."area_id", NEW."day", NEW."from_hour", NEW."id", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."suspension_id", NEW."until_hour"); RETURN NULL;',
                            hash="6e1150bbfd1c5ce1d49c2e19d087f05421a98294",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_b888d",
                            table="customers_calendarday",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "customers_calendardayevent" ("area_id", "day", "from_hour", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "suspension_id", "until_hour") VALUES (NEW."area_id", NEW."day", NEW."from_hour", NEW."id", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."suspension_id", NEW."until_hour"); RETURN NULL;',
                            hash="8bd0e173c43c6f6f38279634a5e575a3b7eaeda7",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_7e24e",
                            table="customers_calendarday",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "customers_calendardayevent" ("area_id", "day", "from_hour", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "suspension_id", "until_hour") VALUES (OLD."area_id", OLD."day", OLD."from_hour", OLD."id", OLD."kind", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."suspension_id", OLD."until_hour"); RETURN NULL;',
                            hash="fadcc24750ecc151078d2088832d5ca5bdbf23dc",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_bc7f6",
                            table="customers_calendarday",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactEvent",
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
                        to="customers.contact",
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
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="name")),
                ("phone", models.CharField(help_text="E.164", max_length=16, verbose_name="phone")),
                ("phone_raw", models.CharField(max_length=60)),
                ("extension", models.CharField(blank=True, max_length=6, verbose_name="extension")),
                ("digits", models.CharField(editable=False, max_length=16)),
                ("can_sms", models.BooleanField(default=False, verbose_name="takes SMS")),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("leak", "leak"), ("complaint", "complaint"), ("sos", "driver needs help")],
                        max_length=10,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="customers.customer",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="customers.site",
                    ),
                ),
                ("text", models.CharField(max_length=400)),
                ("cause_kind", models.CharField(blank=True, max_length=20)),
                ("cause_id", models.CharField(blank=True, max_length=40)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                ("next_page_at", models.DateTimeField(blank=True, null=True)),
                ("pages", models.PositiveSmallIntegerField(default=0)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("outcome", models.CharField(blank=True, max_length=400)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("closed_at", None)), fields=["opened_at"], name="open_incidents"),
                    models.Index(
                        condition=models.Q(("next_page_at__isnull", False)),
                        fields=["next_page_at"],
                        name="incidents_to_page",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at", None),
                            models.Q(models.Q(("outcome", ""), _negated=True), ("owner__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_closed_incident_has_owner_and_outcome",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("cause_id", ""), _negated=True),
                        fields=("cause_kind", "cause_id"),
                        name="a_cause_opens_one_incident",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_page_at", None),
                            models.Q(("closed_at", None), ("kind", "leak"), ("owner", None)),
                            _connector="OR",
                        ),
                        name="only_a_leak_without_owner_is_paged",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LeakCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="leak_checks", to="customers.site"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(choices=[("passed", "passed"), ("refused", "refused in writing")], max_length=8),
                ),
                ("who", models.CharField(help_text="who checked, or who signed the refusal", max_length=60)),
                (
                    "signature",
                    models.TextField(blank=True, help_text="drawn at the door by who refused; else it is on paper"),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [models.Index(fields=["site", "-at"], name="leak_checks_of_a_site")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("who", ""), _negated=True), name="a_leak_check_says_who"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["passed", "refused"])), name="a_leak_check_has_an_outcome"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'customers_leakcheck is append-only' USING ERRCODE = 'check_violation';",
                            hash="313ba6dc19ddc96126349f002c10106a08ae4336",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_e0b11",
                            table="customers_leakcheck",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="customers.customer"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="customers.site",
                    ),
                ),
                ("can_order", models.BooleanField(default=True, verbose_name="may order")),
                ("sees_balance", models.BooleanField(default=True, verbose_name="sees the balance")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "customer", "site"),
                        name="one_membership_a_person_and_place",
                        nulls_distinct=False,
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "customers_membershipevent" ("can_order", "created_at", "customer_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sees_balance", "site_id", "user_id") VALUES (NEW."can_order", NEW."created_at", NEW."customer_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sees_balance", NEW."site_id", NEW."user_id"); RETURN NULL;',
                            hash="6604fc16b079d858d0a9bda6069adbdb998a259d",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_359f1",
                            table="customers_membership",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "customers_membershipevent" ("can_order", "created_at", "customer_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sees_balance", "site_id", "user_id") VALUES (NEW."can_order", NEW."created_at", NEW."customer_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sees_balance", NEW."site_id", NEW."user_id"); RETURN NULL;',
                            hash="286c80435efdab761a333c08b7e29bbf043a870b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_8d2cb",
                            table="customers_membership",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "customers_membershipevent" ("can_order", "created_at", "customer_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sees_balance", "site_id", "user_id") VALUES (OLD."can_order", OLD."created_at", OLD."customer_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."sees_balance", OLD."site_id", OLD."user_id"); RETURN NULL;',
                            hash="a522bac5f69828bb16e255bd3b1c8de74f8b5a35",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_32226",
                            table="customers_membership",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentReversal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                (
                    "payment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reversal", to="customers.payment"
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("bounced", "the cheque bounced"),
                            ("amount", "wrong amount"),
                            ("customer", "somebody else's payment"),
                            ("twice", "recorded twice"),
                        ],
                        max_length=8,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'customers_paymentreversal is append-only' USING ERRCODE = 'check_violation';",
                            hash="33ae362d6a8f82f635ffea3b4be11b95b5c230c3",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a8209",
                            table="customers_paymentreversal",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SiteEvent",
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
                        to="customers.site",
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
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        blank=True, default="", help_text="店裡, 家裡", max_length=20, verbose_name="label"
                    ),
                ),
                ("address", models.CharField(max_length=200, verbose_name="address")),
                ("access_note", models.CharField(blank=True, max_length=200, verbose_name="where to unload")),
                ("driver_note", models.CharField(blank=True, max_length=200, verbose_name="note for the driver")),
                (
                    "area",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.area",
                    ),
                ),
                ("latitude", models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True)),
                ("longitude", models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True)),
                (
                    "pin_source",
                    models.CharField(
                        blank=True,
                        choices=[("", "no pin"), ("area", "middle of the area"), ("person", "placed by a person")],
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "hours",
                    models.PositiveSmallIntegerField(
                        default=4095, help_text="twelve flags, 08–09 is bit 0", verbose_name="delivery hours"
                    ),
                ),
                (
                    "closed_weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(), blank=True, default=list, help_text="ISO weekdays"
                    ),
                ),
                ("closed_on_holidays", models.BooleanField(default=False, verbose_name="closed on public holidays")),
                (
                    "vehicle",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "any vehicle"), (1, "truck only"), (2, "motorcycle only")],
                        default=0,
                        verbose_name="vehicle",
                    ),
                ),
                ("reserve_limit_kg", models.DecimalField(decimal_places=2, default=40, max_digits=6)),
                ("connected_kg", models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ("daily_use_kg", models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ("is_patrolled", models.BooleanField(default=False, verbose_name="on the patrol round")),
                (
                    "stations",
                    models.JSONField(
                        blank=True, default=list, help_text="up to five stations with their cylinder sets"
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CalendarDayEvent",
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
                        to="customers.calendarday",
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
                ("day", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("holiday", "public holiday"),
                            ("workday", "make-up working day"),
                            ("suspension", "deliveries suspended"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.area",
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("source", models.CharField(blank=True, max_length=60)),
                ("from_hour", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("until_hour", models.PositiveSmallIntegerField(db_default=24, default=24)),
                (
                    "suspension",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.suspension",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="IncidentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="customers.incident"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("step", "step"),
                            ("page", "paged"),
                            ("escalate", "paged next"),
                            ("acknowledge", "answered"),
                            ("take", "taken"),
                            ("note", "note"),
                            ("close", "closed"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("valve", "Close the valve"),
                            ("switches", "Touch no switch"),
                            ("windows", "Open windows"),
                            ("out", "Get out"),
                            ("119", "Call 119 from outside"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "turn",
                    models.PositiveSmallIntegerField(blank=True, help_text="the how many-th page it was", null=True),
                ),
                ("text", models.CharField(blank=True, max_length=400)),
                (
                    "person",
                    models.ForeignKey(
                        help_text="paged, or goes",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("step", ""), _negated=True),
                        fields=("incident", "step"),
                        name="a_step_is_stamped_once",
                    ),
                    models.UniqueConstraint(fields=("incident", "turn"), name="a_turn_pages_one_person"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "step"), models.Q(("step", ""), _negated=True)),
                            models.Q(models.Q(("kind", "step"), _negated=True), ("step", "")),
                            _connector="OR",
                        ),
                        name="only_a_step_has_a_step",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'customers_incidentevent is append-only' USING ERRCODE = 'check_violation';",
                            hash="c4e38f9b8052eb7e79274d3a93752204d61f6ae6",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_70d62",
                            table="customers_incidentevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MembershipEvent",
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
                        to="customers.membership",
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
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.site",
                    ),
                ),
                ("can_order", models.BooleanField(default=True, verbose_name="may order")),
                ("sees_balance", models.BooleanField(default=True, verbose_name="sees the balance")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
