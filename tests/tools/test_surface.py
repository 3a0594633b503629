"""What is said of two versions of a generated package."""

from __future__ import annotations

from pathlib import Path

import pytest
from surface import Surface, compare_surfaces, read_surface

ROOT = Path(__file__).parents[2]
MODELS: Surface = {
    "model Page": {"data": "list[Step] | None | Unset", "total": "int | None | Unset"},
    "model Step": {"name": "None | str | Unset", "more": "StepMore | Unset"},
    "model StepMore": {"additional_properties": "dict[str, str]"},
    "operation list_steps": {"id": "str", "limit": "int | Unset"},
}


def changed(title: str, /, **members: str | None) -> Surface:
    """The models with other members of one of them; None takes a member away."""
    merged = {**MODELS[title], **members}
    return {**MODELS, title: {each: kind for each, kind in merged.items() if kind is not None}}


@pytest.mark.source
def test_reads_the_models_fields_and_parameters_of_the_committed_package() -> None:
    surface = read_surface(ROOT / "generated" / "coc_steps_api")
    assert surface["model StepParameter"] == {
        "key": "None | str | Unset",
        "value": "None | str | Unset",
        "additional_properties": "dict[str, Any]",
    }
    assert surface["operation list_execution_steps"] == {
        "execution_id": "str",
        "limit": "int | Unset",
        "offset": "int | Unset",
        "execution_step_id_list": "list[str] | Unset",
    }
    assert {"model ExecutionStep", "model Error"} < surface.keys()
    assert "model Unset" not in surface


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (MODELS, []),
        (
            changed("model Step", retries="int | Unset"),
            ["harmless  model Step: field retries added (int | Unset)"],
        ),
        (changed("model Step", name=None), ["breaking  model Step: field name removed"]),
        (
            changed("model Step", name="int | Unset"),
            ["breaking  model Step: field name retyped from None | str | Unset to int | Unset"],
        ),
        (
            changed("model Step", name="str | Unset"),
            ["harmless  model Step: field name retyped from None | str | Unset to str | Unset"],
        ),
        (
            changed("operation list_steps", sort="str | Unset"),
            ["harmless  operation list_steps: parameter sort added (str | Unset)"],
        ),
        (
            changed("operation list_steps", sort="str"),
            ["breaking  operation list_steps: parameter sort added (str)"],
        ),
        (
            changed("operation list_steps", limit="str | int | Unset"),
            [
                "harmless  operation list_steps: parameter limit retyped from int | Unset "
                "to str | int | Unset"
            ],
        ),
        (
            changed("operation list_steps", limit="int"),
            ["breaking  operation list_steps: parameter limit retyped from int | Unset to int"],
        ),
        (
            {**MODELS, "model Other": {"a": "int"}},
            ["harmless  model Other added"],
        ),
        (
            {title: each for title, each in MODELS.items() if title != "operation list_steps"},
            ["breaking  operation list_steps removed"],
        ),
    ],
)
def test_a_change_is_named_and_judged(new: Surface, said: list[str]) -> None:
    assert [str(each) for each in compare_surfaces(MODELS, new)] == said


def test_a_renamed_model_is_one_that_is_gone_and_one_that_is_new() -> None:
    new = {
        "model Stage" if title == "model Step" else title: each for title, each in MODELS.items()
    }
    assert [str(each) for each in compare_surfaces(MODELS, new)] == [
        "breaking  model Step removed",
        "harmless  model Stage added",
    ]
