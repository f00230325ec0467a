"""Field types, foreign keys and indexes that give exactly the columns of the existing database.

Everything the stock Django fields cannot say about an adopted MySQL or MariaDB table is said here, so that
models read as plain Django: ENUM and TINYINT columns, second-precision DATETIME and TIMESTAMP with database
defaults and ON UPDATE, named foreign keys with their ON DELETE, and indexes whose database name is shared by
several tables. On SQLite (the demo) the same classes fall back to what Django would create.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.models.functions import Now
from django.utils import timezone

_Set = TypeVar("_Set", contravariant=True)
_Get = TypeVar("_Get", covariant=True)


class CurrentTimestamp(Now):
    """The database default CURRENT_TIMESTAMP with whole seconds, as the legacy columns declare it."""

    def as_mysql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="CURRENT_TIMESTAMP", **extra)


def plain_defaults(sql: str) -> str:
    """The SQL of columns with the current time as their default itself, not as an expression.

    Django puts parentheses around it; MySQL keeps those, and then it is a default of another kind.
    """
    return sql.replace("(CURRENT_TIMESTAMP)", "CURRENT_TIMESTAMP")


class EnumField(models.CharField[_Set, _Get]):
    """A text column with fixed choices: ENUM on MySQL and MariaDB, VARCHAR elsewhere."""

    # The choices are the column's type, so another choice is a change of the database.
    non_db_attrs = tuple(name for name in models.CharField.non_db_attrs if name != "choices")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        choices = list(kwargs.get("choices") or ())
        kwargs.setdefault("max_length", max((len(value) for value, _ in choices), default=1))
        super().__init__(*args, **kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        if connection.vendor != "mysql":
            return super().db_type(connection)
        values = ",".join(f"'{value}'" for value, _ in self.flatchoices)
        return f"enum({values})"


class FixedCharField(models.CharField[_Set, _Get]):
    """CHAR(n) on MySQL and MariaDB."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return f"char({self.max_length})" if connection.vendor == "mysql" else super().db_type(connection)


class PlainTextField(models.TextField[_Set, _Get]):
    """TEXT (64 kB), where Django's own TextField would be LONGTEXT."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "text" if connection.vendor == "mysql" else super().db_type(connection)


class TinyIntegerField(models.SmallIntegerField[_Set, _Get]):
    """TINYINT on MySQL and MariaDB."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "tinyint" if connection.vendor == "mysql" else super().db_type(connection)


class SecondsField(models.DateTimeField[_Set, _Get]):
    """DATETIME in UTC without a fraction; `on_update` lets every change of the row touch it."""

    mysql_type = "datetime"

    def __init__(self, *args: Any, on_update: bool = False, **kwargs: Any) -> None:
        self.on_update = on_update
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if self.on_update:
            kwargs["on_update"] = True
        return name, path, args, kwargs

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return self.mysql_type if connection.vendor == "mysql" else super().db_type(connection)

    def db_type_suffix(self, connection: BaseDatabaseWrapper) -> str | None:
        if self.on_update and connection.vendor == "mysql":
            return "ON UPDATE CURRENT_TIMESTAMP"
        return super().db_type_suffix(connection)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        # A full save writes every column, which would switch the database's ON UPDATE off.
        if self.on_update and not add:
            setattr(model_instance, self.attname, timezone.now())
        return super().pre_save(model_instance, add)


class TimestampField(SecondsField[_Set, _Get]):
    """TIMESTAMP; read and written in the session's time zone, which is always UTC here."""

    mysql_type = "timestamp"


class _NamedConstraint:
    """What the two kinds of foreign key below share."""

    def __init__(
        self, *args: Any, constraint: str | None = None, db_on_delete: str = "CASCADE", **kwargs: Any
    ) -> None:
        self.constraint = constraint
        self.db_on_delete = db_on_delete
        kwargs["db_index"] = False
        kwargs["db_constraint"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        del kwargs["db_constraint"], kwargs["db_index"]
        if self.constraint is not None:
            kwargs["constraint"] = self.constraint
        if self.db_on_delete != "CASCADE":
            kwargs["db_on_delete"] = self.db_on_delete
        return name, path, args, kwargs


class LegacyForeignKey(_NamedConstraint, models.ForeignKey[_Set, _Get]):
    """A foreign key that keeps the constraint name (and the missing index) of the existing table.

    Django can neither name a foreign key nor set its ON DELETE in the database, so it creates none here;
    `create_table.CreateTable` adds the constraint named `constraint` with `db_on_delete`. Without a name the
    table has no such constraint.
    """


class LegacyOneToOneField(_NamedConstraint, models.OneToOneField[_Set, _Get]):
    """The same, one to one; its unique key is called `unique_key`, where Django uses the column's name."""

    _unique: bool

    def __init__(self, *args: Any, unique_key: str, **kwargs: Any) -> None:
        self.unique_key = unique_key
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs["unique_key"] = self.unique_key
        return name, path, args, kwargs


class LegacyIndex(models.Index):
    """An index whose database name is `db_name`.

    Index names repeat between the existing tables, which Django refuses as E030 and SQLite cannot hold, and
    one is longer than Django allows; `name` is the unique one that Django and SQLite see.
    """

    def __init__(self, *expressions: Any, db_name: str, **kwargs: Any) -> None:
        self.db_name = db_name
        super().__init__(*expressions, **kwargs)

    def deconstruct(self) -> Any:
        path, expressions, kwargs = super().deconstruct()
        kwargs["db_name"] = self.db_name
        return path, expressions, kwargs

    def name_in(self, connection: BaseDatabaseWrapper) -> str:
        return self.db_name if connection.vendor == "mysql" else self.name

    def create_sql(
        self,
        model: type[models.Model],
        schema_editor: BaseDatabaseSchemaEditor,
        using: str = "",
        **kwargs: Any,
    ) -> Statement:
        statement = super().create_sql(model, schema_editor, using, **kwargs)
        self._put_name(statement, schema_editor)
        return statement

    def remove_sql(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, **kwargs: Any
    ) -> Any:
        statement: Any = super().remove_sql(model, schema_editor, **kwargs)
        self._put_name(statement, schema_editor)
        return statement

    def _put_name(self, statement: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        statement.parts["name"] = schema_editor.quote_name(self.name_in(schema_editor.connection))
