"""Settings, all of them; whatever differs between machines comes from the environment or from `.env`."""

from __future__ import annotations

import secrets
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext

from parkstats_project import environment
from parkstats_project.db import connect

# Fields and admin classes are generic for the type checker alone until this is called.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
PARKSTATS_VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
environment.read_file(BASE_DIR / ".env")

DEBUG = environment.boolean("DJANGO_DEBUG", default=False)
# Without one, sessions of the admin end with the process, and each of several workers has its own.
SECRET_KEY = environment.text("DJANGO_SECRET_KEY") or secrets.token_urlsafe(50)
ALLOWED_HOSTS = environment.words("DJANGO_ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])

# Reached through a proxy that ends TLS and says so in X-Forwarded-Proto (deploy/nginx.conf): whatever else a
# proxy's client sends is sent on by HTTPS, cookies travel by HTTPS alone, browsers remember it for a year.
BEHIND_TLS = environment.boolean("PARKSTATS_BEHIND_TLS", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_SSL_REDIRECT = BEHIND_TLS
# Asked by what watches the service, on this machine and without the proxy.
SECURE_REDIRECT_EXEMPT = [r"^api/health$", r"^metrics$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
# Whether other hosts of the same domain use TLS is not this service's to say: no subdomains, no preload list.
# The last one: the file of the demo has no comments on columns.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "fields.W163"]
CSRF_TRUSTED_ORIGINS = environment.origins("DJANGO_CSRF_TRUSTED_ORIGINS")

# Who may read GET /metrics: whoever knows the token, or comes from one of the networks and not by a proxy.
PARKSTATS_METRICS_TOKEN = environment.text("PARKSTATS_METRICS_TOKEN")
PARKSTATS_METRICS_ADDRESSES = environment.networks("PARKSTATS_METRICS_ADDRESSES")

# How much one client may ask, such as 120/min; empty: as much as it likes.
PARKSTATS_THROTTLE = environment.rate("PARKSTATS_THROTTLE")

# How long an answer may be repeated; 0 computes every one (stats/api/wire/results.py).
PARKSTATS_RESULT_CACHE_SECONDS = environment.integer(
    "PARKSTATS_RESULT_CACHE_SECONDS", 300, minimum=0, maximum=86_400
)
# Which calculation of the daily figures is read and written.
METRICS_VERSIONS = ("1", "2")
PARKSTATS_METRICS_VERSION = int(
    environment.one_of("PARKSTATS_METRICS_VERSION", METRICS_VERSIONS, default="1")
)
# The rhythm of collection: how much of a day was to be expected (stats/frames/coverage.py).
PARKSTATS_COLLECTION_MINUTES = environment.integer(
    "PARKSTATS_COLLECTION_MINUTES", 10, minimum=1, maximum=1_440
)
# Whether the routes beyond the old ones ask for a login: sources allow different things (docs/data.md 1).
PARKSTATS_ANALYTICS_LOGIN = environment.boolean("PARKSTATS_ANALYTICS_LOGIN", default=False)
# Statements that take longer are logged, and ended, respectively.
PARKSTATS_SLOW_QUERY_SECONDS = environment.seconds("PARKSTATS_SLOW_QUERY_SECONDS", 1.0)
PARKSTATS_STATEMENT_TIMEOUT_SECONDS = environment.seconds("PARKSTATS_STATEMENT_TIMEOUT_SECONDS", 10.0)
# How long observed weather is kept, and forecasts after their issue (manage.py prune_raw_data).
PARKSTATS_WEATHER_DAYS = environment.integer("PARKSTATS_WEATHER_DAYS", 30, minimum=1, maximum=36_500)
PARKSTATS_FORECAST_DAYS = environment.integer("PARKSTATS_FORECAST_DAYS", 7, minimum=1, maximum=36_500)
# Where the sources are, so that a proxy or a test can stand in for each; the key is optional.
PARKSTATS_THEMEPARKS_URL = environment.address("PARKSTATS_THEMEPARKS_URL", "https://api.themeparks.wiki/v1")
PARKSTATS_THEMEPARKS_KEY = environment.text("PARKSTATS_THEMEPARKS_KEY")
PARKSTATS_QUEUE_TIMES_URL = environment.address("PARKSTATS_QUEUE_TIMES_URL", "https://queue-times.com")
PARKSTATS_OPEN_METEO_URL = environment.address(
    "PARKSTATS_OPEN_METEO_URL", "https://api.open-meteo.com/v1/forecast"
)
# Where "view site" of the admin leads: the site that shows the figures.
PARKSTATS_SITE_URL = environment.link("PARKSTATS_SITE_URL", "/api/docs")
# Where `measure_performance --daily` keeps its days, for the admin to show.
PARKSTATS_MEASUREMENTS = environment.folder("PARKSTATS_MEASUREMENTS")
# The public status page, badges and feeds (stats/api/status.py).
PARKSTATS_STATUS_PAGE = environment.boolean("PARKSTATS_STATUS_PAGE", default=False)
# The monitor's e-mails (manage.py check_data_collection).
EMAIL_HOST = environment.text("PARKSTATS_EMAIL_HOST", "localhost")
EMAIL_PORT = environment.integer("PARKSTATS_EMAIL_PORT", 25, minimum=1, maximum=environment.LAST_PORT)
EMAIL_HOST_USER = environment.text("PARKSTATS_EMAIL_USER")
EMAIL_HOST_PASSWORD = environment.text("PARKSTATS_EMAIL_PASSWORD")
_encryption = environment.one_of("PARKSTATS_EMAIL_TLS", ("NO", "STARTTLS", "TLS"), default="NO")
EMAIL_USE_TLS, EMAIL_USE_SSL = _encryption == "STARTTLS", _encryption == "TLS"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = environment.text("PARKSTATS_EMAIL_FROM", "parkstats@localhost")

INSTALLED_APPS = [
    # Before the admin, whose templates it replaces.
    "stats",
    "stats.apps.ParkstatsAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "rest_framework",
    # Only for the files of its page (stats/api/openapi/description.py).
    "drf_spectacular_sidecar",
    "parks",
    "rides",
    "weather",
]

MIDDLEWARE = [
    # Outermost, so that redirects and errors of all others pass through them.
    "stats.api.wire.requests.RequestMiddleware",
    "stats.api.wire.cors.CorsMiddleware",
    "stats.api.wire.policy.PolicyMiddleware",
    "stats.api.wire.boundary.BoundaryMiddleware",
    "stats.api.wire.statements.StatementsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
APPEND_SLASH = False

ROOT_URLCONF = "parkstats_project.urls"
WSGI_APPLICATION = "parkstats_project.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "stats.questions.credits.context",
            ]
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": connect.database("DATABASE_URL"),
    **connect.replicas("DATABASE_REPLICA_URL"),
}
DATABASE_ROUTERS = ["parkstats_project.db.replicas.Router"]
# A replica that is further behind is not read from.
PARKSTATS_REPLICA_LAG_SECONDS = environment.seconds("PARKSTATS_REPLICA_LAG_SECONDS", 10.0)

CACHES = {"default": environment.cache("CACHE_URL", default="locmemcache://")}

# Of people, in the admin only: after ten wrong passwords a name at an address waits for a quarter of an hour.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_CALLABLE = "stats.admin.lockout.page"
AXES_VERBOSE = False
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())

# The API has neither users nor sessions; its views say the rest (stats/api/wire/endpoint.py).
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["stats.api.wire.renderer.WireRenderer"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    # Whose address counts for a throttle: behind a proxy the last one that it names, as it has seen itself.
    "NUM_PROXIES": 1 if BEHIND_TLS else 0,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "stats.api.openapi.description.Description",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "parkstats",
    "DESCRIPTION": "Downtime statistics of theme parks and rides. Decimals are exact and travel as strings."
    "\n\nThe data are from [ThemeParks.wiki](https://themeparks.wiki) and "
    "[Queue-Times.com](https://queue-times.com/) (parks and rides) and "
    "[Open-Meteo.com](https://open-meteo.com/) (weather, CC BY 4.0), each where it is used: the sources in "
    "use are credited at the foot of `/api/docs` and in `credits` of `/api/analytics/buckets`.",
    "VERSION": None,
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "parkstats_project.base.logs.Line"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["stderr"],
        "level": environment.one_of(
            "PARKSTATS_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO"
        ),
    },
    "loggers": {
        # Django's own handlers would say everything twice.
        "django": {"handlers": [], "propagate": True},
        # What a client asked for wrongly is the client's affair; failures are logged where they happen, by
        # their routes, and not by their paths as here.
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "ERROR"},
        # Wrong passwords are worth a line, right ones not.
        "axes": {"level": "WARNING"},
        # One line for each request to a source.
        "httpx": {"level": "WARNING"},
    },
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
FORMAT_MODULE_PATH = "stats.admin.formats"

STATIC_URL = "static/"
# The few files of the admin are served from where they are installed; nothing has to be collected.
WHITENOISE_USE_FINDERS = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
