"""What schemathesis does: makes requests, valid and invalid, and holds answers to the description.

The requests are sent and judged like all others. So nothing leaves but through the session, and
their number is known beforehand.
"""

# schemathesis leaves the parameters of its generic classes open.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
import random
import tempfile
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode, urlsplit

import httpx
import schemathesis
from hypothesis import given, settings
from hypothesis.configuration import set_hypothesis_home_dir, storage_directory
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.openapi.checks import JsonSchemaError

from coc_steps.conformance._catalogue import Kind
from coc_steps.conformance._report.model import Finding, broken

from .description import Description, is_json, place_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping

    from hypothesis.strategies import SearchStrategy

    from coc_steps.conformance._session.exchange import Exchange

_JSON = "application/json"
# HEAD, OPTIONS and TRACE are answered by whatever framework there is, not by the contract.
_OTHER_METHODS = ["POST", "PUT", "PATCH", "DELETE"]
_BYTES = 4_000
"""Of chance for one example; what would need more is not made."""
_LONGEST = 7_000
"""Of a URL (bytes); gateways take up to 8,000."""


@contextmanager
def _leaving_no_trace() -> Generator[None]:
    """Keep hypothesis from making a folder in the working directory."""
    before = storage_directory(intent_to_write=False).home_directory
    with tempfile.TemporaryDirectory(prefix="coc-steps-") as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(before)


def requests_for(
    description: Description,
    base_url: str,
    tickets: Mapping[str, Iterable[str]],
    *,
    seed: int,
    count: int,
    other_methods: bool,
) -> Iterator[tuple[str, str]]:
    """Yield requests as method and URL: those at the bounds first, then as many by chance.

    Without tickets, ids are generated, too.
    """
    with _leaving_no_trace():
        cases = _cases(description.pinned(tickets), seed, count, other_methods=other_methods)
        made = [(case.method, _url(base_url, case)) for case in cases]
    for method, url in dict.fromkeys(made):
        if len(url) <= _LONGEST and _is_of(description.path, url):
            yield method, url


def _cases(spec: dict[str, Any], seed: int, count: int, *, other_methods: bool) -> list[Any]:
    """Return the cases of the only operation of a description."""
    methods = _OTHER_METHODS if other_methods else []
    config = SchemathesisConfig.from_dict(
        {"seed": seed, "phases": {"coverage": {"unexpected-methods": methods}}}
    )
    schema: Any = schemathesis.openapi.from_dict(spec, config=config)
    [operation] = (found.ok() for found in schema.get_all_operations())
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    cases: list[Any] = list(
        schema.iter_coverage_cases(
            operation, generation_modes=modes, generation_config=schema.config.generation
        )
    )
    for mode in modes:
        cases += _examples(operation.as_strategy(generation_mode=mode), count, seed)
    return cases


def _examples(strategy: SearchStrategy[Any], count: int, seed: int) -> list[Any]:
    """Return examples of a strategy, no two the same; the seed alone decides which.

    Hypothesis would also draw on the constants of the modules that happen to be loaded. Where
    it reads bytes instead, as of a fuzzer, it does not.
    """
    found: list[Any] = []

    @settings(database=None)
    @given(strategy)
    def collect(value: Any) -> None:
        if value not in found:
            found.append(value)

    target: Any = collect
    chance = random.Random(seed)  # noqa: S311 - nothing secret comes of it
    for _ in range(4 * count):
        if len(found) >= count:
            break
        target.hypothesis.fuzz_one_input(chance.randbytes(_BYTES))
    return found


def _url(base_url: str, case: Any) -> str:
    """Return the address of a case; half letters are nothing that a URL can hold."""
    sent = case.as_transport_kwargs(base_url=base_url)
    query = sent["params"] or ""
    if not isinstance(query, str):
        query = urlencode(query, doseq=True, quote_via=quote, errors="replace")
    return f"{sent['url']}{'?' if query else ''}{query}"


def _is_of(path: str, url: str) -> bool:
    """Return whether a URL is one of a path: a segment of dots, or of nothing, leads elsewhere."""
    segments = urlsplit(url).path.split("/")[-path.count("/") :]
    return all(segment.strip(".") for segment in map(unquote, segments))


class Validator:
    """Finds what the description does not allow in an answer."""

    def __init__(self, description: Description) -> None:
        self._description = description
        schema = schemathesis.openapi.from_dict(description.pinned())
        self._operation: Any = schema[description.path][description.method]

    def findings(self, exchange: Exchange) -> Iterator[Finding]:
        """Yield what is wrong with an answer: violations of the page, or of an assumption."""
        answers = f"answers {exchange.status}"
        if str(exchange.status) not in self._description.places:
            kind = Kind.DRIFT if exchange.is_error else Kind.VIOLATION
            message = f"{answers}, which is not documented"
            yield broken("status_code_conformance", message, exchange, kind=kind, place=answers)
            return
        of = f" of {exchange.status}" if exchange.is_error else ""
        for check, message, path in self._faults(exchange):
            assumed = self._description.is_assumed(exchange.status, path)
            kind = Kind.EXPECTATION if assumed else Kind.VIOLATION
            place = f"{place_of(path)}{of}" if path else answers
            yield broken(check, message, exchange, kind=kind, place=place)

    def _faults(self, exchange: Exchange) -> Iterator[tuple[str, str, list[str | int]]]:
        """Yield the check, what is wrong, and where in the body."""
        content_type = exchange.headers.get("content-type", "")
        if not is_json(content_type):
            message = f"the answer is {content_type or 'without a type'}, not {_JSON}"
            yield "content_type_conformance", message, []
        if not exchange.is_json:
            yield "response_schema_conformance", "the body is no JSON", []
            return
        try:
            self._operation.validate_response(_as_response(exchange))
        except (Failure, FailureGroup) as error:
            failures = error.exceptions if isinstance(error, FailureGroup) else [error]
            for each in failures:
                path = list(each.instance_path) if isinstance(each, JsonSchemaError) else []
                yield "response_schema_conformance", _message(each), path


def _as_response(exchange: Exchange) -> httpx.Response:
    # Encoding and length were those of the wire; half letters are nothing that schemathesis reads.
    body = json.dumps(exchange.json, ensure_ascii=False).encode("utf-8", "replace")
    response = httpx.Response(
        exchange.status,
        headers={"Content-Type": _JSON},
        content=body,
        request=httpx.Request(exchange.method, exchange.url),
    )
    response.elapsed = timedelta(0)
    return response


def _message(failure: Failure) -> str:
    """Return what schemathesis says, in one line and without the answer: that is kept elsewhere."""
    said = failure.validation_message if isinstance(failure, JsonSchemaError) else failure.message
    return f"{failure.title}: {said.splitlines()[0]}" if said else failure.title
