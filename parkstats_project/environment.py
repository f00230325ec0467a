"""Reads settings from the environment, then from a file; a wrong value stops the start with one sentence.

django-environ reads the file and takes URLs apart. Its casts of single values are not used: they take
`5 apples` for 5.0, any text for False, and a key or password that begins with `$` for a variable's name.
"""

from __future__ import annotations

import importlib.util
import io
import ipaddress
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import environ

from parkstats_project.base.exit_codes import BAD_ARGUMENTS

TRUE = ("true", "1", "yes", "on")
FALSE = ("false", "0", "no", "off")

LAST_PORT = 65_535

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


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Addresses or networks (10.0.0.0/24), separated by commas; none if absent."""
    try:
        return [ipaddress.ip_network(word) for word in words(name, default=[])]
    except ValueError:
        stop(name, "must be addresses or networks like 127.0.0.1,10.0.0.0/24")


def rate(name: str) -> str:
    """Requests in a unit of time, such as 120/min; empty if absent."""
    value = text(name)
    if value and not re.fullmatch(r"[1-9]\d{0,8}/(s|sec|m|min|h|hour|d|day)", value):
        stop(name, "must be like 120/min")
    return value


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


def integer(name: str, default: int, *, minimum: int, maximum: int) -> int:
    """A whole number in these bounds."""
    try:
        value = int(text(name, str(default)))
    except ValueError:
        value = minimum - 1
    if not minimum <= value <= maximum:
        stop(name, f"must be a whole number from {minimum} to {maximum}")
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


def address(name: str, default: str) -> str:
    """An http or https address."""
    value = text(name, default)
    if not _is_address(value):
        stop(name, "must be an address like https://host/path")
    return value.rstrip("/")


def link(name: str, default: str) -> str:
    """Where a link leads: an http or https address, or a path of this site."""
    value = text(name, default)
    if not (_is_address(value) or re.fullmatch(r"/([^/\\\s]\S*)?", value)):
        stop(name, "must be an address like https://host/path, or a path like /api/docs")
    return value


def origins(name: str) -> list[str]:
    """Scheme and host of sites, and a port that is not the usual one, separated by commas; none if absent."""
    given = words(name, default=[])
    if not all(_is_address(one) and re.fullmatch(r"https?://[^\s/?#@]+", one) for one in given):
        stop(name, "must be origins like https://host,https://host:8443")
    return given


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def listening(name: str, default: str) -> str:
    """Where a server listens: HOST:PORT, [ADDRESS]:PORT or unix:/path; several separated by commas."""
    for one in words(name, default=[default]):
        found = re.fullmatch(r"unix:/\S+|(?:\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]*):(\d{1,5})", one)
        if found is None or int(found[1] or 0) > LAST_PORT:
            stop(name, "must be HOST:PORT such as 127.0.0.1:8000 or [::1]:8000, or unix:/path")
    return text(name, default)


def folder(name: str) -> str:
    """A folder by its whole path, which may yet have to be made; empty if absent."""
    value = text(name)
    if value and not (Path(value).is_absolute() and (Path(value).is_dir() or not Path(value).exists())):
        stop(name, "must be the whole path of a folder, such as /var/lib/parkstats")
    return value


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
