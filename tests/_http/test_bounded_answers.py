"""What is read of an answer is bounded, after decompression too, and so is what it takes."""

from __future__ import annotations

import gzip
import subprocess
import sys
import tracemalloc
import zlib
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from coc_steps import ApiError, ResponseFormatError, TransportError
from coc_steps._http.body import MAX_BODY, MAX_ERROR_BODY, Body
from drive import TICKET, Recorder
from faults.server import Answer, End, FaultServer
from vendor_example import EXECUTIONS

from .servers import whole

if TYPE_CHECKING:
    from conftest import Drive

MIB = 2**20
BLANKS = b" " * MIB
PREFETCH = pytest.mark.parametrize("prefetch", [0, pytest.param(2, marks=pytest.mark.exhaustive)])

MEASURE = """
import asyncio, resource, sys
from coc_steps import AsyncClient, AuthToken, Client, ResponseFormatError

url, kind, prefetch = sys.argv[1], sys.argv[2], int(sys.argv[3])
options = dict(base_url=url, credentials=AuthToken("t"), max_retries=0, timeout=60)

async def walk():
    async with AsyncClient(**options) as client:
        async for _ in client.iter_steps("EX1", prefetch=prefetch):
            pass

try:
    if kind == "async":
        asyncio.run(walk())
    else:
        with Client(**options) as client:
            list(client.iter_steps("EX1", prefetch=prefetch))
except ResponseFormatError as error:
    print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def head(*lines: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode()


def inflating(size: int) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [squeeze.compress(b" " * MIB) for _ in range(size // MIB)]
    return b"".join(parts) + squeeze.flush()


def bomb() -> Answer:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    first, again = (squeeze.compress(BLANKS) + squeeze.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    content = first + 1023 * again  # after a full flush, each piece stands for itself
    return [head("Content-Encoding: gzip", f"Content-Length: {len(content)}"), content]


def endless() -> Answer:
    return [head("Connection: close"), *[BLANKS] * 500, End.CLOSE]


def endless_chunks() -> Answer:
    return [head("Transfer-Encoding: chunked"), *[b"100000\r\n%s\r\n" % BLANKS] * 500]


def announced() -> Answer:
    return [head(f"Content-Length: {500 * MIB}"), *[BLANKS] * 500]


@pytest.fixture(scope="module", params=[bomb, endless, endless_chunks, announced])
def answer(request: pytest.FixtureRequest) -> Answer:
    made: Answer = request.param()
    return made


@PREFETCH
def test_a_huge_success_is_refused_in_bounded_memory(
    answer: Answer, kind: str, prefetch: int
) -> None:
    with FaultServer(lambda _: answer) as server:
        ended = subprocess.run(
            [sys.executable, "-c", MEASURE, server.url, kind, str(prefetch)],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    said, peak = ended.stdout.splitlines()
    assert said == f"GET {EXECUTIONS}/EX1/steps: the body has more than 64 MiB"
    assert int(peak) < 200


@pytest.mark.parametrize("status", [b"400 Bad Request", b"503 Service Unavailable"])
def test_a_huge_error_is_cut(drive: Drive, status: bytes) -> None:
    answer = head("Connection: close").replace(b"200 OK", status)
    parts: Answer = [b'{"error_msg": "', *[b"x" * MIB] * 100, End.CLOSE]
    with FaultServer(lambda _: [answer, *parts]) as server:
        driver = drive(base_url=server.url, max_retries=0)
        with pytest.raises(ApiError, match=r"not an answer of the platform") as caught:
            driver.get_page(TICKET)
        assert server.settles()
    assert len(str(caught.value)) < 500


def test_an_error_that_inflates_is_cut(drive: Drive) -> None:
    bomb = inflating(50 * MIB)
    answer = head("Content-Encoding: gzip", f"Content-Length: {len(bomb)}")
    answer = answer.replace(b"200 OK", b"400 Bad")
    with (
        FaultServer(lambda _: [answer, bomb]) as server,
        pytest.raises(ApiError, match="status 400"),
    ):
        drive(base_url=server.url).get_page(TICKET)


def test_gzip_is_asked_for_and_read(drive: Drive) -> None:
    content = gzip.compress(b'{"data": [{"execution_step_id": "a"}], "total": 1}')
    answer = [head("Content-Encoding: gzip", f"Content-Length: {len(content)}"), content]
    with FaultServer(lambda _: answer) as server:
        assert drive(base_url=server.url).walk(TICKET).ids == ["a"]
        assert server.requests[0].headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, br"])
def test_an_encoding_that_was_not_asked_for(drive: Drive, encoding: str) -> None:
    answer = whole({}, headers=b"Content-Encoding: %s\r\n" % encoding.encode())
    with FaultServer(lambda _: [answer]) as server:
        driver = drive(base_url=server.url)
        with pytest.raises(ResponseFormatError, match=f"the body is encoded as '{encoding}'"):
            driver.get_page(TICKET)
        assert len(server.requests) == 1


def test_an_error_in_an_encoding_that_was_not_asked_for_keeps_its_status(drive: Drive) -> None:
    answer = whole({}, status=b"404 Not Found", headers=b"Content-Encoding: br\r\n")
    with FaultServer(lambda _: [answer]) as server, pytest.raises(ApiError, match="status 404"):
        drive(base_url=server.url).get_page(TICKET)


@pytest.mark.parametrize(
    "content", [b"no gzip", gzip.compress(b" " * 999)[:-12]], ids=["no", "cut"]
)
def test_a_body_that_cannot_be_decompressed_is_a_fault_of_the_way(
    drive: Drive, content: bytes
) -> None:
    answer = [head("Content-Encoding: gzip", f"Content-Length: {len(content)}"), content]
    with FaultServer(lambda _: answer) as server, pytest.raises(TransportError, match="Decoding"):
        drive(base_url=server.url, max_retries=0).get_page(TICKET)


def test_a_client_passed_in_is_bounded_too(drive: Drive) -> None:
    bomb = inflating(100 * MIB)

    def answer(_: httpx.Request) -> httpx.Response:
        stream: Any = httpx.ByteStream(bomb)
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=stream)

    with pytest.raises(ResponseFormatError, match="more than 64 MiB"):
        drive(Recorder(answer)).get_page(TICKET)


@pytest.mark.parametrize(("status", "most"), [(200, MAX_BODY), (500, MAX_ERROR_BODY)])
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_exactly_as_much_as_there_may_be_is_read(status: int, most: int, encoding: str) -> None:
    read = Body(status, encoding)
    read.feed(inflating(most) if encoding else b" " * most)
    assert len(read.content()) == most
    if status != 200:
        assert read.full
    else:
        with pytest.raises(ResponseFormatError):
            Body(status, encoding).feed(inflating(most + MIB) if encoding else b" " * (most + 1))


def test_a_piece_is_not_inflated_at_once() -> None:
    """Of a client passed in, a piece may be as large as it likes."""
    piece = inflating(200 * MIB)
    tracemalloc.start()
    try:
        with pytest.raises(ResponseFormatError):
            Body(200, "gzip").feed(piece)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100 * MIB


def test_what_follows_the_end_of_a_compressed_body_is_not_kept() -> None:
    compressed = gzip.compress(b'{"data": [], "total": 0}')
    body = Body(200, "gzip")
    tracemalloc.start()
    try:
        for piece in [compressed, *[BLANKS] * 100]:
            body.feed(piece)
        assert tracemalloc.get_traced_memory()[1] < 10 * MIB
    finally:
        tracemalloc.stop()
    assert body.content() == b'{"data": [], "total": 0}'
