"""Temporary keys: kept, renewed once for all who ask, in threads, tasks and forked processes."""

from __future__ import annotations

import asyncio
import inspect
import os
import pickle
import select
import warnings
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
from coc_steps import AkSk, ConfigurationError
from coc_steps._huawei import refresh
from coc_steps._huawei.refresh import RefreshingProvider, TemporaryKeys, ask_in_event_loop

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR = 3600.0


class Source:
    """Gives keys that are numbered, and counts how often it was asked."""

    def __init__(self, lifetime: float = HOUR) -> None:
        self.now = 1_000_000.0
        self.lifetime = lifetime
        self.count = 0
        self.problem: str | None = None
        self.gate = Event()
        self.gate.set()
        self.began = Event()

    def __call__(self) -> TemporaryKeys:
        self.began.set()
        self.gate.wait()
        self.count += 1
        if self.problem:
            raise ConfigurationError(self.problem)
        return TemporaryKeys(keys(self.count), self.now + self.lifetime)

    def provider(self) -> RefreshingProvider:
        return RefreshingProvider(self, lambda: self.now)


def keys(number: int) -> AkSk:
    return AkSk(f"access-{number}", "secret")


def test_keys_that_never_expire_are_asked_for_once() -> None:
    asked: list[None] = []

    def source() -> TemporaryKeys:
        asked.append(None)
        return TemporaryKeys(keys(1))

    provider = RefreshingProvider(source)
    assert [provider() for _ in range(3)] == [keys(1)] * 3
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("lifetime", "renewed_after"),
    [(24 * HOUR, 24 * HOUR - 300), (HOUR, HOUR - 300), (600, 450), (4, 3)],
)
def test_keys_are_renewed_shortly_before_they_expire(lifetime: float, renewed_after: float) -> None:
    source = Source(lifetime)
    provider = source.provider()
    assert provider() == keys(1)
    source.now += renewed_after - 0.001
    assert provider() == keys(1)
    source.now += 0.001
    assert [provider() for _ in range(3)] == [keys(2)] * 3


def test_old_keys_serve_while_they_cannot_be_renewed(caplog: pytest.LogCaptureFixture) -> None:
    source = Source(400)
    provider = source.provider()
    provider()
    source.problem = "the source is out of order"
    source.now += 300
    assert [provider() for _ in range(5)] == [keys(1)] * 5
    assert source.count == 2
    assert caplog.messages == [
        "temporary keys could not be renewed yet: the source is out of order"
    ]
    source.now += 25  # a quarter of what was left
    assert provider() == keys(1)
    assert source.count == 3
    source.now += 75
    with pytest.raises(ConfigurationError, match=r"^the source is out of order$"):
        provider()
    source.problem = None
    assert provider() == keys(5)


def test_keys_that_come_expired_are_not_sent() -> None:
    with pytest.raises(
        ConfigurationError, match="have expired: is the clock of this machine right"
    ):
        Source(lifetime=0).provider()()


def test_each_who_waits_gets_an_error_of_its_own() -> None:
    source = Source()
    source.problem = "no"
    provider = source.provider()
    errors: list[ConfigurationError] = []
    for _ in range(2):
        with pytest.raises(ConfigurationError) as raised:
            provider()
        errors.append(raised.value)
    assert errors[0] is not errors[1]


def test_an_unexpected_error_is_named_and_not_kept() -> None:
    def source() -> TemporaryKeys:
        raise KeyError("cAnArY")

    with pytest.raises(ConfigurationError, match=r"^KeyError$") as raised:
        RefreshingProvider(source)()
    assert raised.value.__context__ is None


def test_one_renewal_serves_all_threads() -> None:
    source = Source()
    provider = source.provider()
    source.gate.clear()
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(provider) for _ in range(8)]
        source.began.wait()
        source.gate.set()
        assert {future.result() for future in waiting} == {keys(1)}
    assert source.count == 1


async def asked(provider: RefreshingProvider) -> AkSk:
    found = ask_in_event_loop(provider)
    result = await found if inspect.isawaitable(found) else found
    assert isinstance(result, AkSk)
    return result


def test_one_renewal_serves_all_tasks_and_does_not_block_the_loop() -> None:
    source = Source()
    provider = source.provider()
    source.gate.clear()

    async def main() -> set[AkSk]:
        waiting = [asyncio.create_task(asked(provider)) for _ in range(8)]
        while not source.began.is_set():  # noqa: ASYNC110 - set in a thread
            await asyncio.sleep(0)
        waiting.pop().cancel()
        source.gate.set()
        return set(await asyncio.gather(*waiting))

    assert asyncio.run(main()) == {keys(1)}
    assert source.count == 1
    assert ask_in_event_loop(provider) == keys(1)  # without waiting


def test_another_callable_is_just_called() -> None:
    assert ask_in_event_loop(lambda: keys(7)) == keys(7)


def in_a_child(work: Callable[[], str]) -> str:
    """Run something in a forked process, which must end in time."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads
        child = os.fork()
    if not child:
        try:
            os.write(writer, work().encode())
        finally:
            os._exit(0)
    os.close(writer)
    try:
        ready, _, _ = select.select([reader], [], [], 10)
        return os.read(reader, 100).decode() if ready else "it hangs"
    finally:
        os.close(reader)
        os.kill(child, 9)
        os.waitpid(child, 0)


def test_a_fork_in_the_middle_of_a_renewal_hangs_nobody() -> None:
    source = Source()
    provider = source.provider()
    source.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(provider)
        source.began.wait()

        def work() -> str:
            source.gate = Event()
            source.gate.set()
            return repr(provider() == keys(1))

        assert in_a_child(work) == "True"
        source.gate.set()
        assert waiting.result() == keys(1)


def test_a_child_uses_the_keys_at_hand() -> None:
    source = Source()
    provider = source.provider()
    provider()
    assert in_a_child(lambda: f"{provider() == keys(1)} {source.count}") == "True 1"


@pytest.mark.parametrize("in_loop", [False, True])
def test_a_renewal_that_takes_too_long(monkeypatch: pytest.MonkeyPatch, in_loop: bool) -> None:
    monkeypatch.setattr(refresh, "RENEWAL_TIMEOUT", 0.01)
    source = Source()
    provider = source.provider()
    source.gate.clear()
    with pytest.raises(ConfigurationError, match=r"^no temporary keys came within 30 s$"):
        asyncio.run(provider.renewed()) if in_loop else provider()
    source.gate.set()
    monkeypatch.undo()
    assert provider() == keys(1)
    assert source.count == 1


def test_where_there_can_be_no_more_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_thread: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Thread, "start", full)
    assert Source().provider()() == keys(1)


def test_it_shows_nothing_and_stays_here() -> None:
    provider = Source().provider()
    provider()
    assert repr(provider) == "RefreshingProvider(...)"
    with pytest.raises(TypeError, match="holds secrets and cannot be pickled"):
        pickle.dumps(provider)
