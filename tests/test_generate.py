"""`tools/generate.py`: the committed package is what openapi.yaml gives, wherever it is made."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.source

ROOT = Path(__file__).parents[1]
SOURCES = ("openapi.yaml", "pyproject.toml", "tools/generator.yaml")
HOSTILE_RUFF = 'line-length = 40\nextend-exclude = ["*.py"]\n[format]\nquote-style = "single"\n'
HOSTILE_PYPROJECT = '[tool.ruff]\nline-length = 50\n[tool.ruff.format]\nindent-style = "tab"\n'


def generate(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tools" / "generate.py"), "--root", str(root), *arguments]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def contents(root: Path) -> dict[str, bytes]:
    """Every file below generated/, so that whatever is left there by mistake shows, too."""
    package = root / "generated"
    files = (path for path in package.rglob("*") if path.is_file())
    return {
        path.relative_to(package).as_posix(): path.read_bytes()
        for path in files
        if path.parent.name != "__pycache__"
    }


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def copy_sources(root: Path) -> Path:
    (root / "tools").mkdir(parents=True)
    for name in SOURCES:
        shutil.copyfile(ROOT / name, root / name)
    return root


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the generator reads and of the committed package."""
    root = copy_sources(tmp_path / "project")
    shutil.copytree(ROOT / "generated", root / "generated")
    return root


def test_committed_package_is_up_to_date() -> None:
    result = generate(ROOT, "--check")
    assert (result.returncode, result.stderr) == (0, "")


def test_same_bytes_in_a_folder_with_other_settings(tmp_path: Path) -> None:
    hostile = tmp_path / "hostile"
    root = copy_sources(hostile / "project")
    temporary = hostile / "tmp"
    temporary.mkdir()
    (hostile / "ruff.toml").write_text(HOSTILE_RUFF)
    (temporary / "pyproject.toml").write_text(HOSTILE_PYPROJECT)
    # ruff obeys a .gitignore of a repository even when it is told to ignore configuration.
    (hostile / ".git").mkdir()
    (hostile / ".gitignore").write_text("*\n")

    result = generate(root, TMPDIR=str(temporary), LC_ALL="C", PYTHONHASHSEED="7")

    assert (result.returncode, result.stderr) == (0, "")
    assert contents(root) == contents(ROOT)
    assert [path.name for path in temporary.iterdir()] == ["pyproject.toml"]


def test_a_clone_that_wants_the_line_ends_of_windows_has_the_same_bytes(
    project: Path, tmp_path: Path
) -> None:
    shutil.copyfile(ROOT / ".gitattributes", project / ".gitattributes")
    user = ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "."], [*user, "commit", "-qm", "one"]):
        subprocess.run(["git", "-c", "core.safecrlf=false", *command], cwd=project, check=True)
    clone = tmp_path / "clone"
    windows = ["-c", "core.autocrlf=true", "-c", "core.eol=crlf"]
    subprocess.run(["git", "clone", "-q", *windows, str(project), str(clone)], check=True)
    assert contents(clone) == contents(ROOT)
    result = generate(clone, "--check")
    assert (result.returncode, result.stderr) == (0, "")


def test_package_has_its_marker_and_its_description(project: Path) -> None:
    package = contents(project)
    assert package["coc_steps_api/py.typed"] == b""
    assert package["coc_steps_api/openapi.yaml"] == (ROOT / "openapi.yaml").read_bytes()


def test_check_lists_each_difference_and_changes_nothing(project: Path) -> None:
    package = project / "generated" / "coc_steps_api"
    edit(package / "client.py", "import ssl", "import ssl ")
    (package / "py.typed").unlink()
    (package / "models" / "stale.py").touch()
    (package / "models" / "__pycache__").mkdir(exist_ok=True)
    (package / "models" / "__pycache__" / "stale.pyc").touch()
    before = contents(project)

    result = generate(project, "--check")

    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "generated/coc_steps_api is not what openapi.yaml gives:",
        "  changed  client.py",
        "  stale    models/stale.py",
        "  missing  py.typed",
        "run make generate",
    ]
    assert contents(project) == before


def test_check_sees_a_description_that_changed(project: Path) -> None:
    edit(project / "openapi.yaml", "The name of the step.", "What the step is called.")
    result = generate(project, "--check")
    assert result.returncode == 1
    assert "  changed  models/execution_step.py\n" in result.stderr
    assert "  changed  openapi.yaml\n" in result.stderr


def test_check_sees_a_comment_that_changed(project: Path) -> None:
    edit(project / "openapi.yaml", "# How to read it", "# How to read this")
    result = generate(project, "--check")
    assert result.returncode == 1
    assert [line for line in result.stderr.splitlines() if line.startswith("  ")] == [
        "  changed  openapi.yaml"
    ]


def test_generation_leaves_nothing_of_the_old_package(project: Path) -> None:
    package = project / "generated" / "coc_steps_api"
    edit(package / "client.py", "import ssl", "import ssl ")
    (package / "stale").mkdir()
    (package / "stale" / "module.py").touch()
    result = generate(project)
    assert (result.returncode, result.stderr) == (0, "")
    assert contents(project) == contents(ROOT)


def test_generation_says_what_changed(project: Path) -> None:
    same = generate(project)
    edit(project / "openapi.yaml", "        total:\n", "        count:\n")
    changed = generate(project)
    assert (same.stdout, changed.stdout) == (
        "generated/coc_steps_api: made\n  the same models, fields and parameters\n",
        "generated/coc_steps_api: made\n"
        "  breaking  model ListExecutionStepsResponse: field total is gone\n"
        "  compatible  model ListExecutionStepsResponse: field count is new (int | None | Unset)\n"
        "  callers break\n",
    )


STEP = (
    "    ExecutionStep:\n      type: object\n      description: One step of an execution.\n"
    "      properties:\n"
)
ITEMS = "          items:\n            $ref: '#/components/schemas/ExecutionStep'\n"
STEP_PLACE = "#/components/schemas/ExecutionStep"


NAMES_IN_USE = (
    *("to_dict", "from_dict", "additional_properties", "additional_keys", "d", "field_dict"),
    *("cls", "cast"),
)


def field(name: str, *lines: str) -> tuple[str, str]:
    """An edit that adds a field to a step."""
    return STEP, STEP + "".join([f"        {name}:\n", *(f"          {line}\n" for line in lines)])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            *field("steps", "type: array", f"items: {{$ref: '{STEP_PLACE}'}}"),
            f"{STEP_PLACE}: it is within itself; leave the property out that leads back to it",
        ),
        (
            ITEMS,
            f"          items:\n            allOf: [{{$ref: '{STEP_PLACE}'}}]\n",
            "#/components/schemas/ListExecutionStepsResponse/properties/data/items: "
            "allOf gives no model; write the properties out in one schema",
        ),
        (
            *field("owner", "oneOf: [{type: string}, {type: integer}]"),
            f"{STEP_PLACE}/properties/owner: oneOf gives no model; "
            "write the properties out in one schema",
        ),
        (
            *field("created_at", "type: [string, 'null']", "format: date-time"),
            f"{STEP_PLACE}/properties/created_at: format date-time gives another type than the "
            "client reads; leave it to the description",
        ),
        (
            "      content: &error\n        application/json:\n",
            "      content: &error\n        application/json; charset=utf-8:\n",
            "application/json; charset=utf-8 is not read; write application/json, which stands for "
            "it with any parameters",
        ),
        (
            *field("state", "type: string", "enum: [Pending, Running]"),
            f"{STEP_PLACE}/properties/state/enum: an answer with a new value could not be read; "
            "name the values in the description",
        ),
        *(
            (
                *field(name, "type: string"),
                f"{STEP_PLACE}/properties/{name}: the generated code",
            )
            for name in NAMES_IN_USE
        ),
    ],
)
def test_a_shape_that_cannot_be_kept_is_refused_with_its_place_and_the_way_out(
    project: Path, old: str, new: str, said: str
) -> None:
    edit(project / "openapi.yaml", old, new)
    result = generate(project)
    assert result.returncode == 1
    assert said in result.stderr
    sentences = [line for line in result.stderr.splitlines() if "#/" in line]
    assert [said in line for line in sentences] == [True] * (9 if "charset" in said else 1)
    assert contents(project) == contents(ROOT)


def test_shapes_that_are_kept(project: Path) -> None:
    shapes = {
        "class_ is new (str | Unset)": ("class", "type: string"),
        "self_ is new (str | Unset)": ("self", "type: string"),
        "format_ is new (str | Unset)": ("format", "type: string"),
        "grid is new (list[list[str]] | None | Unset)": (
            "grid",
            "type: [array, 'null']",
            "items: {type: array, items: {type: string}}",
        ),
        "owner is new (ExecutionStepOwnerType0 | None | Unset)": (
            "owner",
            "type: [object, 'null']",
            "properties: {content: {type: string}}",
        ),
    }
    for name, *lines in shapes.values():
        edit(project / "openapi.yaml", *field(name, *lines))
    result = generate(project)
    assert (result.returncode, result.stderr) == (0, "")
    for said in shapes:
        assert f"  compatible  model ExecutionStep: field {said}\n" in result.stdout
    assert result.stdout.endswith("  callers do not break\n")


def test_a_required_parameter_breaks_callers(project: Path) -> None:
    limit = "        - name: limit\n"
    sort_key = "        - {name: sort_key, in: query, required: true, schema: {type: string}}\n"
    edit(project / "openapi.yaml", limit, sort_key + limit)
    result = generate(project)
    assert result.stdout.splitlines()[1:] == [
        "  breaking  operation list_execution_steps: parameter sort_key is new (str)",
        "  callers break",
    ]


def test_a_path_of_another_version_breaks_callers(project: Path) -> None:
    steps = "/executions/{execution_id}/steps"
    edit(project / "openapi.yaml", f"  /v1{steps}:", f"  /v2{steps}:")
    assert generate(project).stdout.splitlines()[1:] == [
        f"  breaking  request GET /v1{steps} is gone",
        f"  compatible  request GET /v2{steps} is new",
        "  callers break",
    ]


def test_what_the_wrapper_cannot_use_any_more_is_named_with_its_line(project: Path) -> None:
    shutil.copytree(ROOT / "wrapper", project / "wrapper")
    description = project / "openapi.yaml"
    text = description.read_text(encoding="utf-8")
    description.write_text(re.sub(r"\bExecutionStep\b", "Stage", text), encoding="utf-8")
    result = generate(project)
    by_hand = [line for line in result.stdout.splitlines() if line.startswith("  by hand")]
    assert any('has no attribute "ExecutionStep"' in line for line in by_hand)
    assert all(
        re.match(r"  by hand   wrapper/coc_steps/\S+\.py:\d+: error", line) for line in by_hand
    )
    assert result.stdout.endswith("  callers break\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("          in: query\n", "          in: cookies\n", id="error"),
        pytest.param("      type: object\n", "      type: objects\n", id="error in a schema"),
        pytest.param(
            "  type: array\n", "  type: array\n            prefixItems: 5\n", id="warning"
        ),
    ],
)
def test_a_description_that_gives_no_clean_package_keeps_the_old_one(
    project: Path, old: str, new: str
) -> None:
    edit(project / "openapi.yaml", old, new)
    result = generate(project)
    assert result.returncode == 1
    assert result.stderr.startswith("openapi.yaml gives no clean package:\n")
    assert contents(project) == contents(ROOT)
