"""The names and signatures that people rely on, their types, and what an import costs."""

from __future__ import annotations

import inspect
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, get_type_hints

import coc_steps
import coc_steps_api
import pytest

ROOT = Path(__file__).parent.parent
TYPING = sorted((ROOT / "tests" / "typing").glob("*.py"))

NAMES = [
    "AkSk",
    "ApiError",
    "AsyncClient",
    "AsyncStepIterator",
    "AuthToken",
    "AuthenticationError",
    "BadRequestError",
    "Client",
    "CocError",
    "ConfigurationError",
    "CredentialsAuth",
    "NotFoundError",
    "PaginationError",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestTimeoutError",
    "ResponseFormatError",
    "ServerError",
    "Step",
    "StepChange",
    "StepIterator",
    "StepNotFoundError",
    "StepPage",
    "TransportError",
    "WatchTimeoutError",
    "default_credentials",
    "sdk_credentials",
]


def test_the_names() -> None:
    assert coc_steps.__all__ == NAMES == sorted(NAMES)
    assert not [name for name in NAMES if not (getattr(coc_steps, name).__doc__ or "").strip()]


def test_no_other_name_is_there() -> None:
    modules = {name for name, value in vars(coc_steps).items() if inspect.ismodule(value)}
    others = {name for name in vars(coc_steps) if not name.startswith("_")} - modules - {*NAMES}
    assert others == {"TYPE_CHECKING", "annotations"}


def test_the_version() -> None:
    assert coc_steps.__version__[0].isdigit()
    with pytest.raises(AttributeError, match="module 'coc_steps' has no attribute 'nothing'"):
        _ = coc_steps.nothing


def test_the_version_of_what_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import metadata

    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert coc_steps.__version__ == "unknown"


def parameters(function: Any) -> str:
    """Return a signature without self and annotations."""
    given = inspect.signature(function)
    bare = [
        each.replace(annotation=inspect.Parameter.empty)
        for name, each in given.parameters.items()
        if name != "self"
    ]
    return str(inspect.Signature(bare))


SETTINGS = (
    "(*, region=None, base_url=None, credentials=None, timeout=30.0, max_retries=2, "
    "max_retry_seconds=120.0, language='en-us', http_client=None)"
)
METHODS = {
    "__init__": SETTINGS,
    "iter_steps": "(execution_id, *, step_ids=None, page_size=100, offset=0, max_items=None, "
    "prefetch=0, verify=False)",
    "get_page": "(execution_id, *, step_ids=None, limit=None, offset=None)",
    "get_step": "(execution_id, step_id)",
    "watch": "(execution_id, *, interval=2.0, settle=10.0, timeout=None)",
}


@pytest.mark.parametrize("kind", [coc_steps.Client, coc_steps.AsyncClient])
@pytest.mark.parametrize("method", METHODS)
def test_the_signatures_of_the_clients(kind: type, method: str) -> None:
    assert parameters(getattr(kind, method)) == METHODS[method]


@pytest.mark.parametrize(
    ("function", "signature"),
    [
        (
            coc_steps.AkSk,
            "(access_key, secret_key, *, security_token=None, project_id=None, domain_id=None)",
        ),
        (coc_steps.AuthToken, "(token)"),
        (coc_steps.CredentialsAuth, "(provider, *, refused=None)"),
        (coc_steps.default_credentials, "()"),
        (coc_steps.sdk_credentials, "()"),
    ],
)
def test_the_other_signatures(function: Any, signature: str) -> None:
    assert parameters(function) == signature


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def test_the_members() -> None:
    both = {"iter_steps", "get_page", "get_step", "watch", "api"}
    assert public(coc_steps.Client) == both | {"close"}
    assert public(coc_steps.AsyncClient) == both | {"aclose"}
    assert public(coc_steps.StepIterator) == {"total", "offset", "pages", "to_records", "close"}
    assert public(coc_steps.AsyncStepIterator) == {
        "total",
        "offset",
        "pages",
        "to_records",
        "aclose",
    }
    view = {
        "id",
        "record_id",
        "name",
        "action",
        "status",
        "message",
        "started_at",
        "ended_at",
        "duration",
    }
    view |= {"is_finished", "is_failed", "inputs", "outputs", "properties", "raw"}
    assert public(coc_steps.Step) == view
    assert public(coc_steps.StepChange) == {"step", "kind", "previous_status"}
    page = {"steps", "total", "offset", "request_id", "raw"}
    assert public(coc_steps.StepPage) == page | {"with_steps"}


def methods() -> list[Any]:
    found: list[Any] = [coc_steps.default_credentials]
    for name in coc_steps.__all__:
        member = getattr(coc_steps, name)
        if inspect.isclass(member):
            found += [getattr(member, one) for one in sorted(public(member) | {"__init__"})]
    return [one for one in found if inspect.isfunction(one)]


@pytest.mark.parametrize("method", methods(), ids=lambda one: str(one.__qualname__))
def test_the_hints_of_every_method_can_be_read(method: Any) -> None:
    assert "return" in get_type_hints(method)


def test_dir_names_everything() -> None:
    assert set(coc_steps.__all__) <= set(dir(coc_steps))


TREE = {
    coc_steps.CocError: Exception,
    coc_steps.ConfigurationError: coc_steps.CocError,
    coc_steps.TransportError: coc_steps.CocError,
    coc_steps.RequestTimeoutError: coc_steps.TransportError,
    coc_steps.ResponseFormatError: coc_steps.CocError,
    coc_steps.PaginationError: coc_steps.CocError,
    coc_steps.StepNotFoundError: coc_steps.CocError,
    coc_steps.WatchTimeoutError: coc_steps.CocError,
    coc_steps.ApiError: coc_steps.CocError,
    coc_steps.BadRequestError: coc_steps.ApiError,
    coc_steps.AuthenticationError: coc_steps.ApiError,
    coc_steps.PermissionDeniedError: coc_steps.ApiError,
    coc_steps.NotFoundError: coc_steps.ApiError,
    coc_steps.RateLimitError: coc_steps.ApiError,
    coc_steps.ServerError: coc_steps.ApiError,
}


def test_the_tree_of_errors() -> None:
    assert {kind: kind.__base__ for kind in TREE} == TREE
    assert {kind.__name__ for kind in TREE} == {name for name in NAMES if name.endswith("Error")}


def python(code: str) -> Any:
    """Run code in an interpreter of its own; gives what it prints as JSON."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_an_import_brings_only_what_is_needed() -> None:
    extras = ["starlette", "uvicorn", "schemathesis", "hypothesis"]
    later = ["tenacity", "asyncio", "httpcore", "attrs", "coc_steps_api", "importlib.metadata"]
    ours = [f"coc_steps.{name}" for name in ("mock", "cli", "conformance")]
    code = f"""
import json, sys
import httpx  # which brings click and rich itself, where they are installed
before = set(sys.modules)
import coc_steps
extras = {[*extras, *ours]} + sorted({{"click", "rich"}} - before)
print(json.dumps([name for name in {[*extras, *later]} if name in sys.modules]))
"""
    assert python(code) == []


def test_neither_does_a_request_that_succeeds() -> None:
    code = """
import json, sys, httpx
from coc_steps import AuthToken, Client
answer = httpx.Response(200, json={"data": [{}], "total": 1})
http = httpx.Client(transport=httpx.MockTransport(lambda request: answer))
client = Client(base_url="http://127.0.0.1:9", credentials=AuthToken("t"), http_client=http)
assert len(list(client.iter_steps("EX"))) == 1
print(json.dumps("tenacity" in sys.modules))
"""
    assert python(code) is False


@pytest.mark.parametrize("package", [coc_steps, coc_steps_api])
def test_both_packages_are_marked_as_typed(package: Any) -> None:
    assert (Path(package.__file__).parent / "py.typed").is_file()


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_mypy_sees_the_types_that_are_promised() -> None:
    done = run(sys.executable, "-m", "mypy", "--strict", *map(str, TYPING))
    assert done.stdout == "Success: no issues found in 2 source files\n"


def test_pyright_sees_the_types_that_are_promised() -> None:
    script, node = ROOT / "node_modules" / "pyright" / "index.js", shutil.which("node")
    if node is None or not script.is_file():
        pytest.skip("pyright is set up by make types, where there is node")
    project = ["--project", str(TYPING[0].parent), "--pythonpath", sys.executable]
    report = json.loads(run(node, str(script), *project, "--outputjson").stdout)
    assert report["generalDiagnostics"] == []
    assert report["summary"]["filesAnalyzed"] == len(TYPING)
