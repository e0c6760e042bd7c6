"""The portal's settings with this one app, so that a test's processes start at once."""

from __future__ import annotations

from cleanlist_portal.settings import *  # noqa: F403

INSTALLED_APPS = ["connections"]
