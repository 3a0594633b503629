"""Arguments: whatever is wrong is refused before anything is sent; what is right goes out as is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

import httpx
import pytest
import yaml
from coc_steps import AsyncClient, AuthToken, Client, ConfigurationError
from coc_steps._client.settings import resolve_base_url
from coc_steps._steps.request import MAX_URL_BYTES, REGIONS, PageRequest, build_url
from drive import KEYS, TICKET, URL, Recorder, lister, make
from hypothesis import example, given
from hypothesis import strategies as st
from vendor_example import EXECUTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Drive

DESCRIPTION = Path(__file__).parent.parent / "openapi.yaml"
PATH = f"{EXECUTIONS}/{TICKET}/steps"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COC_BASE_URL", "COC_REGION"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=[Client, AsyncClient])
def client_type(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        *(({"timeout": value}, ValueError) for value in (0, -1, float("nan"), float("inf"))),
        *(({"timeout": value}, TypeError) for value in (None, "30", True)),
        *(({"max_retry_seconds": value}, ValueError) for value in (-0.1, float("inf"))),
        *(({"max_retry_seconds": value}, TypeError) for value in (None, "30", False)),
        *(({"max_retries": value}, TypeError) for value in (None, 1.0, "2", True)),
        ({"max_retries": -1}, ValueError),
        *(({"language": value}, ValueError) for value in ("", "en", "zh-CN", None)),
        *(({"credentials": value}, TypeError) for value in ("token", ("ak", "sk"), 5)),
        *(({"base_url": value}, TypeError) for value in (5, b"http://host")),
        ({"region": "cn-north-4"}, ValueError),  # as well as base_url
        *(({"http_client": value}, TypeError) for value in (5, "client", httpx)),
    ],
)
def test_a_wrong_setting_is_refused(
    client_type: Any, settings: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        client_type(**{"base_url": URL, "credentials": KEYS} | settings)
    assert type(caught.value) is error
    (name,) = settings
    assert name in str(caught.value)


def test_an_http_client_of_the_other_kind_is_refused() -> None:
    with pytest.raises(TypeError, match=r"must be an httpx\.AsyncClient, .* not Client"):
        AsyncClient(base_url=URL, credentials=KEYS, http_client=httpx.Client())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"must be an httpx\.Client, .* not AsyncClient"):
        Client(base_url=URL, credentials=KEYS, http_client=httpx.AsyncClient())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "host",
        "host:80",
        "//host",
        "ftp://host",
        "http://",
        "http://:80",
        "http://host:0",
        "http://host:99999",
        "http://host:x",
        "http://[::1",
        "http://user@host",
        "http://user:password@host",
        "http://host?query=1",
        "http://host#fragment",
        "http://host/\x01",
        "http://-é-.example",
    ],
)
def test_an_address_that_is_none_is_refused_without_showing_it(base_url: str) -> None:
    with pytest.raises(ValueError, match=r"^base_url must be like ") as caught:
        resolve_base_url(None, base_url)
    assert "password" not in str(caught.value)


def test_the_regions_are_the_servers_of_the_description() -> None:
    servers = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))["servers"]
    assert {server["description"]: server["url"] for server in servers} == REGIONS


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_gives_its_address(client_type: Any, region: str) -> None:
    client = client_type(region=region, credentials=KEYS)
    assert repr(client) == f"{client_type.__name__}(base_url={REGIONS[region]!r})"


@pytest.mark.parametrize("region", ["", "cn-north-5", "CN-NORTH-4"])
def test_an_unknown_region_is_refused_and_the_known_are_named(region: str) -> None:
    with pytest.raises(ConfigurationError, match=r"not known \(known: cn-north-4, ap-southeast-3"):
        resolve_base_url(region, None)


def test_no_address_names_what_was_looked_for() -> None:
    with pytest.raises(ConfigurationError, match="COC_REGION or COC_BASE_URL"):
        resolve_base_url(None, None)


@pytest.mark.parametrize(
    ("environment", "arguments", "address"),
    [
        ({"COC_BASE_URL": "http://a/p/"}, (None, None), "http://a/p"),
        ({"COC_REGION": "eu-west-101"}, (None, None), REGIONS["eu-west-101"]),
        ({"COC_BASE_URL": "http://a", "COC_REGION": "eu-west-101"}, (None, None), "http://a"),
        ({"COC_BASE_URL": "", "COC_REGION": "eu-west-101"}, (None, None), REGIONS["eu-west-101"]),
        ({"COC_BASE_URL": "http://a"}, ("cn-north-4", None), REGIONS["cn-north-4"]),
        ({"COC_REGION": "nonsense"}, (None, "http://b"), "http://b"),
    ],
)
def test_the_environment_is_asked_after_the_arguments(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    arguments: tuple[str | None, str | None],
    address: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert resolve_base_url(*arguments) == address


def test_credentials_come_from_the_environment_too(
    client_type: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COC_AUTH_TOKEN", "")
    monkeypatch.setenv("COC_AUTH_TOKEN", "token")
    assert client_type(base_url=URL)._credentials == AuthToken("token")


IDS: list[tuple[Any, type[Exception]]] = [
    ("", ValueError),
    (".", ValueError),
    ("..", ValueError),
    ("\ud800", ValueError),
    (None, TypeError),
    (5, TypeError),
    (b"EX", TypeError),
]
STEP_IDS: list[tuple[Any, type[Exception]]] = [
    ("EXS1", TypeError),
    (b"EXS1", TypeError),
    (5, TypeError),
    ([5], TypeError),
    ([None], TypeError),
    ([["EXS1"]], TypeError),
    (["EXS1", ""], ValueError),
    (["\ud800"], ValueError),
    (["x" * 8000], ValueError),
]


def wrong(
    name: str, *values: Any, low: int, high: int, none: bool
) -> Iterator[tuple[str, Any, Any]]:
    for value in (*values, 1.0, "1", True, *(() if none else (None,))):
        yield name, value, TypeError
    yield name, low - 1, ValueError
    yield name, high + 1, ValueError


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        *(("execution_id", *each) for each in IDS),
        *(("step_ids", *each) for each in STEP_IDS),
        *wrong("page_size", low=1, high=2**31 - 1, none=False),
        *wrong("offset", low=0, high=2**63 - 1, none=False),
        *wrong("max_items", low=0, high=2**63 - 1, none=True),
        *wrong("prefetch", low=0, high=2**63 - 1, none=False),
    ],
)
def test_a_wrong_argument_of_a_walk_is_refused_at_once(
    kind: str, name: str, value: Any, error: type[Exception]
) -> None:
    transport = Recorder()
    client = make(kind, transport).client
    arguments: dict[str, Any] = {"execution_id": TICKET, name: value}
    with pytest.raises(error) as caught:
        client.iter_steps(**arguments)
    assert type(caught.value) is error
    assert not transport.requests


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        *(("execution_id", *each) for each in IDS),
        *(("step_ids", *each) for each in STEP_IDS),
        *wrong("limit", low=1, high=2**31 - 1, none=True),
        *wrong("offset", low=0, high=2**63 - 1, none=True),
    ],
)
def test_a_wrong_argument_of_a_page_sends_nothing(
    drive: Drive, name: str, value: Any, error: type[Exception]
) -> None:
    transport = Recorder()
    with pytest.raises(error):
        drive(transport).get_page(**{"execution_id": TICKET, name: value})
    assert not transport.requests


@pytest.mark.parametrize(("value", "error"), [*IDS[:1], *IDS[3:]])
def test_a_wrong_id_of_a_step_sends_nothing(
    drive: Drive, value: Any, error: type[Exception]
) -> None:
    transport = Recorder()
    with pytest.raises(error):
        drive(transport).get_step(TICKET, value)
    assert not transport.requests


def test_no_ids_give_nothing_and_send_nothing(drive: Drive) -> None:
    transport = Recorder(lister(5))
    driver = drive(transport)
    page = driver.get_page(TICKET, step_ids=[], offset=3)
    assert (list(page.steps), page.total, page.offset, page.request_id) == ([], 0, 3, None)
    assert page.raw.to_dict() == {"data": [], "total": 0}
    assert driver.walk(TICKET, step_ids=iter(())).ids == []
    assert driver.walk(TICKET, max_items=0).ids == []
    assert not transport.requests


def test_ids_are_sent_once_each_in_their_order(drive: Drive) -> None:
    transport = Recorder(lister(5))
    assert drive(transport).walk(TICKET, step_ids=(x for x in "313"), page_size=9).ids == ["1", "3"]
    query = "limit=9&offset=0&execution_step_id_list=3&execution_step_id_list=1"
    assert transport.targets == [f"{PATH}?{query}"]


def test_a_page_sends_only_what_it_was_given(drive: Drive) -> None:
    transport = Recorder()
    driver = drive(transport)
    driver.get_page(TICKET)
    driver.get_page(TICKET, limit=2**31 - 1, offset=2**63 - 1)
    driver.get_page(TICKET, limit=1, offset=0)
    assert transport.targets == [
        PATH,
        f"{PATH}?limit={2**31 - 1}&offset={2**63 - 1}",
        f"{PATH}?limit=1&offset=0",
    ]


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(names.filter(lambda name: name not in (".", "..")), st.lists(names, max_size=4))
@example("a/b", ["a b", "a+b", "%2F", "é", "\U0001f600"])
@example("../x", ["&", "=", "#", "?", "~", "*", "'", "\x00", "\n"])
@example("%2e%2e", ["%"])
def test_what_is_built_is_what_goes_out(execution_id: str, step_ids: list[str]) -> None:
    transport = Recorder()
    client = make("sync", transport, base_url=f"{URL}/pre%20fix").client
    assert isinstance(client, Client)
    client.get_page(execution_id, step_ids=step_ids or None, limit=5)
    asked = PageRequest(execution_id, 5, step_ids=tuple(dict.fromkeys(step_ids)) or None)
    built = build_url(f"{URL}/pre%20fix", asked)
    (target,) = transport.targets
    assert URL + target == built
    assert re.fullmatch(r"[A-Za-z0-9._~%/?&=-]+", target)
    path, _, query = target.partition("?")
    before, segment, after = path.rsplit("/", 2)
    assert (before, unquote(segment), after) == (f"/pre%20fix{EXECUTIONS}", execution_id, "steps")
    pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True)
    assert [value for name, value in pairs if name == "execution_step_id_list"] == list(
        dict.fromkeys(step_ids)
    )


def test_the_longest_url_that_is_sent() -> None:
    room = MAX_URL_BYTES - len(f"{URL}{PATH}?execution_step_id_list=")
    transport = Recorder()
    with Client(
        base_url=URL, credentials=KEYS, http_client=httpx.Client(transport=transport)
    ) as client:
        client.get_page(TICKET, step_ids=["x" * room])
        with pytest.raises(ValueError, match=r"would have 8001 bytes, more than 8000: .*step_ids"):
            client.get_page(TICKET, step_ids=["x" * (room + 1)])
        with pytest.raises(ValueError, match="more than 8000"):
            client.get_page(TICKET, step_ids=["é" * (room // 6 + 1)])
    assert len(transport.requests) == 1


def test_a_walk_whose_later_pages_had_too_long_urls_does_not_begin(kind: str) -> None:
    transport = Recorder()
    client = make(kind, transport).client
    room = MAX_URL_BYTES - len(f"{URL}{PATH}?limit=100&offset=0&execution_step_id_list=")
    with pytest.raises(ValueError, match="more than 8000"):
        client.iter_steps(TICKET, step_ids=["x" * room])
    assert not transport.requests


def test_the_bytes_of_a_url() -> None:
    asked = PageRequest("a/b é", 1, 0, ("~/?&=+ %", "é"))
    assert build_url("http://h", asked) == (
        f"http://h{EXECUTIONS}/a%2Fb%20%C3%A9/steps"
        "?limit=1&offset=0&execution_step_id_list=~%2F%3F%26%3D%2B%20%25"
        "&execution_step_id_list=%C3%A9"
    )
