"""The async client over aiohttp, which docs/async.md offers: it finds the same, and fails alike."""

from __future__ import annotations

import asyncio
import socket

import pytest
from coc_steps import (
    AkSk,
    AsyncClient,
    AuthenticationError,
    AuthToken,
    RequestTimeoutError,
    TransportError,
)
from coc_steps.mock import serve, throttle
from drive import KEYS, TICKET
from httpx_aiohttp import HttpxAiohttpClient


async def ids(
    address: str,
    credentials: AkSk | AuthToken,
    ticket: str,
    *,
    retries: int = 3,
    patience: float = 10,
) -> list[str]:
    async with (
        HttpxAiohttpClient() as http,
        AsyncClient(
            base_url=address,
            credentials=credentials,
            http_client=http,
            max_retries=retries,
            timeout=patience,
        ) as client,
    ):
        steps = client.iter_steps(ticket, page_size=7, prefetch=3)
        return [step.id or "" async for step in steps]


def test_it_finds_every_step_signed_and_throttled() -> None:
    with serve(tickets={"变更 1/ü": 60}, faults=[throttle(4, retry_after="0.01")]) as mock:
        keys = AkSk(mock.access_key, mock.secret_key)
        found = asyncio.run(ids(mock.base_url, keys, "变更 1/ü"))
        assert found == [step["execution_step_id"] for step in mock.steps("变更 1/ü")]


def test_a_refusal() -> None:
    with serve() as mock, pytest.raises(AuthenticationError) as caught:
        asyncio.run(ids(mock.base_url, AuthToken("wrong"), TICKET))
    assert caught.value.request_id


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"http://127.0.0.1:{gone.getsockname()[1]}"
    with pytest.raises(TransportError):
        asyncio.run(ids(address, KEYS, TICKET, retries=0))


def test_nobody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(RequestTimeoutError):
            asyncio.run(ids(address, KEYS, TICKET, retries=0, patience=0.1))
