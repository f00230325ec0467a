"""Backups: a consistent dump of the whole database, the archive of days included, proved by loading it.

A backup is two files of one name: `parkstats-20261127T031500Z.sql.zst`, and beside it `.json`, which says
what the dump holds (rows and checksum of each table) and its own digest. Only one that was verified has both.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

from parkstats_project.db import dump
from parkstats_project.db.dump import Content
from stats.models import ParkDayArchive

SUFFIX: Final = ".sql.zst"
SMALLER: Final = 4
"""A dump takes at most this part of what its tables and indexes take (measured: a twelfth).

Of the archive, which is compressed already, it may take all.
"""

ATTEMPTS: Final = 3

Say = Callable[[str], object]


class BackupFailed(Exception):
    """There is no backup, or it cannot be restored; the message says why."""


class NoBackup(BackupFailed):
    """A file is no backup, or a damaged one; nothing was changed."""


class Backup(NamedTuple):
    """A backup that was verified: `size` in bytes; `tables` by name."""

    path: Path
    size: int
    tables: dict[str, Content]


def back_up(folder: Path, *, now: datetime, say: Say, progress: dump.Progress) -> Backup:
    """Dump the database into a folder, load the dump into a second database and compare both.

    The second database has the name of the first with `_verify` at its end; it is dropped at last.
    Raises BackupFailed, and leaves no file behind then.
    """
    path = folder.joinpath(f"parkstats-{now:%Y%m%dT%H%M%SZ}{SUFFIX}")
    _enough_space(folder)
    unfinished = path.with_suffix(".part")
    try:
        tables = _dump_and_compare(unfinished, say, progress)
        described = {
            "sha256": digest(unfinished),
            "tables": {name: content._asdict() for name, content in tables.items()},
        }
        unfinished.rename(path)
        manifest(path).write_text(json.dumps(described, indent=1, sort_keys=True) + "\n", encoding="ascii")
    except (OSError, dump.ProgramFailed) as error:
        path.unlink(missing_ok=True)
        raise BackupFailed(str(error)) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return Backup(path, path.stat().st_size, tables)


def _dump_and_compare(path: Path, say: Say, progress: dump.Progress) -> dict[str, Content]:
    """What the dump holds. It must be what was there in the moment of its snapshot."""
    for attempt in range(1, ATTEMPTS + 1):
        path.unlink(missing_ok=True)
        with dump.another_connection() as before, dump.another_connection() as after:
            dump.freeze(before)
            say("dumping")
            dump.write(path, begun=partial(dump.freeze, after), progress=progress)
            say("reading what it has to hold")
            moments = [dump.content(before), dump.content(after)]
        found = _loaded(path, say, progress)
        differing = {
            table for table in found if found[table] not in [moment.get(table) for moment in moments]
        }
        differing |= set(moments[0]) - set(found)
        if not differing:
            return found
        # Written to more than once in the blink between the two moments, which is not the dump's fault.
        disturbed = {table for table in differing if moments[0].get(table) != moments[1].get(table)}
        if differing != disturbed or attempt == ATTEMPTS:
            break
        say(f"written to meanwhile, once more: {', '.join(sorted(disturbed))}")
    raise BackupFailed(f"differs from the database after loading: {', '.join(sorted(differing))}")


def _loaded(path: Path, say: Say, progress: dump.Progress) -> dict[str, Content]:
    say("loading it into a second database")
    second = f"{connections[DEFAULT_DB_ALIAS].settings_dict['NAME']}_verify"
    dump.create(second)
    try:
        dump.load(path, second, progress=progress)
        say("comparing")
        with dump.another_connection(second) as loaded:
            return dump.content(loaded)
    finally:
        dump.drop(second)


def restore(path: Path, *, replace: bool, say: Say, progress: dump.Progress) -> int:
    """Put the database back to what a backup holds; the number of tables.

    Raises NoBackup before anything is changed if the file or its description is damaged, BackupFailed if the
    database holds tables and `replace` is not given; and afterwards if tables are not the backup's.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    expected = _read(path, say)
    there = dump.tables(connection)
    if there and not replace:
        raise BackupFailed(f"the database holds {len(there)} tables; --replace drops them first")
    try:
        dump.drop_tables(connection)
        say("loading")
        dump.load(path, connection.settings_dict["NAME"], progress=progress)
    except dump.ProgramFailed as error:
        raise BackupFailed(f"the database is not complete, run this again with --replace: {error}") from error
    say("comparing")
    found = dump.content(connection)
    differing = sorted(name for name in set(expected) | set(found) if expected.get(name) != found.get(name))
    if differing:
        raise BackupFailed(f"not as in the backup: {', '.join(differing)}")
    return len(found)


def keep_newest(folder: Path, keep: int) -> list[Path]:
    """Delete all backups of a folder but the newest; those that are gone."""
    backups = sorted(path for path in folder.glob(f"parkstats-*{SUFFIX}") if manifest(path).exists())
    gone = backups[:-keep]
    for path in gone:
        # The description first: a dump without one is no backup.
        manifest(path).unlink()
        path.unlink()
    return gone


def _enough_space(folder: Path) -> None:
    """BackupFailed if the folder's disk may be too full for the dump, or the server's for loading it."""
    connection = connections[DEFAULT_DB_ALIAS]
    sizes = dump.sizes(connection)
    size, archive = sum(sizes.values()), sizes.get(ParkDayArchive._meta.db_table, 0)
    of_dump = archive + (size - archive) // SMALLER
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise BackupFailed(f"{folder}: {error.strerror}") from error
    of_server = dump.free_space(connection)
    for place, there, wanted in ((str(folder), free, of_dump), ("the database", of_server, size)):
        if there is not None and there < wanted:
            raise BackupFailed(f"{place} has {there >> 20:,} MB left, {wanted >> 20:,} MB may be needed")


def manifest(path: Path) -> Path:
    """The file that describes a dump."""
    return path.with_name(path.name.removesuffix(SUFFIX) + ".json")


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(path: Path, say: Say) -> dict[str, Content]:
    """What the tables of a backup hold, by name; NoBackup if its two files are not as they were written."""
    described = manifest(path)
    if not path.is_file():
        raise NoBackup(f"there is no file {path}")
    try:
        of_file, tables = _parsed(described.read_text(encoding="ascii"))
    except OSError as error:
        raise NoBackup(
            f"{described}, which describes the backup, cannot be read: {error.strerror}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise NoBackup(f"{described} does not describe a backup: {error}") from error
    say("looking at the file")
    try:
        found = digest(path)
    except OSError as error:
        raise NoBackup(f"{path} cannot be read: {error.strerror}") from error
    if found != of_file:
        raise NoBackup(f"{path.name} is damaged: its digest is not the one in {described.name}")
    return tables


def _parsed(text: str) -> tuple[str, dict[str, Content]]:
    """The digest and the tables that a description names; ValueError if it is none."""
    match json.loads(text):
        case {"sha256": str(of_file), "tables": {**tables}} if tables:
            return of_file, {str(name): _content(name, content) for name, content in tables.items()}
    raise ValueError("it has to name the digest of a dump and what its tables hold")


def _content(name: object, described: object) -> Content:
    match described:
        case {"rows": int(rows), "checksum": int(checksum)}:
            return Content(rows, checksum)
    raise ValueError(f"it does not say what the table {name} holds")
