"""The migration operations that retire the two hourly tables, and bring them back (docs/design.md D4, D11).

A table goes through other names, so that a step can be killed at any point and what is there tells the next
run how far it came: under its own name a table is whole; `..._retired` is about to be dropped, and nobody
writes it any more; `..._restored` is being filled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from django.apps.registry import Apps
from django.core.management import CommandError
from django.db import migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.db.models import Model

from parkstats_project.db import engine, online_ddl
from parkstats_project.db.create_table import create_table
from stats.choices import ArchiveKind
from stats.frames import archive, archive_format, raw_days
from stats.migrations import _hourly_tables as hourly_tables
from stats.models import ParkDayArchive

RETIRED = "_retired"
RESTORED = "_restored"
_NAMED = 5


class UnarchivedRowsError(CommandError):
    """Going on would lose rows; `migrate` says which, without a traceback."""


def archive_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Archive both tables day by day; days that are archived already are only compared."""
    for name in hourly_tables.TABLES:
        model = apps.get_model("stats", name)
        table = model._meta.db_table
        with online_ddl.step(schema_editor, table):
            if table not in _tables(schema_editor):
                continue  # Dropped by a later migration that was killed: every row was archived then.
            for span in hourly_tables.weeks(model):
                for day in hourly_tables.differing(model, span):
                    rows = hourly_tables.archive_day(model, day)
                    print(f"    {table} {day}: {rows} rows archived", flush=True)
                if days := hourly_tables.differing(model, span):
                    raise archive.ArchiveError(f"{table}: checksums of {days[0]} differ from the archive's")


def forget_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Delete the archived hours; the tables have them. Refuses if they do not."""
    present = _tables(schema_editor)
    if ParkDayArchive._meta.db_table not in present:
        return
    tables = [apps.get_model("stats", name) for name in hourly_tables.TABLES]
    for model in tables:
        for day in hourly_tables.archived_days(model):
            if model._meta.db_table not in present or not hourly_tables.is_whole(model, day):
                raise UnarchivedRowsError(
                    f"{model._meta.db_table} lacks rows of {day} that are archived; nothing was deleted"
                )
    kinds = [hourly_tables.table_of(model).kind for model in tables]
    with transaction.atomic():
        ParkDayArchive.objects.filter(kind__in=kinds).delete()
        # Together: no later run could tell rows that are archived no more from rows that came late.
        MigrationRecorder(schema_editor.connection).record_unapplied("stats", "0004_archive_hours")


def refuse_to_lose_observations(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Refuse to drop the archive while raw rows do not cover every archived day."""
    if ParkDayArchive._meta.db_table not in _tables(schema_editor):
        return
    held = ParkDayArchive.objects.filter(kind=ArchiveKind.OBSERVATIONS, row_count__gt=0)
    days = sorted(set(held.values_list("stat_date", flat=True)))
    oldest = raw_days.oldest()
    if lost := [day for day in days if _only_archived(day, oldest)]:
        raise UnarchivedRowsError(
            f"the observations of {len(lost)} days ({lost[0]} to {lost[-1]}) are only in park_day_archive, "
            "which would be dropped. Delete those archive rows first if that is what you want."
        )


def _only_archived(day: date, oldest: Sequence[int | None]) -> bool:
    """Whether the archive has rows of a day that are older than every raw row of their table."""
    # The payloads alone: tables that tell more of that time may be gone by now, on the way back.
    stored = ParkDayArchive.objects.filter(kind=ArchiveKind.OBSERVATIONS, stat_date=day)
    payloads = [bytes(packed) for packed in stored.values_list("payload", flat=True)]
    frames, _ = archive_format.open_payloads(ArchiveKind.OBSERVATIONS, payloads, ids=False)
    return any(
        len(frame) and (first is None or bool((frame["at"] < first).any()))
        for frame, first in zip(frames, oldest, strict=True)
    )


class RetireTable(migrations.DeleteModel):
    """Drop an hourly table, every row of which is archived; backwards, bring it back row for row."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = from_state.apps.get_model(app_label, self.name)
        table = model._meta.db_table
        if schema_editor.collect_sql:
            _rename(schema_editor, model, table, table + RETIRED)
            _drop(schema_editor, table + RETIRED)
            return
        with online_ddl.step(schema_editor, table):
            present = _tables(schema_editor)
            if table + RESTORED in present:
                _drop(schema_editor, table + RESTORED)
            seen = None
            if table in present:
                seen = hourly_tables.fingerprint(model)
                _refuse_unarchived(model, table)
                _rename(schema_editor, model, table, table + RETIRED)
            elif table + RETIRED not in present:
                return
            retired = _under_name(from_state, app_label, self.name, table + RETIRED)
            try:
                # Nobody can write it any more; what came in during the first look is found now.
                if hourly_tables.fingerprint(retired) != seen:
                    _refuse_unarchived(retired, table)
            except UnarchivedRowsError:
                _rename(schema_editor, model, table + RETIRED, table)
                raise
            _note_next_id(schema_editor, retired)
            _drop(schema_editor, table + RETIRED)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.name)
        table = model._meta.db_table
        restored = _under_name(to_state, app_label, self.name, table + RESTORED)
        if schema_editor.collect_sql:
            _create(schema_editor, restored)
            schema_editor.collected_sql.append(f"-- every archived row goes into {table + RESTORED}")
            _rename(schema_editor, model, table + RESTORED, table)
            return
        with online_ddl.step(schema_editor, table):
            present = _tables(schema_editor)
            if table in present:
                return
            if table + RETIRED in present:
                _rename(schema_editor, model, table + RETIRED, table)
                return
            if table + RESTORED not in present:
                _create(schema_editor, restored)
            _restore(schema_editor, restored)
            _rename(schema_editor, model, table + RESTORED, table)


def _refuse_unarchived(model: type[Model], table: str) -> None:
    found = []
    days = (day for span in hourly_tables.weeks(model) for day in hourly_tables.differing(model, span))
    for day in days:
        if ids := hourly_tables.unarchived(model, day):
            named = ", ".join(map(str, ids[:_NAMED])) + (", ..." if len(ids) > _NAMED else "")
            found.append(f"{len(ids)} of {day} (id {named})")
    if found:
        more = f" and rows of {len(found) - _NAMED} more days" if len(found) > _NAMED else ""
        raise UnarchivedRowsError(
            f"{table} has rows that are not archived: {'; '.join(found[:_NAMED])}{more}. They "
            "were written after stats.0004_archive_hours ran. Stop the job that writes them, then run "
            "`manage.py migrate stats 0003` and `manage.py migrate`."
        )


def _restore(schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> None:
    for day in hourly_tables.archived_days(model):
        rows = hourly_tables.restore_day(model, day)
        print(f"    {model._meta.db_table} {day}: {rows} rows restored", flush=True)
    following = hourly_tables.next_id(model)
    if following is not None and engine.is_server(schema_editor.connection):
        table = schema_editor.quote_name(model._meta.db_table)
        online_ddl.execute(schema_editor, f"ALTER TABLE {table} AUTO_INCREMENT = {following}")


def _note_next_id(schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> None:
    if not engine.is_server(schema_editor.connection):
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"SHOW CREATE TABLE {schema_editor.quote_name(model._meta.db_table)}")
        noted = re.search(r"\bAUTO_INCREMENT=(\d+)", cursor.fetchone()[1])
    if noted:
        hourly_tables.note_next_id(model, int(noted[1]))


# ----------------------------------------------------------------------------------------------- tables


def _tables(schema_editor: BaseDatabaseSchemaEditor) -> set[str]:
    return set(schema_editor.connection.introspection.table_names())


def _under_name(state: ProjectState, app_label: str, name: str, table: str) -> type[Model]:
    """The model as of a migration, with its table under another name."""
    renamed = state.clone()
    renamed.alter_model_options(app_label, name.lower(), {"db_table": table})
    return renamed.apps.get_model(app_label, name)


def _create(schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> None:
    if engine.is_server(schema_editor.connection):
        create_table(model, schema_editor)
    else:
        schema_editor.create_model(model)


def _rename(schema_editor: BaseDatabaseSchemaEditor, model: type[Model], old: str, new: str) -> None:
    if engine.is_server(schema_editor.connection):
        quote = schema_editor.quote_name
        online_ddl.execute(schema_editor, f"RENAME TABLE {quote(old)} TO {quote(new)}")
    else:
        schema_editor.alter_db_table(model, old, new)


def _drop(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    online_ddl.execute(schema_editor, f"DROP TABLE {schema_editor.quote_name(table)}")
