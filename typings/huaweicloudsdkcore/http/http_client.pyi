from logging import Logger

from huaweicloudsdkcore.exceptions.exception_handler import DefaultExceptionHandler

from .http_config import HttpConfig

class HttpClient:
    def __init__(
        self,
        config: HttpConfig,
        http_handler: None,
        exception_handler: DefaultExceptionHandler,
        logger: Logger,
    ) -> None: ...
    def close(self) -> None: ...
