"""The changes that the page has seen, and those that it may see next."""

from __future__ import annotations

from dataclasses import dataclass

from .project import Edit

STATUS = """\
        status:
          # An open set on purpose: the page lists no values.
          type: [string, 'null']
          description: The state of the step, such as Pending; the page lists no values.
"""
MARK = """\
          x-assumption: Only the page's example shows it, as 10576; its type is a guess.
"""
ID = f"""\
        id:
          type: [integer, 'null']
          format: int64
          minimum: -9223372036854775808
          maximum: 9223372036854775807
          description: A number of the record. No table of the page lists it.
{MARK}"""
MESSAGE = """\
        message:
          type: [string, 'null']
"""
RETRIES = """\
        retries:
          type: [integer, 'null']
          format: int32
          description: How often the step was tried again.
"""
SORT_KEY = """\
        - name: sort_key
          in: query
          required: false
          schema:
            type: string
            description: What the steps are sorted by.
"""
LIMIT = "        - name: limit\n"
MODEL = "wrapper/coc_steps/_model.py"
DECODING = "wrapper/coc_steps/_decoding.py"
MODEL_TEST = "tests/test_model.py"


@dataclass(frozen=True)
class Rehearsal:
    """A change, and what is to come of it.

    Attributes:
        row: Its row in docs/regenerating.md.
        before: What makes today's project the one before the change.
        after: What the change does to that.
        said: Some of what is said of it; the tools' own words.
        noticed: What the failing tests name, if a person has to write something.
        by_hand: What a person writes, in today's project.
    """

    row: str
    said: tuple[str, ...]
    before: tuple[Edit, ...] = ()
    after: tuple[Edit, ...] = ()
    noticed: str = ""
    by_hand: tuple[Edit, ...] = ()


def back(*edits: Edit) -> tuple[Edit, ...]:
    """Undo edits: the way from the description before a historical change to today's."""
    return tuple(Edit(each.new, each.old, each.path) for each in reversed(edits))


MISSPELT = (
    Edit("    ExecutionStep:\n", "    ExcutionStep:\n"),
    Edit("schemas/ExecutionStep'", "schemas/ExcutionStep'"),
)
WITHOUT_ID = (Edit(ID + "        execution_step_id:\n", "        execution_step_id:\n"),)
STRAT_TIME = (Edit("        start_time:\n", "        strat_time:\n"),)

HISTORY = {
    "2025-09-18 schema renamed": Rehearsal(
        row="a schema renamed that code names (`ExecutionStep`)",
        before=MISSPELT,
        after=back(*MISSPELT),
        said=(
            "breaking  model ExcutionStep renamed to ExecutionStep",
            "Callers break: pyproject.toml says 0.1.0, and must say 0.2.0 or later.",
        ),
        noticed="cannot import name 'ExecutionStep'",
    ),
    "2025-11-27 field added": Rehearsal(
        row="a field added",
        before=WITHOUT_ID,
        after=back(*WITHOUT_ID),
        said=(
            "harmless  #/components/schemas/ExecutionStep/properties/id: added",
            "harmless  model ExecutionStep: field id added (int | None | Unset)",
            "Nothing breaks callers.",
        ),
        noticed="test_a_wrong_type_is_an_error_that_names_its_place[$.data[3].id-",
    ),
    "2025-11-27 field mended": Rehearsal(
        row="a field renamed",
        before=STRAT_TIME,
        after=back(*STRAT_TIME),
        said=(
            "breaking  #/components/schemas/ExecutionStep/properties/start_time: "
            "Property `strat_time` of `ExecutionStep` was renamed to `start_time`.",
            "breaking  model ExecutionStep: field strat_time removed",
            "harmless  model ExecutionStep: field start_time added (int | None | Unset)",
        ),
        noticed="strat_time has no place in Step",
    ),
}

NEW = {
    "optional query parameter": Rehearsal(
        row="an optional query parameter added",
        after=(Edit(LIMIT, SORT_KEY + LIMIT),),
        said=(
            "harmless  operation list_execution_steps: parameter sort_key added (str | Unset)",
            "Nothing breaks callers.",
        ),
    ),
    "field": Rehearsal(
        row="a field added",
        after=(Edit(MESSAGE, RETRIES + MESSAGE),),
        said=(
            "harmless  #/components/schemas/ExecutionStep/properties/retries: added",
            "harmless  model ExecutionStep: field retries added (int | None | Unset)",
            "Nothing breaks callers.",
        ),
        noticed="retries has no place in Step: show it in a property and add it to VIEW",
        by_hand=(
            Edit(
                "    @property\n    def started_at",
                "    @property\n    def retries(self) -> int | None:\n"
                "        return self._fields.retries\n\n    @property\n    def started_at",
                MODEL,
            ),
            Edit(
                "    message: str | None\n",
                "    message: str | None\n    retries: int | None\n",
                DECODING,
            ),
            Edit(
                '    "message": "message",\n',
                '    "message": "message",\n    "retries": "retries",\n',
                MODEL_TEST,
            ),
            Edit(
                '    "name": ("pause"', '    "retries": (3, 3),\n    "name": ("pause"', MODEL_TEST
            ),
        ),
    ),
    "field retyped": Rehearsal(
        row="a field retyped",
        after=(Edit(MESSAGE, MESSAGE.replace("string", "integer")),),
        said=(
            "breaking  model ExecutionStep: field message retyped from None | str | Unset "
            "to int | None | Unset",
            "Callers break: pyproject.toml says 0.1.0, and must say 0.2.0 or later.",
        ),
        noticed="Expected `int | null`, got `str` - at `$.data[0].message`",
    ),
    "assumption confirmed": Rehearsal(
        row="a field that openapi.yaml had assumed",
        after=(Edit(ID, ID.replace(MARK, "")),),
        said=("the same models, fields and parameters", "Nothing breaks callers."),
    ),
    "status closed": Rehearsal(
        row="a status closed by an `enum`",
        after=(Edit(STATUS, STATUS + "          enum: [Pending, Running, Succeed, null]\n"),),
        said=("breaking  model ExecutionStep: field status retyped from None | str | Unset",),
        noticed="a generated model has a field of a type that cannot be decoded",
    ),
    "status listed": Rehearsal(
        row="values of a status listed",
        after=(
            Edit("such as Pending; the page lists no values", "one of Pending, Running, Skipped"),
        ),
        said=(
            "harmless  #/components/schemas/ExecutionStep/properties/status/description: modified",
            "Nothing breaks callers.",
        ),
    ),
    "schema renamed": Rehearsal(
        row="another schema renamed",
        after=(Edit("StepParameter", "StepValue"),),
        said=(
            "breaking  model StepParameter renamed to StepValue",
            "Callers break: pyproject.toml says 0.1.0, and must say 0.2.0 or later.",
        ),
    ),
}
REHEARSALS = HISTORY | NEW
