"""A backup is what was there in one moment, proved by loading it; what is damaged or half done is none."""

from __future__ import annotations

import json
import os
import shutil
import threading
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from model_bakery import baker

from parks.models import Park, ParkActivitySnapshot
from parkstats_project.base.clock import pacific_date
from parkstats_project.db import dump
from rides.models import RideStatusChange, RideStatusSnapshot
from stats.jobs import backup, raw_rows
from stats.models import ParkDayArchive
from stats.tests.observed import observe, two_parks

DAY = pacific_date(datetime(2025, 12, 19, 20, tzinfo=UTC))

pytestmark = [pytest.mark.mariadb, pytest.mark.whole, pytest.mark.django_db(transaction=True)]


def back_up(folder: Path, **options) -> Path:
    out = StringIO()
    call_command("backup", folder, stdout=out, stderr=StringIO(), **options)
    return Path(out.getvalue().strip())


def restore(*arguments, **options) -> str:
    out = StringIO()
    call_command("restore", *arguments, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def databases() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW DATABASES LIKE %s", [f"{connection.settings_dict['NAME']}%"])
        return [name for (name,) in cursor.fetchall()]


def test_a_restored_database_holds_what_it_held(tmp_path):
    observe(DAY, two_parks(), at=None)
    before = dump.content(connection)
    path = back_up(tmp_path)
    assert path.exists() and json.loads(backup.manifest(path).read_text())["tables"].keys() == before.keys()
    Park.objects.update(name="gone")
    RideStatusSnapshot.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE newer_than_the_backup (id INT PRIMARY KEY)")
    assert "tables are as in" in restore(path, replace=True)
    assert dump.content(connection) == before
    assert f"{connection.settings_dict['NAME']}_verify" not in databases()


def test_a_database_with_tables_is_not_replaced_unasked(tmp_path):
    path = back_up(tmp_path)
    baker.make(Park, name="new")
    with pytest.raises(CommandError, match="--replace") as refused:
        restore(path)
    assert refused.value.returncode == 1
    assert Park.objects.filter(name="new").exists()


def described(path: Path, **changed) -> str:
    return json.dumps(json.loads(backup.manifest(path).read_text()) | changed)


@pytest.fixture(scope="module")
def kept(tmp_path_factory, django_db_setup, django_db_blocker):
    """A backup, made once."""
    with django_db_blocker.unblock():
        return back_up(tmp_path_factory.mktemp("kept"))


@pytest.mark.parametrize("damage", ["a byte", "no description", "no file", "no files", "a folder"])
def test_a_damaged_backup_changes_nothing(tmp_path, kept, damage):
    path = Path(shutil.copy(kept, tmp_path))
    shutil.copy(backup.manifest(kept), tmp_path)
    baker.make(Park, name="new")
    match damage:
        case "a byte":
            packed = bytearray(path.read_bytes())
            packed[len(packed) // 2] ^= 1
            path.write_bytes(packed)
        case "no description":
            backup.manifest(path).unlink()
        case "no file":
            path.unlink()
        case "no files":
            path = Path("/nofile")
        case "a folder":
            path = tmp_path
    with pytest.raises(CommandError) as refused:
        restore(path, replace=True)
    assert (refused.value.returncode, str(refused.value).count("\n")) == (2, 0)
    assert Park.objects.filter(name="new").exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: "",
        lambda path: "\xe9",
        lambda path: "{}",
        lambda path: "[]",
        lambda path: "1",
        lambda path: "null",
        lambda path: "[" * 100_000,
        lambda path: json.dumps({"sha256": backup.digest(path)}),
        lambda path: described(path, sha256=1),
        lambda path: described(path, tables=[]),
        lambda path: described(path, tables={}),
        lambda path: described(path, tables={"parks": 1}),
        lambda path: described(path, tables={"parks": {"rows": 1}}),
        lambda path: described(path, tables={"parks": {"rows": 1, "checksum": "1"}}),
    ],
)
def test_a_description_that_is_none_changes_nothing(tmp_path, kept, damage):
    path = Path(shutil.copy(kept, tmp_path))
    shutil.copy(backup.manifest(kept), tmp_path)
    backup.manifest(path).write_text(damage(path))
    baker.make(Park, name="new")
    with pytest.raises(CommandError, match="does not describe a backup") as refused:
        restore(path, replace=True)
    assert (refused.value.returncode, str(refused.value).count("\n")) == (2, 0)
    assert Park.objects.filter(name="new").exists()


def test_a_dump_taken_while_rows_are_written_is_of_one_moment(tmp_path):
    """Parks are written in pairs, in one transaction: a dump with an odd number would be of two moments."""
    stop = threading.Event()

    def write() -> None:
        with dump.another_connection() as other:
            while not stop.is_set():
                with other.cursor() as cursor:
                    cursor.execute("BEGIN")
                    for _ in range(2):
                        cursor.execute(
                            "INSERT INTO parks (queue_times_id, name, city, country, latitude, longitude, "
                            "timezone) SELECT COALESCE(MAX(queue_times_id), 0) + 1, 'p', 'c', 'US', 0, 0, "
                            "'UTC' FROM parks"
                        )
                    cursor.execute("COMMIT")

    writing = threading.Thread(target=write)
    writing.start()
    try:
        path = tmp_path / "dump.sql.zst"
        dump.write(path, begun=lambda: None, progress=lambda size: None)
    finally:
        stop.set()
        writing.join()
    second = f"{connection.settings_dict['NAME']}_verify"
    dump.create(second)
    try:
        dump.load(path, second, progress=lambda size: None)
        with dump.another_connection(second) as loaded:
            parks = dump.content(loaded)["parks"].rows
    finally:
        dump.drop(second)
    assert parks % 2 == 0


def test_a_dump_that_lacks_a_row_is_no_backup(tmp_path, monkeypatch):
    baker.make(Park)
    load = dump.load

    def load_and_lose(path, database, *, progress):
        load(path, database, progress=progress)
        with dump.another_connection(database) as other, other.cursor() as cursor:
            cursor.execute("DELETE FROM parks")

    monkeypatch.setattr(dump, "load", load_and_lose)
    with pytest.raises(CommandError, match="differs from the database after loading: parks"):
        back_up(tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_changed_in_the_blink_of_its_beginning_is_dumped_once_more(tmp_path, monkeypatch):
    """Three states of a table around one dump: the first attempt cannot be judged, the second can."""
    write, freeze = dump.write, dump.freeze
    attempts = []

    def disturbed(path, *, begun, progress):
        attempts.append(path)
        if len(attempts) == 1:
            baker.make(Park)
        write(path, begun=begun, progress=progress)

    def late(other):
        if attempts and len(attempts) == 1:
            baker.make(Park)
        freeze(other)

    monkeypatch.setattr(dump, "write", disturbed)
    monkeypatch.setattr(dump, "freeze", late)
    assert back_up(tmp_path).exists()
    assert len(attempts) == 2


def test_a_disk_that_is_full_leaves_no_file(tmp_path, monkeypatch):
    """The program that compresses fails, as it does on a full disk."""
    full = tmp_path / "programs"
    full.mkdir()
    (full / "zstd").write_text(
        "#!/bin/sh\nhead -c 9 >/dev/null\necho 'No space left on device' >&2\nexit 1\n"
    )
    (full / "zstd").chmod(0o755)
    monkeypatch.setenv("PATH", f"{full}:{os.environ['PATH']}")
    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(CommandError, match="No space left on device"):
        back_up(folder)
    assert not list(folder.iterdir())


def test_too_little_space_is_noticed_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(dump, "sizes", lambda other: {"parks": 1 << 60})
    with pytest.raises(CommandError, match="MB may be needed"):
        back_up(tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_archive_needs_as_much_space_in_a_dump_as_it_has(tmp_path, monkeypatch):
    """What is compressed already gets no smaller: half as much again as the disk has left does not fit."""
    free = shutil.disk_usage(tmp_path).free
    monkeypatch.setattr(dump, "free_space", lambda other: None)
    monkeypatch.setattr(dump, "sizes", lambda other: {"park_day_archive": 3 * free // 2})
    with pytest.raises(CommandError, match=f"{tmp_path} has .* may be needed"):
        back_up(tmp_path)
    monkeypatch.setattr(dump, "sizes", lambda other: {"ride_status_snapshots": 3 * free // 2})
    assert back_up(tmp_path).exists()


@pytest.mark.parametrize("folder", ["/nofolder", "/proc", "/dev/null"])
def test_a_folder_that_takes_no_files_is_noticed_before_anything_is_read(folder, monkeypatch):
    monkeypatch.setattr(backup, "back_up", None)
    with pytest.raises(CommandError, match=folder) as refused:
        back_up(Path(folder))
    assert (refused.value.returncode, str(refused.value).count("\n")) == (2, 0)


def test_only_the_newest_backups_are_kept(tmp_path):
    for number in range(3):
        name = f"parkstats-2025121{number}T000000Z"
        (tmp_path / f"{name}.sql.zst").write_bytes(b"")
        (tmp_path / f"{name}.json").write_text("{}")
    path = back_up(tmp_path, keep=2)
    assert sorted(one.name for one in tmp_path.glob("*.zst")) == [
        "parkstats-20251212T000000Z.sql.zst",
        path.name,
    ]


def test_raw_rows_of_an_archived_day_are_put_back():
    observe(DAY, two_parks())
    call_command("aggregate_daily", "--date", str(DAY), stdout=StringIO())
    models = (RideStatusSnapshot, ParkActivitySnapshot, RideStatusChange)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    assert all(before)
    for model in models:
        model.objects.all().delete()
    park = ParkDayArchive.objects.values_list("park_id", flat=True).order_by("park_id")[0]
    restore("--raw-day", str(DAY), "--park", str(park))
    assert set(ParkActivitySnapshot.objects.values_list("park_id", flat=True)) == {park}
    said = restore("--raw-day", str(DAY))
    assert [list(model.objects.order_by("pk").values()) for model in models] == before
    assert "rows were there already" in said and " 0 rows were" not in said


def test_a_day_that_is_not_archived_cannot_be_put_back():
    with pytest.raises(CommandError, match="nothing is archived") as refused:
        restore("--raw-day", "2025-12-01")
    assert refused.value.returncode == 4


def test_raw_rows_do_not_fill_the_disk(monkeypatch):
    observe(DAY, two_parks())
    call_command("aggregate_daily", "--date", str(DAY), stdout=StringIO())
    RideStatusSnapshot.objects.all().delete()
    monkeypatch.setattr(raw_rows.dump, "free_space", lambda other: 10)
    with pytest.raises(CommandError, match="MB are needed"):
        restore("--raw-day", str(DAY))
    assert not RideStatusSnapshot.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("file", "--raw-day", "2025-12-01"),
        ("--raw-day", "2025-12-01", "--replace"),
        ("--raw-day", "2099-01-01"),
    ],
)
def test_wrong_arguments_are_refused(arguments):
    with pytest.raises(CommandError) as refused:
        restore(*arguments)
    assert refused.value.returncode == 2
