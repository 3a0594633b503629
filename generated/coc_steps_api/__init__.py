"""A client library for accessing Huaweicloud COC execution steps"""

from .client import AuthenticatedClient, Client

__all__ = (
    "AuthenticatedClient",
    "Client",
)
