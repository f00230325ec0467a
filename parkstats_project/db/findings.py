"""What the database lacks, or has otherwise than the models say, with a hint for each.

Used twice: by the schema check with today's models, and by `manage.py adopt` with the models as of the first
migrations. Order of columns, defaults and checks are left to the tests: an older database may differ in them
without harm, but not in what is looked at here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from parkstats_project.db import catalogue
from parkstats_project.db.fields import LegacyForeignKey, LegacyIndex, LegacyOneToOneField, plain_defaults


class Kind(Enum):
    """What is missing or different."""

    TABLE = "table"
    COLUMN = "column"
    TYPE = "type"
    UNIQUE_INDEX = "unique index"
    INDEX = "index"
    ON_UPDATE = "on update"
    FOREIGN_KEY = "foreign key"
    COLLATION = "collation"


HARMLESS = frozenset({Kind.INDEX, Kind.FOREIGN_KEY, Kind.COLLATION})
"""Worth a line to whoever adopts a database; the answers are right all the same."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One difference: a sentence that names it, and what to do about it."""

    kind: Kind
    table: str
    text: str
    hint: str


def findings(
    models_: Iterable[type[models.Model]], connection: BaseDatabaseWrapper, live: dict[str, catalogue.Table]
) -> Iterator[Finding]:
    """Every difference between the managed ones of the models and the live schema (`schema.read`)."""
    for model in models_:
        if not model._meta.managed or model._meta.proxy:
            continue
        table = live.get(model._meta.db_table)
        if table is None:
            yield Finding(
                kind=Kind.TABLE,
                table=model._meta.db_table,
                text=f"table {model._meta.db_table} is missing",
                hint="`manage.py adopt --create-missing` creates tables that are missing.",
            )
            continue
        yield from _column_findings(model, connection, table)
        yield from _index_findings(model, connection, table)
        yield from _key_findings(model, table)


def _column_findings(
    model: type[models.Model], connection: BaseDatabaseWrapper, table: catalogue.Table
) -> Iterator[Finding]:
    before = None
    for field in _stored_fields(model):
        name = f"{table.name}.{field.column}"
        column = table.columns.get(field.column)
        definition = column_definition(model, field, connection)
        if column is None:
            place = f"AFTER {before}" if before else "FIRST"
            yield Finding(
                kind=Kind.COLUMN,
                table=table.name,
                text=f"column {name} is missing",
                hint=f"ALTER TABLE {table.name} ADD COLUMN {field.column} {definition} {place};",
            )
        else:
            wanted = _nullable(catalogue.normal_type(field.db_type(connection) or ""), field.null)
            found = _nullable(catalogue.normal_type(column.type), column.nullable)
            if wanted != found:
                yield Finding(
                    kind=Kind.TYPE,
                    table=table.name,
                    text=f"column {name} is {found}, not {wanted}",
                    hint=f"ALTER TABLE {table.name} MODIFY COLUMN {field.column} {definition};",
                )
            elif "on update" in column.extra.lower() and not getattr(field, "on_update", False):
                yield Finding(
                    kind=Kind.ON_UPDATE,
                    table=table.name,
                    text=f"column {name} has ON UPDATE: every change of a row would overwrite it",
                    hint="SET SESSION explicit_defaults_for_timestamp = 1; "
                    f"ALTER TABLE {table.name} MODIFY COLUMN {field.column} {definition};",
                )
        before = field.column


def _index_findings(
    model: type[models.Model], connection: BaseDatabaseWrapper, table: catalogue.Table
) -> Iterator[Finding]:
    for wanted in wanted_indexes(model, connection):
        found = table.indexes.get(wanted.name)
        kind = "unique index" if wanted.unique else "index"
        columns = ", ".join(f"{column[1:]} DESC" if column[0] == "-" else column for column in wanted.columns)
        matters = wanted.unique or (found is not None and found.unique)
        create = f"CREATE {kind.upper()} {wanted.name} ON {table.name} ({columns});"
        if found is None:
            yield Finding(
                kind=Kind.UNIQUE_INDEX if matters else Kind.INDEX,
                table=table.name,
                text=f"{kind} {wanted.name} of table {table.name} is missing",
                hint=create,
            )
        elif (found.unique, found.columns) != (wanted.unique, wanted.columns):
            has = "unique index" if found.unique else "index"
            yield Finding(
                kind=Kind.UNIQUE_INDEX if matters else Kind.INDEX,
                table=table.name,
                text=f"{kind} {wanted.name} of table {table.name} is not on ({', '.join(wanted.columns)}): "
                f"it is {'a' if found.unique else 'an'} {has} on ({', '.join(found.columns)})",
                hint=f"DROP INDEX {wanted.name} ON {table.name}; {create}",
            )


def _key_findings(model: type[models.Model], table: catalogue.Table) -> Iterator[Finding]:
    for field in _stored_fields(model):
        if not isinstance(field, LegacyForeignKey | LegacyOneToOneField) or field.constraint is None:
            continue
        target = field.target_field
        rule = (
            f"CONSTRAINT {field.constraint} FOREIGN KEY ({field.column}) "
            f"REFERENCES {target.model._meta.db_table} ({target.column}) ON DELETE {field.db_on_delete}"
        )
        found = table.foreign_keys.get(field.constraint)
        if found is None or found.on_delete != field.db_on_delete:
            yield Finding(
                kind=Kind.FOREIGN_KEY,
                table=table.name,
                text=f"foreign key {field.constraint} of table {table.name} is missing or different",
                hint=f"ALTER TABLE {table.name} ADD {rule};",
            )
    if table.collation != "utf8mb4_unicode_ci":
        yield Finding(
            kind=Kind.COLLATION,
            table=table.name,
            text=f"table {table.name} has collation {table.collation}, not utf8mb4_unicode_ci",
            hint="Names may be sorted in another order.",
        )


def wanted_indexes(model: type[models.Model], connection: BaseDatabaseWrapper) -> Iterator[catalogue.Index]:
    """The indexes the model declares, under their names in the database."""
    meta = model._meta
    for field in _stored_fields(model):
        if isinstance(field, LegacyOneToOneField):
            yield catalogue.Index(name=field.unique_key, unique=True, columns=(field.column,))
        elif field.unique and not field.primary_key:
            yield catalogue.Index(name=field.column, unique=True, columns=(field.column,))
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
            columns = tuple(_column_of(model, name) for name in constraint.fields)
            yield catalogue.Index(name=constraint.name, unique=True, columns=columns)
    for index in meta.indexes:
        columns = tuple(
            ("-" if direction else "") + _column_of(model, name) for name, direction in index.fields_orders
        )
        name = index.name_in(connection) if isinstance(index, LegacyIndex) else index.name
        yield catalogue.Index(name=name, unique=False, columns=columns)


def column_definition(
    model: type[models.Model], field: models.Field[Any, Any], connection: BaseDatabaseWrapper
) -> str:
    """The column's definition as SQL, to be shown."""
    editor = connection.schema_editor()
    sql, params = editor.column_sql(model, field)
    text = (sql or "") % tuple(editor.quote_value(value) for value in params or ())
    return plain_defaults(" ".join(part for part in (text, field.db_type_suffix(connection)) if part))


def _stored_fields(model: type[models.Model]) -> Iterator[Any]:
    return (field for field in model._meta.local_concrete_fields if field.column)


def _column_of(model: type[models.Model], name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]


def _nullable(column_type: str, null: bool) -> str:
    return f"{column_type} {'NULL' if null else 'NOT NULL'}"
