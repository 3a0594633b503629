"""What is said of two versions of a generated package."""

from __future__ import annotations

from pathlib import Path

import pytest
from surface import Owner, compare_surfaces, read_surface

ROOT = Path(__file__).parents[2]
MODELS = {
    "Page": Owner(False, {"data": "list[Step] | None | Unset", "total": "int | None | Unset"}),
    "Step": Owner(False, {"name": "None | str | Unset", "more": "StepMore | Unset"}),
    "StepMore": Owner(False, {"additional_properties": "dict[str, str]"}),
    "list_steps": Owner(True, {"id": "str", "limit": "int | Unset"}),
}


def changed(owner: str, /, **members: str | None) -> dict[str, Owner]:
    """The models with other members of one of them; None takes a member away."""
    merged = {**MODELS[owner].members, **members}
    kept = {each: kind for each, kind in merged.items() if kind is not None}
    return {**MODELS, owner: Owner(MODELS[owner].is_operation, kept)}


@pytest.mark.source
def test_reads_the_models_fields_and_parameters_of_the_committed_package() -> None:
    surface = read_surface(ROOT / "generated" / "coc_steps_api")
    assert surface["StepParameter"] == Owner(
        False,
        {
            "key": "None | str | Unset",
            "value": "None | str | Unset",
            "additional_properties": "dict[str, Any]",
        },
    )
    assert surface["list_execution_steps"] == Owner(
        True,
        {
            "execution_id": "str",
            "limit": "int | Unset",
            "offset": "int | Unset",
            "execution_step_id_list": "list[str] | Unset",
        },
    )
    assert {"ExecutionStep", "ListExecutionStepsResponse", "Error"} < surface.keys()


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (MODELS, []),
        (
            changed("Step", retries="int | Unset"),
            ["harmless  model Step: field retries added (int | Unset)"],
        ),
        (changed("Step", name=None), ["breaking  model Step: field name removed"]),
        (
            changed("Step", name="int | Unset"),
            ["breaking  model Step: field name retyped from None | str | Unset to int | Unset"],
        ),
        (
            changed("Step", name="str | Unset"),
            ["harmless  model Step: field name retyped from None | str | Unset to str | Unset"],
        ),
        (
            changed("list_steps", sort="str | Unset"),
            ["harmless  operation list_steps: parameter sort added (str | Unset)"],
        ),
        (
            changed("list_steps", sort="str"),
            ["breaking  operation list_steps: parameter sort added (str)"],
        ),
        (
            changed("list_steps", limit="str | int | Unset"),
            [
                "harmless  operation list_steps: parameter limit retyped from int | Unset "
                "to str | int | Unset"
            ],
        ),
        (
            changed("list_steps", limit="int"),
            ["breaking  operation list_steps: parameter limit retyped from int | Unset to int"],
        ),
        (
            {**MODELS, "Other": Owner(False, {"a": "int"})},
            ["harmless  model Other added"],
        ),
        (
            {name: owner for name, owner in MODELS.items() if name != "list_steps"},
            ["breaking  operation list_steps removed"],
        ),
    ],
)
def test_a_change_is_named_and_judged(new: dict[str, Owner], said: list[str]) -> None:
    assert [str(each) for each in compare_surfaces(MODELS, new)] == said


def test_a_renamed_model_is_one_change_for_each_class_and_none_for_its_uses() -> None:
    new = {
        "Page": Owner(False, {"data": "list[Stage] | None | Unset", "total": "int | None | Unset"}),
        "Stage": Owner(False, {"name": "None | str | Unset", "more": "StageMore | Unset"}),
        "StageMore": MODELS["StepMore"],
        "list_steps": MODELS["list_steps"],
    }
    assert {str(each) for each in compare_surfaces(MODELS, new)} == {
        "breaking  model Step renamed to Stage",
        "breaking  model StepMore renamed to StageMore",
    }
