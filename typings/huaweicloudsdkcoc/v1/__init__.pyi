from collections.abc import Sequence
from typing import Protocol, Self

from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig

class ExecutionStep:
    execution_step_id: str | None
    name: str | None
    status: str | None
    start_time: int | None
    end_time: int | None

class ListExecutionStepsRequest:
    def __init__(
        self,
        execution_id: str,
        limit: int | None = None,
        offset: int | None = None,
        execution_step_id_list: Sequence[str] | None = None,
    ) -> None: ...

class ListExecutionStepsResponse:
    data: list[ExecutionStep]
    total: int

class _Connections(Protocol):
    def close(self) -> None: ...

class CocClient:
    _http_client: _Connections
    @classmethod
    def new_builder(cls) -> _Builder: ...
    def list_execution_steps(
        self, request: ListExecutionStepsRequest
    ) -> ListExecutionStepsResponse: ...

class _Builder(Protocol):
    def with_credentials(self, credentials: BasicCredentials | GlobalCredentials) -> Self: ...
    def with_endpoint(self, endpoint: str) -> Self: ...
    def with_http_config(self, config: HttpConfig) -> Self: ...
    def build(self) -> CocClient: ...
