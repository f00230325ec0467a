"""What an online change means for a table: the columns and indexes two states of a model have, and the table.

Only what `online_ddl` can do is let through: anything else would be recorded as done and never happen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

from parkstats_project.db import catalogue
from parkstats_project.db.catalogue import normal_type
from parkstats_project.db.fields import EnumField, LegacyIndex


class Index(NamedTuple):
    """An index as far as a change is about it."""

    columns: tuple[str, ...]
    unique: bool


class Present(NamedTuple):
    """What a table has: the type of each column, and its named indexes."""

    columns: dict[str, str]
    indexes: dict[str, Index]


class UnknownChange(ValueError):
    """An operation that an online change cannot do."""


def refuse_unknown(model_name: str, operations: Iterable[Operation]) -> None:
    """Raise UnknownChange for the first operation that is not on this model, or cannot be done online."""
    for operation in operations:
        if getattr(operation, "model_name", "").lower() != model_name.lower():
            raise UnknownChange(f"{operation.describe()}: not a change of {model_name}")
        if not _is_known(operation):
            raise UnknownChange(f"{operation.describe()}: an online change cannot do this")


def _is_known(operation: Operation) -> bool:
    if isinstance(operation, migrations.AddField):
        field: Any = operation.field
        return not (
            field.many_to_many or field.unique or field.db_index or getattr(field, "constraint", None)
        )
    if isinstance(operation, migrations.AlterField):
        return isinstance(operation.field, EnumField)
    if isinstance(operation, migrations.AddIndex):
        return bool(operation.index.fields) and operation.index.condition is None
    if isinstance(operation, migrations.AddConstraint):
        return _is_plain_unique(operation.constraint)
    return isinstance(
        operation, migrations.RemoveField | migrations.RemoveIndex | migrations.RemoveConstraint
    )


def _is_plain_unique(constraint: models.BaseConstraint) -> bool:
    return isinstance(constraint, models.UniqueConstraint) and constraint == models.UniqueConstraint(
        fields=constraint.fields, name=constraint.name
    )


def refuse_unseen(before: type[models.Model], after: type[models.Model]) -> None:
    """Raise UnknownChange if the two states differ in more than columns, plain indexes and enum choices."""
    for column, (old, new) in _in_both(before, after).items():
        if _apart_from_choices(old) != _apart_from_choices(new):
            raise UnknownChange(f"{before._meta.db_table}.{column}: an online change alters choices only")
    old_ones, new_ones = before._meta.constraints, after._meta.constraints
    for constraint in (*old_ones, *new_ones):
        if not (_is_plain_unique(constraint) or constraint in old_ones and constraint in new_ones):
            raise UnknownChange(f"{constraint.name}: an online change makes plain unique constraints only")


def _apart_from_choices(field: models.Field[Any, Any]) -> tuple[Any, ...]:
    _, path, args, kwargs = field.deconstruct()
    if isinstance(field, EnumField):
        for name in (*models.Field.non_db_attrs, "max_length"):
            kwargs.pop(name, None)
    return path, args, kwargs


def missing_fields(model: type[models.Model], other: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
    """The fields of a model that another state of it has not, by column."""
    own, known = _fields(model), _fields(other)
    return {column: field for column, field in own.items() if column not in known}


def retyped_fields(
    schema_editor: BaseDatabaseSchemaEditor, before: type[models.Model], after: type[models.Model]
) -> Iterator[tuple[models.Field[Any, Any], bool]]:
    """The fields whose column has another type afterwards, and whether the new one only adds choices."""
    for old, new in _in_both(before, after).values():
        if _type(schema_editor, old) != _type(schema_editor, new):
            had, has = [value for value, _ in old.flatchoices], [value for value, _ in new.flatchoices]
            yield new, has[: len(had)] == had


def indexes(
    schema_editor: BaseDatabaseSchemaEditor, model: type[models.Model]
) -> dict[str, tuple[Index, str]]:
    """The named indexes and unique constraints of a model: what they are, and the clause that adds them."""
    found = {}
    quote = schema_editor.quote_name
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            names = tuple(_column(model, name) for name in constraint.fields)
            clause = f"ADD UNIQUE INDEX {quote(constraint.name)} ({', '.join(map(quote, names))})"
            found[constraint.name] = Index(names, unique=True), clause
    for index in model._meta.indexes:
        name = index.name_in(schema_editor.connection) if isinstance(index, LegacyIndex) else index.name
        names = tuple(_column(model, field) for field, _ in index.fields_orders)
        clause = f"ADD INDEX {quote(name)} ({index.create_sql(model, schema_editor).parts['columns']})"
        found[name] = Index(names, unique=False), clause
    return found


def present(schema_editor: BaseDatabaseSchemaEditor, before: type[models.Model]) -> Present:
    """What the table has now; while SQL is only collected (`sqlmigrate`), what `before` says it had."""
    if schema_editor.collect_sql:
        columns = {column: _type(schema_editor, field) for column, field in _fields(before).items()}
        return Present(columns, {name: index for name, (index, _) in indexes(schema_editor, before).items()})
    table = catalogue.read(schema_editor.connection, tables=[before._meta.db_table])[before._meta.db_table]
    return Present(
        {column.name: normal_type(column.type) for column in table.columns.values()},
        {
            index.name: Index(tuple(name.removeprefix("-") for name in index.columns), index.unique)
            for index in table.indexes.values()
        },
    )


def columns(schema_editor: BaseDatabaseSchemaEditor, model: type[models.Model]) -> set[str]:
    """The columns that the model's table has, on every engine."""
    with schema_editor.connection.cursor() as cursor:
        found = schema_editor.connection.introspection.get_table_description(cursor, model._meta.db_table)
    return {column.name for column in found}


def _in_both(before: type[models.Model], after: type[models.Model]) -> dict[str, tuple[Any, Any]]:
    old, new = _fields(before), _fields(after)
    return {column: (old[column], new[column]) for column in old if column in new}


def _fields(model: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
    return {str(field.column): field for field in model._meta.local_concrete_fields}


def _type(schema_editor: BaseDatabaseSchemaEditor, field: models.Field[Any, Any]) -> str:
    return normal_type(field.db_type(schema_editor.connection) or "")


def _column(model: type[models.Model], field: str) -> str:
    concrete: Any = model._meta.get_field(field)
    return str(concrete.column)
