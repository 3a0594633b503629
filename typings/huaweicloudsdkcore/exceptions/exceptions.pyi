class SdkException(Exception): ...  # noqa: N818 - its name
class ApiValueError(ValueError): ...

class ClientRequestException(SdkException):
    status_code: int
    error_code: str | None
