"""gunicorn's configuration: `gunicorn -c python:parkstats_project.server parkstats_project.wsgi`.

Nothing is preloaded: Polars' threads do not survive a fork (docs/design.md D2). The settings are read here
once, so that a wrong one stops the master instead of one worker after the other.
"""

from __future__ import annotations

from parkstats_project import environment, settings

bind = environment.text("PARKSTATS_BIND", "127.0.0.1:8000")
workers = environment.integer("PARKSTATS_WORKERS", 1, minimum=1)
threads = environment.integer("PARKSTATS_THREADS", 4, minimum=1)
worker_class = "gthread"
preload_app = False
# The longest request line that gunicorn can be told to take; the application's own limit is close to it.
limit_request_line = 8190
timeout = 60
loglevel = str(settings.LOGGING["root"]["level"]).lower()  # type: ignore[index]
# Polars' allocator gives memory back after half a second; to do so at once would cost a third more CPU.
raw_env = [
    "_RJEM_MALLOC_CONF="
    + environment.text("_RJEM_MALLOC_CONF", "narenas:1,dirty_decay_ms:500,muzzy_decay_ms:0")
]
