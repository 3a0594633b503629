from typing import Generic, TypeVar

from .credentials import BasicCredentials, GlobalCredentials

_C = TypeVar("_C", BasicCredentials, GlobalCredentials)

class _Provider(Generic[_C]):
    def get_credentials(self) -> _C: ...

class EnvCredentialProvider:
    @staticmethod
    def get_basic() -> _Provider[BasicCredentials]: ...
    @staticmethod
    def get_global() -> _Provider[GlobalCredentials]: ...

class ProfileCredentialProvider:
    @staticmethod
    def get_basic() -> _Provider[BasicCredentials]: ...
    @staticmethod
    def get_global() -> _Provider[GlobalCredentials]: ...

class OidcStsCredentialProvider:
    def __init__(self, credential_type: str, *, id_token_file: str | None = None) -> None: ...
    def get_credentials(self) -> BasicCredentials: ...

class CredentialProviderChain:
    @staticmethod
    def get_basic() -> _Provider[BasicCredentials]: ...
