from huaweicloudsdkcore.http.http_client import HttpClient

from .internal import StsAccessor

class _Credentials:
    ak: str
    sk: str
    security_token: str | None
    sts_accessor: StsAccessor
    def process_sts(self, http_client: HttpClient) -> None: ...

class BasicCredentials(_Credentials):
    project_id: str | None
    def __init__(self, ak: str, sk: str, project_id: str | None = None) -> None: ...

class GlobalCredentials(_Credentials):
    domain_id: str | None
    def __init__(self, ak: str, sk: str, domain_id: str | None = None) -> None: ...
