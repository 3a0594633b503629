"""The vendor's own SDK reads from the mock what the wrapper reads."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import pytest
from coc_steps import AkSk, AuthenticationError, Client
from coc_steps.mock import MockServer, Service, serve
from huaweicloudsdkcoc.v1 import CocClient, ExecutionStep, ListExecutionStepsRequest
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

Scope: TypeAlias = tuple[Callable[[str, str], BasicCredentials | GlobalCredentials], dict[str, str]]
# With the scope given, the SDK does not ask IAM for it.
SCOPES: dict[str, Scope] = {
    "project": (lambda ak, sk: BasicCredentials(ak, sk, "project"), {"project_id": "project"}),
    "domain": (lambda ak, sk: GlobalCredentials(ak, sk, "domain"), {"domain_id": "domain"}),
}

pytestmark = [
    pytest.mark.parametrize("scope", SCOPES),
    # On Python 3.12 and later; the SDK's, not ours.
    pytest.mark.filterwarnings(r"ignore:datetime.datetime.utc\w+\(\) is deprecated"),
]


class AnyVersion(Service):
    """The installed SDK may know another version of the path than openapi.yaml."""

    path = re.compile("/v[0-9]+/executions/([^/]+)/steps")


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    with serve(service=AnyVersion) as server:
        yield server


@pytest.fixture(scope="module")
def ticket(mock: MockServer) -> str:
    return next(name for name, count in mock.tickets.items() if count == 250)


def vendor_client(mock: MockServer, scope: str, secret_key: str) -> CocClient:
    credentials = SCOPES[scope][0](mock.access_key, secret_key)
    builder = CocClient.new_builder().with_credentials(credentials)
    return builder.with_endpoint(mock.base_url).build()


def our_client(mock: MockServer, scope: str, secret_key: str) -> Client:
    keys = AkSk(mock.access_key, secret_key, **SCOPES[scope][1])
    return Client(base_url=mock.base_url, credentials=keys)


def vendor_steps(client: CocClient, ticket: str) -> list[ExecutionStep]:
    """Walk the ticket as the vendor's own Terraform provider does."""
    steps: list[ExecutionStep] = []
    while True:
        request = ListExecutionStepsRequest(ticket, limit=100, offset=len(steps))
        page = client.list_execution_steps(request)
        if not page.data:
            assert page.total == len(steps)
            return steps
        steps += page.data


def moment(milliseconds: int | None) -> datetime | None:
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)


def test_both_read_the_same_steps(mock: MockServer, ticket: str, scope: str) -> None:
    theirs = vendor_steps(vendor_client(mock, scope, mock.secret_key), ticket)
    with our_client(mock, scope, mock.secret_key) as client:
        ours = list(client.iter_steps(ticket))
    assert len(ours) == 250
    assert [(step.id, step.name, step.started_at, step.ended_at) for step in ours] == [
        (step.execution_step_id, step.name, moment(step.start_time), moment(step.end_time))
        for step in theirs
    ]


def test_both_filter_alike(mock: MockServer, ticket: str, scope: str) -> None:
    wanted = [mock.steps(ticket)[index]["execution_step_id"] for index in (200, 3)]
    request = ListExecutionStepsRequest(ticket, execution_step_id_list=wanted)
    theirs = vendor_client(mock, scope, mock.secret_key).list_execution_steps(request)
    with our_client(mock, scope, mock.secret_key) as client:
        ours = [step.id for step in client.iter_steps(ticket, step_ids=wanted)]
    assert ours == [step.execution_step_id for step in theirs.data] == wanted[::-1]


def test_a_wrong_secret_is_refused_to_both(mock: MockServer, ticket: str, scope: str) -> None:
    wrong = mock.secret_key[::-1]
    with pytest.raises(ClientRequestException) as theirs:
        vendor_steps(vendor_client(mock, scope, wrong), ticket)
    with our_client(mock, scope, wrong) as client, pytest.raises(AuthenticationError) as ours:
        list(client.iter_steps(ticket))
    assert theirs.value.status_code == ours.value.status_code == 401
    assert theirs.value.error_code == ours.value.error_code == "APIGW.0301"
