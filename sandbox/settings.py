"""Django settings of the sandbox's own process."""

from __future__ import annotations

DEBUG = False
SECRET_KEY = "sandbox-only"  # noqa: S105  signs nothing a person relies on
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "sandbox.urls"
INSTALLED_APPS = ["django.contrib.staticfiles", "ninja"]
MIDDLEWARE = ["sandbox.gate.Gate"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
    }
]
DATABASES: dict[str, dict[str, object]] = {}
STATIC_URL = "/static/"
USE_TZ = True
APPEND_SLASH = False
# Larger than any body the API accepts: the 413 is the API's own, in its own shape.
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django.request": {"level": "CRITICAL"},
        "django.server": {"level": "ERROR"},
        "sandbox": {"handlers": ["console"], "level": "INFO"},
    },
}
