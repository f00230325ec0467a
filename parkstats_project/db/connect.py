"""From a URL in the environment to what Django is told of a database."""

from __future__ import annotations

import re
from typing import Any, Final

import environ

from parkstats_project.environment import LAST_PORT, stop, text

ENGINES: Final = {
    "mysql": "django.db.backends.mysql",
    "mariadb": "django.db.backends.mysql",
    "sqlite": "django.db.backends.sqlite3",
}
WANTED: Final = "must be a URL like mysql://user:password@host:3306/name or sqlite:////path/to/file"
ESCAPES: Final = "; in a user or password, # is written %23, % %25, / %2F, : %3A, ? %3F, @ %40"
SSL_MODES: Final = ("DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY")

OF_SERVERS: Final[dict[str, Any]] = {
    "CONN_MAX_AGE": 60,
    # A server that was away is noticed before the next request, not by it.
    "CONN_HEALTH_CHECKS": True,
    "TEST": {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_ci"},
}
OPTIONS_OF_SERVERS: Final[dict[str, Any]] = {
    "charset": "utf8mb4",
    "connect_timeout": 5,
    # The last one: an hour of observations is read as one text (stats/frames/read.py).
    "init_command": (
        "SET time_zone = '+00:00', sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', "
        "group_concat_max_len = 67108864"
    ),
    # One transaction sees one state of the database, over all its statements.
    "isolation_level": "repeatable read",
}
OPTIONS_OF_FILES: Final[dict[str, Any]] = {
    # Readers go on while a job writes.
    "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL",
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
}


def database(name: str) -> dict[str, Any]:
    """The database of the variable `name`, as an entry of DATABASES; there is no default.

    mysql://user:password@host:port/name, mariadb://... or sqlite:///path. Of a server, `?ssl_mode=REQUIRED`
    encrypts the connection; `VERIFY_CA` and `VERIFY_IDENTITY` with `&ssl_ca=/path` also prove whose it is.
    """
    given = text(name)
    if not given:
        stop(name, f"is not set: in the environment or in the file .env, it {WANTED}")
    return _entry(name, given)


def replicas(name: str) -> dict[str, dict[str, Any]]:
    """The databases of the variable `name`, URLs with spaces between: replica1, replica2, ...

    One that does not answer is given up at once, since another is there.
    """
    found = {}
    for number, url in enumerate(text(name).split(), start=1):
        entry = _entry(name, url)
        if url.startswith("sqlite"):
            stop(name, "must name servers")
        entry["OPTIONS"]["connect_timeout"] = 1
        found[f"replica{number}"] = entry | {"TEST": {"MIRROR": "default"}}
    return found


def _entry(name: str, given: str) -> dict[str, Any]:
    wanted = WANTED
    scheme, separator, rest = given.partition("://")
    if not separator or scheme not in ENGINES:
        stop(name, wanted)
    server = scheme != "sqlite"
    if server:
        wanted += ESCAPES
        # A password that is cut in two would end up in the host or the name, and from there in messages.
        if "#" in rest or rest.count("@") > 1:
            stop(name, wanted)
    try:
        config: dict[str, Any] = environ.Env.db_url_config(given, engine=ENGINES[scheme])
    except Exception:
        stop(name, wanted)
    if not config["NAME"] or not 0 <= int(config.get("PORT") or 0) <= LAST_PORT:
        stop(name, wanted)
    if server and re.search("[/@]", config["NAME"]):
        stop(name, wanted)
    asked = config.pop("OPTIONS", {})
    if not server:
        return config | {"OPTIONS": OPTIONS_OF_FILES}
    return config | OF_SERVERS | {"OPTIONS": OPTIONS_OF_SERVERS | _encryption(name, asked)}


def _encryption(name: str, asked: dict[str, Any]) -> dict[str, Any]:
    """What the driver is told of TLS."""
    mode, authority = asked.pop("ssl_mode", None), asked.pop("ssl_ca", None)
    if asked or (mode is not None and mode not in SSL_MODES):
        stop(name, f"may end in ?ssl_mode= ({', '.join(SSL_MODES)}) and &ssl_ca=, and in nothing else")
    options = {} if mode is None else {"ssl_mode": mode}
    return options if authority is None else options | {"ssl": {"ca": authority}}
