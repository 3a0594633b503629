"""Requests that schemathesis makes from the description, valid and invalid.

Only their generation is its own: they are sent and judged like all others. So nothing leaves but
through the session, and their number is known beforehand.
"""

# schemathesis leaves the parameters of its generic classes open.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
import random
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import quote, unquote, urlencode

import schemathesis
from hypothesis import given, settings
from hypothesis.configuration import set_hypothesis_home_dir, storage_directory
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

if TYPE_CHECKING:
    from collections.abc import Container, Generator, Iterable, Iterator, Mapping

    from hypothesis.strategies import SearchStrategy

    from .description import Description

T = TypeVar("T")

# HEAD, OPTIONS and TRACE are answered by whatever framework there is, not by the contract.
_OTHER_METHODS = ["POST", "PUT", "PATCH", "DELETE"]
_BYTES = 4_000
"""Of chance for one example; what would need more is not made."""
_LONGEST = 7_000
"""Of a URL (bytes); gateways take up to 8,000."""


def examples(strategy: SearchStrategy[T], *, count: int, seed: int) -> list[T]:
    """Return examples of a strategy, no two the same; the seed alone decides which.

    Hypothesis would also draw on the constants of the modules that happen to be loaded. Where
    it reads bytes instead, as of a fuzzer, it does not.
    """
    found: list[T] = []

    @settings(database=None)
    @given(strategy)
    def collect(value: T) -> None:
        if value not in found:
            found.append(value)

    target: Any = collect
    chance = random.Random(seed)  # noqa: S311 - nothing secret comes of it
    for _ in range(4 * count):
        if len(found) >= count:
            break
        target.hypothesis.fuzz_one_input(chance.randbytes(_BYTES))
    return found


@contextmanager
def leaving_no_trace() -> Generator[None]:
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

    Args:
        description: The description.
        base_url: The server.
        tickets: The ids of steps by the id of their ticket; without any, ids are generated.
        seed: The same seed gives the same requests.
        count: How many to make by chance, of valid and of invalid ones (count).
        other_methods: Whether other methods than GET may be used.
    """
    methods = _OTHER_METHODS if other_methods else []
    config = SchemathesisConfig.from_dict(
        {"seed": seed, "phases": {"coverage": {"unexpected-methods": methods}}}
    )
    schema = schemathesis.openapi.from_dict(description.pinned(tickets), config=config)
    operation = cast("Any", schema[description.path][description.method])
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    cases: list[Any] = list(
        cast("Any", schema).iter_coverage_cases(
            operation, generation_modes=modes, generation_config=schema.config.generation
        )
    )
    for mode in modes:
        strategy: SearchStrategy[Any] = operation.as_strategy(generation_mode=mode)
        cases += examples(strategy, count=count, seed=seed)
    known: set[tuple[str, str]] = set()
    for case in cases:
        made = case.method, _url(base_url, description.path, case, tickets)
        if made not in known and len(made[1]) <= _LONGEST:
            known.add(made)
            yield made


def _url(base_url: str, path: str, case: Any, tickets: Container[str]) -> str:
    """Return the address of a case; a value of another type than text is written as JSON."""
    for name, value in cast("dict[str, Any]", case.path_parameters or {}).items():
        text = value if isinstance(value, str) else json.dumps(value)
        # What is made by chance has been encoded for a path already.
        text = text if text in tickets else unquote(text)
        path = path.replace(f"{{{name}}}", quote(_dotless(text), safe=""))
    query = _encoded(case.as_transport_kwargs()["params"] or {})
    return f"{base_url}{path}{'?' if query else ''}{query}"


def _encoded(parameters: str | Mapping[str, Any]) -> str:
    if isinstance(parameters, str):
        return parameters
    return urlencode(parameters, doseq=True, quote_via=quote, errors="replace")


def _dotless(segment: str) -> str:
    """Return a path segment that leads to no other path: nothing, and dots, would."""
    return segment if segment.strip(".") else f"{segment}-"
