"""What type checkers make of the async client; checked, never run."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import assert_type

import coc_steps_api
import httpx
from coc_steps import (
    AsyncClient,
    AsyncStepIterator,
    AuthToken,
    CredentialsAuth,
    Step,
    StepChange,
    StepPage,
    sdk_credentials,
)


def renewed() -> AuthToken:
    return AuthToken("...")


async def awaited() -> AuthToken:
    return AuthToken("...")


def clients() -> None:
    AsyncClient(credentials=renewed, http_client=httpx.AsyncClient())
    AsyncClient(credentials=awaited)
    AsyncClient(credentials=sdk_credentials())
    AsyncClient(http_client=httpx.Client())  # type: ignore[arg-type]
    httpx.AsyncClient(auth=CredentialsAuth(awaited))


async def walks(client: AsyncClient) -> None:
    steps = client.iter_steps("EX", step_ids=["a"], prefetch=2)
    assert_type(steps, AsyncStepIterator)
    assert_type(await anext(steps), Step)
    assert_type(steps.pages(), AsyncIterator[StepPage])
    assert_type(steps.to_records(), AsyncIterator[dict[str, str | int | None]])
    assert_type(steps.total, int | None)
    assert_type(steps.offset, int)
    assert_type([step.id async for step in steps], list[str | None])
    async with client as same, same.iter_steps("EX") as again:
        assert_type(same, AsyncClient)
        assert_type(again, AsyncStepIterator)


async def watches(client: AsyncClient) -> None:
    changes = client.watch("EX", timeout=60)
    assert_type(changes, AsyncGenerator[StepChange, None])
    assert_type(await anext(changes), StepChange)


async def pages(client: AsyncClient) -> None:
    assert_type(await client.get_page("EX"), StepPage)
    assert_type(await client.get_step("EX", "EXS"), Step)
    assert_type(client.api, coc_steps_api.Client)
    await client.aclose()
