"""What the portal's other rooms ask of the connection."""

from __future__ import annotations

from connections.clients import client
from connections.readings import Reading, forget, peek, read

__all__ = ["Reading", "client", "forget", "peek", "read"]
