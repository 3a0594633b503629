class SdkRequest:
    uri: str
    header_params: dict[str, str]
    def __init__(
        self,
        *,
        method: str = ...,
        host: str | None = ...,
        resource_path: str,
        query_params: list[tuple[str, object]],
        header_params: dict[str, str],
        body: str | bytes,
    ) -> None: ...
