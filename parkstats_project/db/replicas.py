"""Questions are read from replicas that keep up, all else from the primary (docs/operation.md, Replicas).

A replica is looked at once a second. While it is away, broken, or further behind than
PARKSTATS_REPLICA_LAG_SECONDS, it is left out, and the primary answers.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.models import Model

from parkstats_project.base import source
from parkstats_project.base.source import Source
from parkstats_project.db import errors

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
"""How old a look at a replica may be; an error of a second in what it says is assumed besides."""

AWAY_SECONDS: Final = 5.0
"""How long a replica is left alone that was found away: to connect to it may take a while."""

T = TypeVar("T")


class Router:
    """Sends what is read in `read` to the source of the block, and all else to the primary."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return source.current().alias

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, obj1: Model, obj2: Model, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


class ReplicaState(NamedTuple):
    """What the last look at a replica said: seconds behind the primary (None: not known), why it is left out.

    `left_out` is empty while it is read from.
    """

    alias: str
    behind: int | None
    left_out: str


class _Replica:
    """What this process knows of one replica."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.source: Source | None = None
        self.state = ReplicaState(alias, None, "")
        self._next_look = 0.0
        self._looking = threading.Lock()

    def look(self) -> Source | None:
        """The replica if it is well; asked of the server when the last look is too old, by one thread."""
        if time.monotonic() >= self._next_look and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        return self.source

    def leave_out(self, reason: object, *, seconds: float = LOOK_SECONDS) -> None:
        """Read elsewhere until the next look."""
        if self.source is not None or not self._next_look:
            logger.warning("%s is left out: %s", self.alias, reason)
        self.source, self._next_look = None, time.monotonic() + seconds
        self.state = self.state._replace(left_out=str(reason))

    def _look(self) -> None:
        moment = time.monotonic()
        try:
            behind = seconds_behind(self.alias)
        except Error as error:
            connections[self.alias].close()
            self.state = ReplicaState(self.alias, None, "")
            self.leave_out(errors.sentence(error), seconds=AWAY_SECONDS)
            return
        self.state = ReplicaState(self.alias, behind, "")
        if behind is None:
            self.leave_out("it does not replicate")
        elif behind > settings.PARKSTATS_REPLICA_LAG_SECONDS:
            self.leave_out(f"it is {behind} s behind")
        else:
            if self.source is None and self._next_look:
                logger.warning("%s is read from again", self.alias)
            self.source = Source(self.alias, moment - behind - 1)
            self._next_look = moment + LOOK_SECONDS


def seconds_behind(alias: str) -> int | None:
    """How far a replica is behind its primary; None if it does not replicate.

    A node of a Galera cluster replicates without being a replica: it is never behind as long as it is ready.
    """
    with connections[alias].cursor() as cursor:
        cursor.execute("SHOW REPLICA STATUS")
        columns = [column[0] for column in cursor.description or ()]
        found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        if not found:
            cursor.execute("SHOW STATUS LIKE 'wsrep_ready'")
            return 0 if [value for _, value in cursor.fetchall()] == ["ON"] else None
    seconds = [row.get("Seconds_Behind_Master", row.get("Seconds_Behind_Source")) for row in found]
    return None if None in seconds else max(int(text or 0) for text in seconds)


_replicas = [_Replica(alias) for alias in connections if alias != DEFAULT_DB_ALIAS]
_turn = itertools.count()


def states() -> list[ReplicaState]:
    """Every replica, looked at again if the last look is too old."""
    for replica in _replicas:
        replica.look()
    return [replica.state for replica in _replicas]


def read(ask: Callable[[], T]) -> T:
    """The answer of a question, read from one of the replicas in turn; from the primary if none is well.

    Should the replica go away meanwhile, the question is asked again of the primary.
    """
    well = [replica for replica in _replicas if replica.look() is not None]
    if not well:
        return ask()
    replica = well[next(_turn) % len(well)]
    token = source.use(replica.source)
    try:
        return ask()
    except Exception as error:
        gone = next((problem for problem in (error, error.__cause__) if errors.is_away(problem)), None)
        if gone is None:
            raise
        replica.leave_out(gone, seconds=AWAY_SECONDS)
    finally:
        source.reset(token)
    return ask()
