"""Reads settings from environment variables; a wrong value stops the start with one sentence."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import environ

TRUE = ("true", "1", "yes", "on")
FALSE = ("false", "0", "no", "off")
# gunicorn takes this exit code of a worker as "the application cannot be loaded" and does not try again.
CANNOT_START = 4

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
    sys.exit(CANNOT_START)


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


def database(name: str, default: str) -> dict[str, Any]:
    """A database from a URL, mysql://user:password@host:port/name or sqlite:///path."""
    wanted = "must be a URL like mysql://user:password@host:3306/name or sqlite:////path/to/file"
    scheme, separator, _ = text(name, default).partition("://")
    if not separator or scheme not in DATABASES:
        stop(name, wanted)
    try:
        config: dict[str, Any] = environ.Env.db_url_config(text(name, default), engine=DATABASES[scheme])
    except Exception:
        stop(name, wanted)
    if not config["NAME"] or not 0 <= int(config["PORT"] or 0) <= 65_535:
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
