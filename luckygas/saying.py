"""How a text column becomes one that keeps sentences, for migrations."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from luckygas.said import SaidField

# Going back, nobody is there to translate: a sentence is spelled out in English, with what fills it in.
SPELLED = """
    CREATE OR REPLACE FUNCTION pg_temp.spelled(said jsonb) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
        words text := coalesce(said ->> 'said', said ->> 'short_day', said #>> '{}');
        place record;
    BEGIN
        IF jsonb_typeof(said) = 'array' THEN
            RETURN (SELECT string_agg(pg_temp.spelled(each), ', ') FROM jsonb_array_elements(said) AS each);
        END IF;
        IF said -> 'values' IS NULL OR said -> 'values' = '{}' THEN
            RETURN words;
        END IF;
        FOR place IN SELECT key, value FROM jsonb_each(said -> 'values') LOOP
            words := replace(words, '%(' || place.key || ')s', pg_temp.spelled(place.value));
        END LOOP;
        RETURN replace(words, '%%', '%');
    END $$
"""


class Say(migrations.AlterField):
    """The column keeps sentences from now on, and what stands in it as somebody's own words.

    `longest` is the length of the text column it was, for going back. `check` is the constraint that reads the column:
    it is another one for another type.
    """

    def __init__(self, model_name: str, name: str, field: SaidField, longest: int, check: str = "") -> None:
        super().__init__(model_name, name, field)
        self.longest, self.check = longest, check

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._alter(app_label, schema_editor, from_state, to_state, "jsonb", "to_jsonb({})")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(SPELLED, params=None)
        text, spelled = f"varchar({self.longest})", f"left(pg_temp.spelled({{}}), {self.longest})"
        self._alter(app_label, schema_editor, from_state, to_state, text, spelled)

    def _alter(self, app: str, schema_editor: Any, start: Any, end: Any, to: str, using: str) -> None:
        before, after = (state.apps.get_model(app, self.model_name) for state in (start, end))
        table, column = (schema_editor.quote_name(each) for each in (before._meta.db_table, self.name))
        for check in self._checks(before):
            schema_editor.remove_constraint(before, check)
        schema_editor.execute(
            f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {to} USING {using.format(column)}", params=None
        )
        for check in self._checks(after):
            schema_editor.add_constraint(after, check)

    def _checks(self, model: Any) -> list[Any]:
        return [check for check in model._meta.constraints if check.name == self.check]
