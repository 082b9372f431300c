import datetime
import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import pilot.models.evidence
import pilot.models.minute


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("customers", "0001_first"),
        ("luckygas", "__first__"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("review_at", models.DateTimeField()),
                ("escalates_on", models.DateField()),
                ("escalates_to", models.CharField(max_length=60)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("escalates_to", ""), _negated=True), name="an_escalation_has_somebody"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pilot_reviewplan is append-only' USING ERRCODE = 'check_violation';",
                            hash="3bde5786990500966ef37820fdde2b871eafdea2",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_d03ca",
                            table="pilot_reviewplan",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Waiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("criterion", models.CharField(max_length=60)),
                ("reason", models.CharField(max_length=200)),
                ("until", models.DateField(help_text="the last day on which it holds")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "agreed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("agreed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
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
                ("ended_why", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("criterion",),
                        name="one_open_waiver_a_criterion",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("asked_by", models.F("agreed_by")), _negated=True), name="two_people_waive"
                    ),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="a_waiver_says_why"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "until__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("agreed_at"), "+", models.Value(datetime.timedelta(days=31))
                                ),
                            )
                        ),
                        name="a_waiver_ends_soon",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None), ("ended_why", "")),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                                models.Q(("ended_why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="an_ended_waiver_says_who_and_why",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.criterion IS DISTINCT FROM NEW.criterion OR OLD.reason IS DISTINCT FROM NEW.reason OR OLD.until IS DISTINCT FROM NEW.until OR OLD.asked_by_id IS DISTINCT FROM NEW.asked_by_id OR OLD.agreed_by_id IS DISTINCT FROM NEW.agreed_by_id OR OLD.agreed_at IS DISTINCT FROM NEW.agreed_at THEN\n                RAISE EXCEPTION 'pilot_waiver: criterion, reason, until, asked_by_id, agreed_by_id, agreed_at never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="3de7d97e12bc6232013905e9131ac51c7be891e9",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_5c962",
                            table="pilot_waiver",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30)),
                ("subject", models.CharField(max_length=100)),
                ("said", models.CharField(max_length=300)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-since"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("kind", "subject"),
                        name="one_open_alarm_a_subject",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_at", None), ("ended_at__gte", models.F("since")), _connector="OR"),
                        name="an_alarm_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("subject", models.CharField(max_length=100)),
                ("body", models.JSONField(default=dict)),
                ("seen", models.CharField(help_text="the digest of what was true when it was asked", max_length=64)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reason", models.CharField(max_length=200)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "waits for a second person"),
                            ("confirmed", "agreed"),
                            ("refused", "not agreed"),
                            ("overtaken", "overtaken"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "")),
                        fields=("kind", "subject"),
                        name="one_open_approval_a_subject",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "confirmed"), _negated=True),
                            models.Q(
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="two_people_agree",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("outcome", "")),
                            models.Q(models.Q(("outcome", ""), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_decided_approval_has_its_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="an_approval_says_why"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.kind IS DISTINCT FROM NEW.kind OR OLD.subject IS DISTINCT FROM NEW.subject OR OLD.body IS DISTINCT FROM NEW.body OR OLD.seen IS DISTINCT FROM NEW.seen OR OLD.asked_by_id IS DISTINCT FROM NEW.asked_by_id THEN\n                RAISE EXCEPTION 'pilot_approval: kind, subject, body, seen, asked_by_id never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="f6bf07ea255226be2ed2be6318b772af93277398",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_75f38",
                            table="pilot_approval",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="decided_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.outcome IS DISTINCT FROM NEW.outcome AND NOT ((OLD.outcome = '' AND NEW.outcome IN ('confirmed', 'refused', 'overtaken'))) THEN\n                RAISE EXCEPTION 'pilot_approval.outcome does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="308f1201fd475bdb1712533b0755c27d436c967e",
                            operation="UPDATE",
                            pgid="pgtrigger_decided_once_18406",
                            table="pilot_approval",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("sequence", models.PositiveSmallIntegerField()),
                (
                    "number",
                    models.CharField(
                        help_text="1151123-03: the day of the ROC calendar, counted", max_length=14, unique=True
                    ),
                ),
                ("issued_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "verdict",
                    models.CharField(choices=[("GO", "may go live"), ("NO-GO", "may not go live")], max_length=5),
                ),
                ("revision", models.CharField(blank=True, max_length=40)),
                (
                    "evidence",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("facts", models.JSONField()),
                ("operation_id", models.UUIDField(unique=True)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("day", "sequence"), name="a_certificate_number_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["GO", "NO-GO"])), name="a_certificate_says_go_or_no_go"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pilot_certificate is append-only' USING ERRCODE = 'check_violation';",
                            hash="8654a209c7711de9f889b4f4d78f73f041fcd194",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_70128",
                            table="pilot_certificate",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Cohort",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                ("name", models.CharField(max_length=40)),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("5", "5 customers"),
                            ("10", "10 customers"),
                            ("20", "20 customers"),
                            ("area", "a whole area"),
                            ("all", "everybody"),
                        ],
                        max_length=4,
                    ),
                ),
                ("planned", models.PositiveIntegerField(help_text="customers at most")),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.area",
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("weekly_orders", models.PositiveIntegerField(help_text="expected of all its members in a week")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "planned"), ("running", "running"), ("closed", "closed")],
                        default="planned",
                        max_length=7,
                    ),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("started_why", models.CharField(blank=True, max_length=200)),
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
                ("closed_why", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["starts_on", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("name",), name="a_cohort_has_its_own_name"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))), name="a_cohort_lasts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("planned__gt", 0), ("weekly_orders__gt", 0)),
                        name="a_cohort_expects_customers_and_orders",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "area"), _negated=True), ("area__isnull", False), _connector="OR"
                        ),
                        name="a_cohort_of_an_area_names_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "running"), _negated=True),
                            models.Q(("started_at__isnull", False), ("started_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_running_cohort_was_started",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(models.Q(("state", "closed"), _negated=True), ("closed_at", None)),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("closed_by__isnull", False),
                                ("state", "closed"),
                                models.Q(("closed_why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_closed_cohort_says_who_and_why",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="state_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.state IS DISTINCT FROM NEW.state AND NOT ((OLD.state = 'planned' AND NEW.state IN ('running', 'closed')) OR (OLD.state = 'running' AND NEW.state IN ('closed'))) THEN\n                RAISE EXCEPTION 'pilot_cohort.state does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="9343673711c971c9850cac2cee504d763059f703",
                            operation="UPDATE",
                            pgid="pgtrigger_state_moves_cfa38",
                            table="pilot_cohort",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run", models.UUIDField(default=uuid.uuid4)),
                ("suite", models.CharField(max_length=20)),
                (
                    "source",
                    models.CharField(
                        choices=[("here", "run here"), ("ci", "read from CI")], default="here", max_length=4
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("begun", "began"),
                            ("finished", "came to its end"),
                            ("crashed", "crashed"),
                            ("late", "took too long"),
                            ("stopped", "was stopped"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("stored_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("revision", models.CharField(blank=True, help_text="of git; empty when nobody knows", max_length=40)),
                (
                    "is_clean",
                    models.BooleanField(default=False, help_text="nothing in the tree differed from the revision"),
                ),
                ("command", models.CharField(max_length=1000)),
                ("exit_code", models.SmallIntegerField(blank=True, null=True)),
                ("passed", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                ("skipped", models.PositiveIntegerField(default=0)),
                ("errors", models.PositiveIntegerField(default=0)),
                (
                    "parts",
                    models.JSONField(blank=True, default=dict, help_text="the same counts for each part of the suite"),
                ),
                ("figures", models.JSONField(blank=True, default=dict)),
                (
                    "failures",
                    models.JSONField(blank=True, default=list, help_text="names of what failed, the first ones"),
                ),
                ("environment", models.JSONField(blank=True, default=dict)),
                ("report", models.FileField(blank=True, upload_to=pilot.models.evidence.place_of_report)),
                ("report_sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["suite", "-id"], name="evidence_of_a_suite")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "begun")), fields=("run",), name="a_run_begins_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "begun"), _negated=True), fields=("run",), name="a_run_ends_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("outcome", "begun")),
                            models.Q(
                                models.Q(("outcome", "begun"), _negated=True),
                                ("ended_at__gte", models.F("started_at")),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_run_ends_after_it_began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ended_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("stored_at"), "+", models.Value(datetime.timedelta(seconds=300))
                                ),
                            ),
                            (
                                "started_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("stored_at"), "+", models.Value(datetime.timedelta(seconds=300))
                                ),
                            ),
                        ),
                        name="evidence_is_not_of_tomorrow",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "finished"), _negated=True),
                            models.Q(("report_sha256", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_finished_run_left_its_report",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pilot_evidence is append-only' USING ERRCODE = 'check_violation';",
                            hash="f1984e7a08e00b2cc23c9706d94ebd65d42fd610",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_192f0",
                            table="pilot_evidence",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="The human/computer readable name.", max_length=100, unique=True, verbose_name="Name"
                    ),
                ),
                (
                    "everyone",
                    models.BooleanField(
                        blank=True,
                        help_text="Flip this flag on (Yes) or off (No) for everyone, overriding all other settings. Leave as Unknown to use normally.",
                        null=True,
                        verbose_name="Everyone",
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        help_text="A number between 0.0 and 99.9 to indicate a percentage of users for whom this flag will be active.",
                        max_digits=3,
                        null=True,
                        verbose_name="Percent",
                    ),
                ),
                (
                    "testing",
                    models.BooleanField(
                        default=False,
                        help_text="Allow this flag to be set for a session for user testing",
                        verbose_name="Testing",
                    ),
                ),
                (
                    "superusers",
                    models.BooleanField(
                        default=True, help_text="Flag always active for superusers?", verbose_name="Superusers"
                    ),
                ),
                (
                    "staff",
                    models.BooleanField(default=False, help_text="Flag always active for staff?", verbose_name="Staff"),
                ),
                (
                    "authenticated",
                    models.BooleanField(
                        default=False,
                        help_text="Flag always active for authenticated users?",
                        verbose_name="Authenticated",
                    ),
                ),
                (
                    "languages",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Activate this flag for users with one of these languages (comma-separated list)",
                        verbose_name="Languages",
                    ),
                ),
                (
                    "rollout",
                    models.BooleanField(default=False, help_text="Activate roll-out mode?", verbose_name="Rollout"),
                ),
                ("note", models.TextField(blank=True, help_text="Note where this Flag is used.", verbose_name="Note")),
                (
                    "created",
                    models.DateTimeField(
                        db_index=True,
                        default=django.utils.timezone.now,
                        help_text="Date when this Flag was created.",
                        verbose_name="Created",
                    ),
                ),
                (
                    "modified",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        help_text="Date when this Flag was last modified.",
                        verbose_name="Modified",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("release", "release"),
                            ("experiment", "experiment"),
                            ("operations", "operations"),
                            ("kill", "kill switch"),
                        ],
                        default="release",
                        max_length=12,
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
                (
                    "due_on",
                    models.DateField(
                        blank=True, help_text="until when it is decided for good; it stays as it is", null=True
                    ),
                ),
                (
                    "allow_customers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, help_text="customer numbers"
                    ),
                ),
                (
                    "deny_customers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        blank=True,
                        default=list,
                        help_text="customer numbers; wins",
                    ),
                ),
                (
                    "allow_areas",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8), blank=True, default=list, help_text="area codes"
                    ),
                ),
                (
                    "allow_roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("customer", "Customer"),
                                ("driver", "Driver"),
                                ("dispatcher", "Dispatcher"),
                                ("manager", "Manager"),
                                ("ops", "Operations"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        default=list,
                        help_text="of the person, if no customer",
                    ),
                ),
                (
                    "needs",
                    models.CharField(
                        blank=True, default="", help_text="the flag that must be on for it", max_length=100
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Activate this flag for these user groups.",
                        to="auth.group",
                        verbose_name="Groups",
                    ),
                ),
                (
                    "users",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Activate this flag for these users.",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Users",
                    ),
                ),
            ],
            options={
                "verbose_name": "Flag",
                "verbose_name_plural": "Flags",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percent", None), ("percent__range", (0, 100)), _connector="OR"),
                        name="percent_is_a_percentage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("needs", models.F("name")), _negated=True),
                        name="a_flag_does_not_need_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "name__in",
                                    ["api_paused", "desk_paused", "orders_paused", "standing_paused", "web_paused"],
                                ),
                                _negated=True,
                            ),
                            models.Q(
                                ("deny_customers", []),
                                ("ends_at", None),
                                ("needs", ""),
                                ("percent", None),
                                ("starts_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="a_switch_is_only_on_or_off",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FlagChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("flag", models.CharField(max_length=100)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("reason", models.CharField(max_length=200)),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
            ],
            options={
                "ordering": ["-at"],
                "indexes": [models.Index(fields=["flag", "-id"], name="changes_of_a_flag")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pilot_flagchange is append-only' USING ERRCODE = 'check_violation';",
                            hash="d59f11755de245e4ef4d8f9deb41d19080b8bc55",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a8e2f",
                            table="pilot_flagchange",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Forced",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "move",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="forced", to="customers.stagemove"
                    ),
                ),
                ("guards", models.JSONField(help_text="the code and the sentence of each")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pilot_forced is append-only' USING ERRCODE = 'check_violation';",
                            hash="26bbd08c9e548cc613d26938abdc66d5ac888a19",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_3aafe",
                            table="pilot_forced",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Guardrail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("errors", "Errors"),
                            ("p95", "Response p95"),
                            ("late", "Late deliveries"),
                            ("money", "Unreconciled money"),
                            ("reviews", "Open reviews"),
                            ("complaints", "Complaints"),
                        ],
                        max_length=10,
                        unique=True,
                    ),
                ),
                ("most", models.DecimalField(decimal_places=2, max_digits=9)),
                ("least", models.PositiveIntegerField(help_text="requests or deliveries below which nothing passes")),
                ("minutes", models.PositiveIntegerField(help_text="how far a breach looks back")),
                (
                    "least_lately",
                    models.PositiveIntegerField(help_text="requests or deliveries below which nothing is a breach"),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gt", 0), ("most__gte", 0)), name="a_limit_is_a_limit"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("least__gt", 0), ("least_lately__gt", 0)), name="a_guardrail_needs_a_sample"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "pilot_guardrailevent" ("id", "least", "least_lately", "measure", "minutes", "most", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."least", NEW."least_lately", NEW."measure", NEW."minutes", NEW."most", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="82fabbe96f811640af072ab2176eb5dafb8856dd",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_e72a8",
                            table="pilot_guardrail",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "pilot_guardrailevent" ("id", "least", "least_lately", "measure", "minutes", "most", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."least", NEW."least_lately", NEW."measure", NEW."minutes", NEW."most", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="b0db44ee7c452eca95d9b354a8ecceb6af8b55a1",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_586e9",
                            table="pilot_guardrail",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GuardrailEvent",
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
                        to="pilot.guardrail",
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
                    "measure",
                    models.CharField(
                        choices=[
                            ("errors", "Errors"),
                            ("p95", "Response p95"),
                            ("late", "Late deliveries"),
                            ("money", "Unreconciled money"),
                            ("reviews", "Open reviews"),
                            ("complaints", "Complaints"),
                        ],
                        max_length=10,
                    ),
                ),
                ("most", models.DecimalField(decimal_places=2, max_digits=9)),
                ("least", models.PositiveIntegerField(help_text="requests or deliveries below which nothing passes")),
                ("minutes", models.PositiveIntegerField(help_text="how far a breach looks back")),
                (
                    "least_lately",
                    models.PositiveIntegerField(help_text="requests or deliveries below which nothing is a breach"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MassMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation_id", models.UUIDField(unique=True)),
                ("body_digest", models.CharField(max_length=64)),
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
                    "cohort",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mass_moves",
                        to="pilot.cohort",
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("is_forced", models.BooleanField(default=False)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "waits for a second person"), ("working", "at work"), ("done", "done")],
                        default="asked",
                        max_length=8,
                    ),
                ),
                (
                    "agreed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("agreed_at", models.DateTimeField(blank=True, null=True)),
                ("worked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "working")), fields=["worked_at"], name="mass_moves_at_work"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_mass_move_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agreed_by", None), ("state", "asked")),
                            models.Q(
                                models.Q(("state", "asked"), _negated=True),
                                ("agreed_by__isnull", False),
                                models.Q(("agreed_by", models.F("by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="two_people_move_many",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="state_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.state IS DISTINCT FROM NEW.state AND NOT ((OLD.state = 'asked' AND NEW.state IN ('working')) OR (OLD.state = 'working' AND NEW.state IN ('done'))) THEN\n                RAISE EXCEPTION 'pilot_massmove.state does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="80da400292421747a80569c0ef8342d2320eae4a",
                            operation="UPDATE",
                            pgid="pgtrigger_state_moves_264f5",
                            table="pilot_massmove",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.operation_id IS DISTINCT FROM NEW.operation_id OR OLD.body_digest IS DISTINCT FROM NEW.body_digest OR OLD.to_stage IS DISTINCT FROM NEW.to_stage OR OLD.cohort_id IS DISTINCT FROM NEW.cohort_id OR OLD.reason IS DISTINCT FROM NEW.reason OR OLD.is_forced IS DISTINCT FROM NEW.is_forced OR OLD.by_id IS DISTINCT FROM NEW.by_id THEN\n                RAISE EXCEPTION 'pilot_massmove: operation_id, body_digest, to_stage, cohort_id, reason, is_forced, by_id never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="d880fe0fee03c54125106f220b5ef5e213ac8e33",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_d49b1",
                            table="pilot_massmove",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Minute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cohort",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="minutes",
                        to="pilot.cohort",
                    ),
                ),
                ("minute", models.DateTimeField(db_index=True)),
                ("requests", models.PositiveIntegerField(db_default=0, default=0)),
                (
                    "errors",
                    models.PositiveIntegerField(db_default=0, default=0, help_text="5xx; a pause's 503 is none"),
                ),
                (
                    "latency",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(),
                        default=pilot.models.minute.no_answers,
                        help_text="see BOUNDS_MS",
                        size=15,
                    ),
                ),
                ("orders", models.PositiveIntegerField(null=True)),
                ("delivered", models.PositiveIntegerField(null=True)),
                ("late", models.PositiveIntegerField(null=True)),
                ("unreconciled_twd", models.PositiveIntegerField(null=True)),
                ("open_reviews", models.PositiveIntegerField(null=True)),
                ("complaints", models.PositiveIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cohort", "minute"), name="one_row_a_cohort_and_minute", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("errors__lte", models.F("requests"))), name="no_more_errors_than_requests"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("late", None), ("late__lte", models.F("delivered")), _connector="OR"),
                        name="what_is_late_arrived",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CohortMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="pilot.cohort"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cohort_times",
                        to="customers.customer",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                (
                    "left_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("left_why", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_at", None)), fields=("customer",), name="one_open_cohort_a_customer"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("left_at", None), ("left_by", None)),
                            models.Q(
                                ("left_at__isnull", False),
                                ("left_by__isnull", False),
                                models.Q(("left_why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_member_who_left_says_why",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.cohort_id IS DISTINCT FROM NEW.cohort_id OR OLD.customer_id IS DISTINCT FROM NEW.customer_id OR OLD.by_id IS DISTINCT FROM NEW.by_id OR OLD.at IS DISTINCT FROM NEW.at THEN\n                RAISE EXCEPTION 'pilot_cohortmember: cohort_id, customer_id, by_id, at never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="ed4e2fa78b6698ef09cfdddfa4c36f094397a2c3",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_cac95",
                            table="pilot_cohortmember",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EnrolmentPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cohort",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pauses",
                        to="pilot.cohort",
                    ),
                ),
                ("measure", models.CharField(help_text="the guardrail, or by_hand", max_length=10)),
                ("said", models.CharField(max_length=200)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
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
                ("ended_at", models.DateTimeField(blank=True, null=True)),
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
                ("ended_why", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["-since", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("cohort", "measure"),
                        name="one_open_pause_a_guardrail",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("said", ""), _negated=True),
                            models.Q(
                                models.Q(("measure", "by_hand"), _negated=True), ("by__isnull", False), _connector="OR"
                            ),
                        ),
                        name="a_pause_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None)),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                                models.Q(("ended_why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_person_ends_a_pause_and_says_why",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.cohort_id IS DISTINCT FROM NEW.cohort_id OR OLD.measure IS DISTINCT FROM NEW.measure OR OLD.said IS DISTINCT FROM NEW.said OR OLD.since IS DISTINCT FROM NEW.since OR OLD.by_id IS DISTINCT FROM NEW.by_id THEN\n                RAISE EXCEPTION 'pilot_enrolmentpause: cohort_id, measure, said, since, by_id never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="082c11f641b281360cedffe817293529b4562e6c",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_e0d47",
                            table="pilot_enrolmentpause",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MassMoveRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "move",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="pilot.massmove"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
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
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("outcome", "waiting")), fields=["move", "id"], name="mass_move_rows_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("move", "customer"), name="a_customer_once_a_mass_move"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "refused"), models.Q(("sentence", ""), _negated=True)),
                            models.Q(models.Q(("outcome", "refused"), _negated=True), ("sentence", "")),
                            _connector="OR",
                        ),
                        name="who_is_not_moved_is_told_why",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="outcome_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.outcome IS DISTINCT FROM NEW.outcome AND NOT ((OLD.outcome = 'waiting' AND NEW.outcome IN ('done', 'refused'))) THEN\n                RAISE EXCEPTION 'pilot_massmoverow.outcome does not move that way' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="322543a7430fd42b200cc0b5f25ecd4944c41565",
                            operation="UPDATE",
                            pgid="pgtrigger_outcome_moves_a2f0b",
                            table="pilot_massmoverow",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF OLD.move_id IS DISTINCT FROM NEW.move_id OR OLD.customer_id IS DISTINCT FROM NEW.customer_id OR OLD.from_stage IS DISTINCT FROM NEW.from_stage THEN\n                RAISE EXCEPTION 'pilot_massmoverow: move_id, customer_id, from_stage never change' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="1a15643748682e38937c11beca32ccfd77b0ddcc",
                            operation="UPDATE",
                            pgid="pgtrigger_frozen_410a4",
                            table="pilot_massmoverow",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
