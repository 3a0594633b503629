from .internal import StsAccessor

class _Credentials:
    ak: str
    sk: str
    security_token: str | None
    sts_accessor: StsAccessor

class BasicCredentials(_Credentials):
    project_id: str | None
    def __init__(self, ak: str, sk: str, project_id: str | None = None) -> None: ...

class GlobalCredentials(_Credentials):
    domain_id: str | None
    def __init__(self, ak: str, sk: str, domain_id: str | None = None) -> None: ...
