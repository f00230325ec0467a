"""Reads settings from the environment, then from a file; a wrong value stops the start with one sentence."""

from __future__ import annotations

import importlib.util
import io
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import environ

from parkstats_project.base.exit_codes import BAD_ARGUMENTS

TRUE = ("true", "1", "yes", "on")
FALSE = ("false", "0", "no", "off")

DATABASES = {
    "mysql": "django.db.backends.mysql",
    "mariadb": "django.db.backends.mysql",
    "sqlite": "django.db.backends.sqlite3",
}
CACHES_WITHOUT_LOCATION = ("locmemcache", "dummycache")
CACHES = (*CACHES_WITHOUT_LOCATION, "filecache", "dbcache", "redis", "rediss")


def stop(name: str, sentence: str) -> NoReturn:
    """End the process: `name` of the variable and what it must be; never its value, which may be secret."""
    print(f"parkstats cannot start: {name} {sentence}.", file=sys.stderr)
    sys.exit(BAD_ARGUMENTS)


def read_file(path: Path) -> None:
    """Take from a file of NAME=value lines what the environment does not have, if there is such a file.

    PARKSTATS_ENV_FILE names another one, which must exist.
    """
    named = text("PARKSTATS_ENV_FILE")
    path = Path(named or path)
    try:
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
    except FileNotFoundError:
        if named:
            stop("PARKSTATS_ENV_FILE", "names a file that does not exist")
        return
    except (OSError, UnicodeDecodeError):
        stop(str(path), "cannot be read")
    for number, line in enumerate(lines, 1):
        if not re.match(r"#|(export )?[A-Za-z_0-9]+=|$", line):
            stop(f"line {number} of {path}", "must be NAME=value")
    environ.Env.read_env(io.StringIO("\n".join(lines)))


def text(name: str, default: str = "") -> str:
    """A text; empty counts as absent."""
    return os.environ.get(name, "") or default


def words(name: str, default: Sequence[str]) -> list[str]:
    """A list separated by commas."""
    given = [word.strip() for word in text(name).split(",")]
    return [word for word in given if word] or list(default)


def one_of(name: str, allowed: Sequence[str], default: str) -> str:
    """One of a few words, in any case."""
    value = text(name, default).upper()
    if value not in allowed:
        stop(name, f"must be one of {', '.join(allowed)}")
    return value


def boolean(name: str, default: bool) -> bool:
    """true or false, in one of the usual spellings."""
    value = text(name, str(default)).strip().lower()
    if value not in TRUE + FALSE:
        stop(name, f"must be one of {', '.join(TRUE + FALSE)}")
    return value in TRUE


def integer(name: str, default: int, *, minimum: int) -> int:
    """A whole number that is not below `minimum`."""
    try:
        value = int(text(name, str(default)))
    except ValueError:
        value = minimum - 1
    if value < minimum:
        stop(name, f"must be a whole number of at least {minimum}")
    return value


def seconds(name: str, default: float) -> float:
    """A duration above zero."""
    try:
        value = float(text(name, str(default)))
    except ValueError:
        value = 0.0
    if not 0 < value < 86_400:
        stop(name, "must be a number of seconds above 0 and below 86400")
    return value


def database(name: str) -> dict[str, Any]:
    """A database from a URL, mysql://user:password@host:port/name or sqlite:///path; there is no default."""
    wanted = "must be a URL like mysql://user:password@host:3306/name or sqlite:////path/to/file"
    given = text(name)
    if not given:
        stop(name, f"is not set: in the environment or in the file .env, it {wanted}")
    scheme, separator, rest = given.partition("://")
    if not separator or scheme not in DATABASES:
        stop(name, wanted)
    if DATABASES[scheme] == DATABASES["mysql"]:
        wanted += "; in a user or password, # is written %23, % %25, / %2F, : %3A, ? %3F, @ %40"
        # A password that is cut in two would end up in the host or the name, and from there in messages.
        if "#" in rest or rest.count("@") > 1:
            stop(name, wanted)
    try:
        config: dict[str, Any] = environ.Env.db_url_config(given, engine=DATABASES[scheme])
    except Exception:
        stop(name, wanted)
    if not config["NAME"] or not 0 <= int(config.get("PORT") or 0) <= 65_535:
        stop(name, wanted)
    if DATABASES[scheme] == DATABASES["mysql"] and re.search("[/@]", config["NAME"]):
        stop(name, wanted)
    return config


def cache(name: str, default: str) -> dict[str, Any]:
    """A Django cache from a URL, such as locmemcache://, filecache:///path or redis://host:6379/0."""
    wanted = f"must be the URL of a cache with one of the schemes {', '.join(CACHES)}"
    scheme, separator, rest = text(name, default).partition("://")
    if not separator or scheme not in CACHES or not (rest or scheme in CACHES_WITHOUT_LOCATION):
        stop(name, wanted)
    if scheme.startswith("redis") and importlib.util.find_spec("redis") is None:
        stop(name, "needs the Python package redis to be installed")
    try:
        config: dict[str, Any] = environ.Env.cache_url_config(text(name, default))
    except Exception:
        stop(name, wanted)
    return config
