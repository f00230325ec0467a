"""The settings of tests and type checks: no `.env` is read, and a database need not be named."""

import os

os.environ["PARKSTATS_ENV_FILE"] = os.devnull
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

from parkstats_project.settings import *  # noqa: E402, F403

# A hash that takes a tenth of a second is for those who guess passwords, not for hundreds of tests.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
