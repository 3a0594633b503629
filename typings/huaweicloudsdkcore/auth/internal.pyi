class Credential:
    access: str
    secret: str
    security_token: str
    expire_at: float

class StsAccessor:
    def get_credential(self, *args: object, **kwargs: object) -> Credential: ...

class FederalAccessor(StsAccessor): ...
class MetadataAccessor(StsAccessor): ...

class PodIdentityAccessor(StsAccessor):
    def __init__(self, uri: str, file: str) -> None: ...

class IamHelper:
    @classmethod
    def get_iam_endpoint(cls, region_id: str | None = None) -> str: ...
