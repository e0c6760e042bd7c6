"""All settings, read from the environment or `.env`. docs/operations.md lists them."""

from __future__ import annotations

from typing import Any

from csp.constants import NONE, SELF

from cleanlist_portal.env import (
    BASE_DIR,
    env,
    is_loopback,
    made_folder,
    private_folder,
    secret_from_file,
)

# --- Django -----------------------------------------------------------------

VAR_DIR = private_folder(BASE_DIR / env.str("VAR_DIR", default="var"))
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or secret_from_file(VAR_DIR / "secret_key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_FAILURE_VIEW = "cleanlist_portal.errors.too_old"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "cleanlist_portal.urls"
WSGI_APPLICATION = "cleanlist_portal.wsgi.application"
AUTH_USER_MODEL = "people.Person"

INSTALLED_APPS = [
    "imports",
    "enrichment",
    "lists",
    "connections",
    "people",
    "jobs",
    "cleanlist_portal",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "django_tasks",
    "django_tasks_db",
    "axes",
    "csp",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "cleanlist_portal.addresses.refuse_nul",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "people.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cleanlist_portal.frame.frame",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    }
]

LANGUAGE_CODE = "en"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database, cache, background work ----------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR}/portal.sqlite3")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # docs/decisions/0002: IMMEDIATE so that no transaction fails as locked, FULL so
        # that a chunk's key is on disk before its request leaves.
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        ),
    }
    # Threads of a live server and a worker share one test database only in a file.
    DATABASES["default"]["TEST"] = {"NAME": f"{VAR_DIR}/test.sqlite3"}
else:
    # A server that was restarted costs nobody a page.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# A thread keeps its connection: opening one costs more than most pages ask of it.
DATABASES["default"]["CONN_MAX_AGE"] = 60

CACHES = {"default": env.cache("CACHE_URL", default="dbcache://portal_cache")}
if CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache":
    CACHES["default"]["OPTIONS"] = {"MAX_ENTRIES": 20_000}

# Where tasks wait for a worker: in the database, or in Redis.
TASKS_URL = env.str("TASKS_URL", default="database://")
if TASKS_URL.startswith("redis"):
    INSTALLED_APPS.append("django_rq")
    TASKS = {"default": {"BACKEND": "django_tasks_rq.RQBackend"}}
    RQ_QUEUES = {"default": {"URL": TASKS_URL, "DEFAULT_TIMEOUT": -1}}
else:
    TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
WORKER_SILENT_SECONDS = env.int("WORKER_SILENT_SECONDS", default=30)
STUCK_SECONDS = env.int("STUCK_SECONDS", default=300)
WORKERS = env.int("WORKERS", default=2)

# --- The remote API ----------------------------------------------------------

HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
WEB_WORKERS = env.int("WEB_WORKERS", default=2)
SANDBOX_PORT = env.int("SANDBOX_PORT", default=8001)
SANDBOX_SPEED = env.float("SANDBOX_SPEED", default=1.0)
_SANDBOX_URL = f"http://127.0.0.1:{SANDBOX_PORT}/api/v1/public"

CLEANLIST_API_KEY = env.str("CLEANLIST_API_KEY", default="")
# Without a key the portal starts its own sandbox and talks to that.
STARTS_SANDBOX = not CLEANLIST_API_KEY
CLEANLIST_API_URL = env.str(
    "CLEANLIST_API_URL",
    default=_SANDBOX_URL if STARTS_SANDBOX else "https://api.cleanlist.ai/api/v1/public",
).rstrip("/")
if STARTS_SANDBOX:
    CLEANLIST_API_KEY = "clapi_sandbox_owner"
    if not is_loopback(CLEANLIST_API_URL):
        CLEANLIST_API_URL = _SANDBOX_URL
IS_SANDBOX = CLEANLIST_API_KEY.startswith("clapi_sandbox_")

RATE_PER_KEY = env.int("RATE_PER_KEY", default=30)
RATE_PER_ORGANIZATION = env.int("RATE_PER_ORGANIZATION", default=60)
RATE_WINDOW_SECONDS = env.float("RATE_WINDOW_SECONDS", default=60.0)
# How old a cached read may be before a page asks again.
READ_TTL_SECONDS = env.int("READ_TTL_SECONDS", default=30)

# --- Uploads and imports -----------------------------------------------------

MEDIA_ROOT = made_folder(env.str("MEDIA_ROOT", default=str(VAR_DIR / "uploads")))
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=200 * 1024 * 1024)
FILE_UPLOAD_HANDLERS = ["imports.upload_handler.BoundedUploadHandler"]
# Uploads land where they stay, so that keeping one is a rename.
FILE_UPLOAD_TEMP_DIR = MEDIA_ROOT
FILE_UPLOAD_PERMISSIONS = 0o600
# The API's "~150 KB / ~600 rows", read safely (contract: decisions for this project).
CHUNK_MAX_ROWS = env.int("CHUNK_MAX_ROWS", default=600)
CHUNK_MAX_BYTES = env.int("CHUNK_MAX_BYTES", default=150_000)

# Processor time the check of one file may cost; a million rows take about 40.
CHECK_SECONDS = env.float("CHECK_SECONDS", default=600.0)

# Days after its end until an import's file and its rows' contents are deleted; 0 = never.
RETENTION_DAYS = env.int("RETENTION_DAYS", default=90)

# How long work on an import may give no sign of life before another worker takes over.
TURN_SECONDS = env.float("TURN_SECONDS", default=15.0)

# --- Static files ------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = str(VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "cleanlist_portal.bundles.BundleFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- Sign-in and security ----------------------------------------------------

FIRST_USER = env.str("FIRST_USER", default="admin")
FIRST_PASSWORD = env.str("FIRST_PASSWORD", default="")
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "lists:index"
LOGOUT_REDIRECT_URL = "people:sign_in"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "people.passwords.LongEnough"},
    {"NAME": "people.passwords.NotCommon"},
    {"NAME": "people.passwords.NotLikeName"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "people.throttle.Throttle"
AXES_CLIENT_IP_CALLABLE = "people.addresses.client_address"
# A right password while nobody is heard does not make the wait longer.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "people.sign_in.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

# How many proxies stand before the portal, each adding to X-Forwarded-For.
PROXY_HOPS = env.int("PROXY_HOPS", default=0)
HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sid" if HTTPS else "sid"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
KNOWN_BROWSER_COOKIE_NAME = "__Host-known" if HTTPS else "known"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# A promise for every host below this one, and in the browsers' own list for good.
HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS and HSTS_PRELOAD
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = (
    [] if HTTPS else ["security.W004", "security.W008", "security.W012", "security.W016"]
)
if HTTPS and not HSTS_PRELOAD:
    SILENCED_SYSTEM_CHECKS += ["security.W005", "security.W021"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- E-mail -------------------------------------------------------------------

# Without EMAIL_URL nothing is sent, and people's pages say so.
globals().update(env.email_url("EMAIL_URL", default="dummymail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
# Where people reach the portal, for links in e-mails.
PORTAL_URL = env.str("PORTAL_URL", default=f"http://{HOST}:{PORT}").rstrip("/")

# --- Log ---------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "axes": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "ERROR"},  # it tells of each look at the queue
    },
}
