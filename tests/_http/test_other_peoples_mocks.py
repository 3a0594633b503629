"""Mocks, recorders and tracers that patch httpx see a default client's requests as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import respx
import vcr  # type: ignore[import-untyped] # it has no annotations
from coc_steps import AkSk, RequestTimeoutError
from coc_steps.mock import serve
from drive import TICKET
from httpx import Response
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from vendor_example import EXECUTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from coc_steps.mock import MockServer
    from conftest import Drive
    from drive import Driver
    from pytest_httpx import HTTPXMock

BASE = "https://coc.example/pre"
PATH = f"/pre{EXECUTIONS}/{TICKET}/steps"
PAGE = {"data": [{"execution_step_id": "a"}], "total": 1}
PREFETCH = pytest.mark.parametrize("prefetch", [0, 2])


def keys(mock: MockServer) -> AkSk:
    return AkSk(mock.access_key, mock.secret_key)


@pytest.fixture
def before(drive: Drive) -> Driver:
    """A client that was made before anything was patched."""
    return drive(base_url=BASE, max_retries=0)


@PREFETCH
def test_pytest_httpx(drive: Drive, httpx_mock: HTTPXMock, prefetch: int) -> None:
    httpx_mock.add_response(url=f"https://coc.example{PATH}?limit=100&offset=0", json=PAGE)
    assert drive(base_url=BASE).walk(TICKET, prefetch=prefetch).ids == ["a"]
    (request,) = httpx_mock.get_requests()
    assert request.headers["Authorization"].startswith("SDK-HMAC-SHA256 Access=AccessKey, ")


def test_pytest_httpx_patching_later(before: Driver, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"https://coc.example{PATH}?limit=1", json=PAGE)
    assert [step.id for step in before.get_page(TICKET, limit=1).steps] == ["a"]


@pytest.mark.httpx_mock(
    assert_all_responses_were_requested=False, assert_all_requests_were_expected=False
)
def test_pytest_httpx_does_not_take_another_ticket(before: Driver, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"https://coc.example{PATH}?limit=1", json=PAGE)
    with pytest.raises(RequestTimeoutError):  # so pytest-httpx tells that nothing matches
        before.get_page("another", limit=1)


@PREFETCH
def test_respx(before: Driver, drive: Drive, prefetch: int) -> None:
    with respx.mock(assert_all_called=True) as router:
        route = router.get(host="coc.example", path=PATH, params={"offset": "0", "limit": "100"})
        route.mock(Response(200, json=PAGE))
        for driver in (before, drive(base_url=BASE)):
            assert driver.walk(TICKET, prefetch=prefetch).ids == ["a"]
        assert route.call_count == 2


@PREFETCH
def test_vcrpy(drive: Drive, tmp_path: Path, prefetch: int) -> None:
    """Two tickets are recorded, and played back in the other order."""
    cassette = tmp_path / "cassette.yaml"
    with serve(tickets={"EX1": 5, "EX2": 7}) as mock:
        driver = drive(base_url=mock.base_url, credentials=keys(mock))
        recorder: Any = vcr.VCR(filter_headers=["authorization"])
        options: Any = {"page_size": 3, "prefetch": prefetch}
        with recorder.use_cassette(str(cassette)):
            recorded = {ticket: driver.walk(ticket, **options).ids for ticket in ("EX1", "EX2")}
    assert [len(ids) for ids in recorded.values()] == [5, 7]
    assert "Signature=" not in cassette.read_text("utf-8")
    with recorder.use_cassette(str(cassette), record_mode="none"):
        played = {ticket: driver.walk(ticket, **options).ids for ticket in ("EX2", "EX1")}
    assert played == recorded


@PREFETCH
def test_opentelemetry(before: Driver, drive: Drive, prefetch: int) -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    instrumentor = HTTPXClientInstrumentor()
    with serve(tickets={"EX1": 1}) as mock:
        made_before = drive(base_url=mock.base_url, credentials=keys(mock))
        made_before.get_page("EX1")  # its transport is there already
        instrumentor.instrument(tracer_provider=provider)
        try:
            for driver in (made_before, drive(base_url=mock.base_url, credentials=keys(mock))):
                driver.walk("EX1", prefetch=prefetch)
        finally:
            instrumentor.uninstrument()
    seen = [dict(span.attributes or {}) for span in spans.get_finished_spans()]
    url = f"{mock.base_url}{EXECUTIONS}/EX1/steps?limit=100&offset=0"
    assert [attributes.get("http.url", attributes.get("url.full")) for attributes in seen] == [
        url
    ] * 2
