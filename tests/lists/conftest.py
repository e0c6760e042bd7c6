from __future__ import annotations

import pytest


@pytest.fixture
def take_api_down(settings):
    """Have nobody listen where the API was; quicker than stopping the sandbox."""

    def take_down() -> None:
        settings.CLEANLIST_API_URL = "http://127.0.0.1:9/api/v1/public"

    return take_down
