"""What is said of two versions of a generated package."""

from __future__ import annotations

from pathlib import Path

import pytest
from surface import compare_surfaces, read_surface

ROOT = Path(__file__).parents[2]
NAME = "model Step: field name"
LIMIT = "operation list_steps: parameter limit"
SURFACE = {
    "model Page": "",
    "model Page: field data": "list[Step] | None | Unset",
    "model Step": "",
    NAME: "None | str | Unset",
    "operation list_steps": "",
    LIMIT: "int | Unset",
}


@pytest.mark.source
def test_reads_the_models_fields_and_parameters_of_the_committed_package() -> None:
    surface = read_surface(ROOT / "generated" / "coc_steps_api")
    operation = "operation list_execution_steps"
    expected = {
        "model Error": "",
        "model Error: field error_code": "None | str | Unset",
        "model Error: field additional_properties": "dict[str, Any]",
        "model Error: field additional_keys": "list[str]",
        operation: "",
        f"{operation}: parameter execution_id": "str",
        f"{operation}: parameter limit": "int | Unset",
        f"{operation}: parameter offset": "int | Unset",
        f"{operation}: parameter execution_step_id_list": "list[str] | Unset",
    }
    assert expected.items() <= surface.items()
    assert f"{operation}: parameter client" not in surface
    assert "model Unset" not in surface


@pytest.mark.parametrize(
    ("more", "less", "said"),
    [
        ({}, None, []),
        (
            {"model Step: field retries": "int | Unset"},
            None,
            ["compatible  model Step: field retries is new (int | Unset)"],
        ),
        ({}, NAME, ["breaking  model Step: field name is gone"]),
        (
            {NAME: "int | Unset"},
            None,
            ["breaking  model Step: field name retyped from None | str | Unset to int | Unset"],
        ),
        (
            {NAME: "str | Unset"},
            None,
            ["compatible  model Step: field name retyped from None | str | Unset to str | Unset"],
        ),
        (
            {"operation list_steps: parameter sort": "str | Unset"},
            None,
            ["compatible  operation list_steps: parameter sort is new (str | Unset)"],
        ),
        (
            {"operation list_steps: parameter sort": "str"},
            None,
            ["breaking  operation list_steps: parameter sort is new (str)"],
        ),
        (
            {LIMIT: "str | int | Unset"},
            None,
            [f"compatible  {LIMIT} retyped from int | Unset to str | int | Unset"],
        ),
        ({LIMIT: "int"}, None, [f"breaking  {LIMIT} retyped from int | Unset to int"]),
        (
            {"model Other": "", "model Other: field a": "int"},
            None,
            ["compatible  model Other is new"],
        ),
        ({}, "operation list_steps", ["breaking  operation list_steps is gone"]),
    ],
)
def test_a_change_is_named_and_judged(
    more: dict[str, str], less: str | None, said: list[str]
) -> None:
    new = {title: kind for title, kind in (SURFACE | more).items() if title != less}
    assert [str(each) for each in compare_surfaces(SURFACE, new)] == said
