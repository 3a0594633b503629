"""What type checkers make of the sync client; checked, never run."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, assert_type

import coc_steps_api
import httpx
from coc_steps import (
    AkSk,
    ApiError,
    AuthToken,
    Client,
    CocError,
    Step,
    StepChange,
    StepIterator,
    StepPage,
    default_credentials,
    sdk_credentials,
)
from coc_steps_api.models import ExecutionStep, ListExecutionStepsResponse


def renewed() -> AuthToken:
    return AuthToken("...")


async def awaited() -> AuthToken:
    return AuthToken("...")


def clients() -> None:
    assert_type(Client(), Client)
    assert_type(default_credentials(), AkSk | AuthToken | Callable[[], AkSk | AuthToken])
    assert_type(sdk_credentials(), Callable[[], AkSk])
    Client(region="cn-north-4", credentials=AkSk("", "", security_token=None, project_id="p"))
    Client(base_url="", credentials=renewed, timeout=1, max_retries=0, max_retry_seconds=1)
    Client(http_client=httpx.Client(), language="zh-cn", credentials=default_credentials())
    Client(credentials=sdk_credentials())
    Client("cn-north-4")  # type: ignore[call-arg]
    Client(credentials=awaited)  # type: ignore[arg-type]
    Client(http_client=httpx.AsyncClient())  # type: ignore[arg-type]
    Client(timeout=None)  # type: ignore[arg-type]


def walks(client: Client) -> None:
    steps = client.iter_steps("EX", step_ids=["a"], page_size=1, max_items=None, verify=True)
    assert_type(steps, StepIterator)
    assert_type(next(steps), Step)
    assert_type(steps.pages(), Iterator[StepPage])
    assert_type(steps.to_records(), Iterator[dict[str, str | int | None]])
    assert_type(steps.total, int | None)
    assert_type(steps.offset, int)
    assert_type([step.id for step in steps], list[str | None])
    with client as same, same.iter_steps("EX") as again:
        assert_type(same, Client)
        assert_type(again, StepIterator)
    client.iter_steps("EX", ["a"])  # type: ignore[call-arg]
    client.iter_steps("EX", page_size=None)  # type: ignore[arg-type]
    client.iter_steps()  # type: ignore[call-arg]


def watches(client: Client) -> None:
    changes = client.watch("EX", interval=1, settle=0, timeout=None)
    assert_type(changes, Generator[StepChange, None, None])
    change = next(changes)
    assert_type(change, StepChange)
    assert_type(change.step, Step)
    assert_type(change.kind, Literal["appeared", "changed", "finished"])
    assert_type(change.previous_status, str | None)
    change.kind = "changed"  # type: ignore[misc]
    client.watch("EX", interval=None)  # type: ignore[arg-type]


def pages(client: Client) -> None:
    page = client.get_page("EX", step_ids=("a",), limit=None, offset=0)
    assert_type(page, StepPage)
    assert_type(page.steps, Sequence[Step])
    assert_type(page.total, int | None)
    assert_type(page.offset, int)
    assert_type(page.request_id, str | None)
    assert_type(page.raw, ListExecutionStepsResponse)
    assert_type(client.get_step("EX", "EXS"), Step)
    assert_type(client.api, coc_steps_api.Client)


def views(step: Step) -> None:
    assert_type(step.id, str | None)
    assert_type(step.name, str | None)
    assert_type(step.action, str | None)
    assert_type(step.status, str | None)
    assert_type(step.message, str | None)
    assert_type(step.started_at, datetime | None)
    assert_type(step.ended_at, datetime | None)
    assert_type(step.duration, timedelta | None)
    assert_type(step.is_finished, bool)
    assert_type(step.is_failed, bool)
    assert_type(step.inputs, Mapping[str, str | None])
    assert_type(step.outputs, Mapping[str, str | None])
    assert_type(step.properties, Mapping[str, str | None])
    assert_type(step.raw, ExecutionStep)
    step.name = "x"  # type: ignore[misc]


def errors(client: Client) -> None:
    try:
        client.get_page("EX")
    except ApiError as error:
        assert_type(error.status_code, int)
        assert_type(error.error_code, str | None)
        assert_type(error.error_msg, str | None)
        assert_type(error.request_id, str | None)
        assert_type(error.retry_after, float | None)
    except CocError as error:
        assert_type(error.offset, int | None)
