"""The settings of tests and type checks: no `.env` is read, and a database need not be named."""

import os

os.environ["PARKSTATS_ENV_FILE"] = os.devnull
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

from parkstats_project.settings import *  # noqa: E402, F403
