class ClientRequestException(Exception):  # noqa: N818 - its name
    status_code: int
    error_code: str | None
