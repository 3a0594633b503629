"""A second family of servers, which is not made from the mock: see `server`."""

from __future__ import annotations

from .server import BROKEN, HONEST, TICKETS, TOKEN, serve_family

__all__ = ["BROKEN", "HONEST", "TICKETS", "TOKEN", "serve_family"]
