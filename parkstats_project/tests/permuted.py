"""A golden case under other ids: an application that follows references has to answer the same, up to ids."""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from parkstats_project.tests.cases import GOLDEN
from parkstats_project.tests.replay import Answer, Record

Ids = Mapping[int, int]

# Ids of these tables grow with time, and the collector's successor may rely on it; within one moment they
# are exchanged like the others.
MOMENT = {
    "ride_status_snapshots": "recorded_at",
    "park_activity_snapshots": "recorded_at",
    "ride_status_changes": "changed_at",
    "data_quality_issues": "detected_at",
    "aggregation_log": "started_at",
}


class Permutation:
    """New ids of a case by table, and both directions of translation between requests and answers."""

    def __init__(self, ids: Mapping[str, Ids]) -> None:
        self._new = ids
        self._old = {table: {new: old for old, new in one.items()} for table, one in ids.items()}

    def record(self, record: Record) -> Record:
        """The request as a client of the permuted case would send it."""
        path, mark, query = record["path"].partition("?")
        path = re.sub(
            r"^/api/(parks|rides)/(\d+)/",
            lambda m: f"/api/{m[1]}/{self._replace(self._new[m[1]], m[2])}/",
            path,
        )
        query = re.sub(
            r"\bpark_id=(\d+)", lambda m: f"park_id={self._replace(self._new['parks'], m[1])}", query
        )
        return {**record, "path": path + mark + query}

    def answer(self, record: Record, answer: Answer) -> Answer:
        """The answer with the old ids back in their places, written as before."""
        try:
            document = json.loads(answer.body)
        except ValueError:
            return answer
        query = record["path"].partition("?")[2]
        body = self._restored(document, "rides" if re.search(r"\btype=ride", query) else "parks")
        return answer._replace(body=json.dumps(body, sort_keys=True, separators=(",", ":")) + "\n")

    def _restored(self, value: Any, entities: str) -> Any:
        if isinstance(value, list):
            return [self._restored(item, entities) for item in value]
        if not isinstance(value, dict):
            return value
        if "entity_type" in value:
            entities = f"{value['entity_type']}s"
        tables = {
            "park_id": "parks",
            "ride_id": "rides",
            "flagged_parks": "parks",
            "flagged_rides": "rides",
            "issue_id": "data_quality_issues",
            "session_id": "park_operating_sessions",
            "entity_id": entities,
            "id": f"{value.get('type')}s",
        }
        restored: dict[str, Any] = {}
        for key, item in value.items():
            ids = self._old.get(tables.get(key, ""), {})
            if key in tables and isinstance(item, list):
                restored[key] = [ids.get(one, one) for one in item]
            elif key in tables:
                restored[key] = ids.get(item, item)
            elif key == "url" and "id" in value:
                restored[key] = re.sub(r"\d+$", lambda _: str(restored["id"]), item)
            else:
                restored[key] = self._restored(item, entities)
        return restored

    @staticmethod
    def _replace(ids: Ids, text: str) -> str:
        return str(ids[int(text)]) if int(text) in ids else text


def permuted_case(case: str, folder: Path, *, seed: int) -> Permutation:
    """Write the case under new ids into `folder` (in the form that cases.load reads)."""
    chance = random.Random(seed)
    (folder / "tables").mkdir(parents=True)
    shutil.copy(GOLDEN / case / "case.json", folder)
    schema = json.loads((GOLDEN / "schema.json").read_text(encoding="utf-8"))["tables"]
    files = sorted((GOLDEN / case / "tables").glob("*.csv.gz"))
    contents = {file.name.removesuffix(".csv.gz"): _rows(file) for file in files}
    ids = {
        table: _permutation(rows, schema[table]["primary_key"][0], MOMENT.get(table), chance)
        for table, rows in contents.items()
        if schema[table]["primary_key"][0] not in ("park_id", "ride_id") or table in ("parks", "rides")
    }
    for table, rows in contents.items():
        followed = {"park_id": ids["parks"], "ride_id": ids["rides"]}
        if table in ids:
            followed[schema[table]["primary_key"][0]] = ids[table]
        for row in rows:
            for column, new in followed.items():
                if row.get(column, "\\N") != "\\N":
                    row[column] = str(new[int(row[column])])
        chance.shuffle(rows)
        with gzip.open(
            folder / "tables" / f"{table}.csv.gz", "wt", 1, encoding="utf-8", newline=""
        ) as handle:
            writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return Permutation(ids)


def _rows(file: Path) -> list[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _permutation(rows: list[dict[str, str]], key: str, moment: str | None, chance: random.Random) -> Ids:
    old = [int(row[key]) for row in rows]
    order: Callable[[int], Any] = lambda _: chance.random()  # noqa: E731
    if moment is not None:
        moments = {int(row[key]): row[moment] for row in rows}
        order = lambda one: (moments[one], chance.random())  # noqa: E731
    return dict(zip(sorted(old, key=order), sorted(old), strict=True))
