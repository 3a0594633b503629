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
          description: A number of the record. No table of the page lists it.
{MARK}"""
MESSAGE = """\
        message:
          type: [string, 'null']
"""
ATTEMPTS = """\
        attempts:
          type: [integer, 'null']
          format: int32
          description: How often the step was tried.
"""
ORDER_BY = """\
        - name: order_by
          in: query
          required: false
          schema:
            type: string
            description: What the steps are sorted by.
"""
STEP_IDS = "        - name: execution_step_id_list\n"
OWNER = """\
        owner:
          type: [object, 'null']
          description: Who the step belongs to.
          properties:
            name:
              type: [string, 'null']
"""
SHOW = """\
paths:
  /v1/executions/{execution_id}:
    get:
      operationId: showExecution
      summary: Show an execution
      description: Returns one execution.
      tags: [executions]
      parameters:
        - name: execution_id
          in: path
          required: true
          schema:
            type: string
            description: The id of the execution.
      responses:
        '200':
          description: The execution.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Execution'
        '400':
          description: The request was refused.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Error'
"""
TOTAL = """\
        total:
          type: [integer, 'null']
          format: int64
"""
EXECUTION = """\
  schemas:
    Execution:
      type: object
      description: One execution.
      properties:
        status:
          type: [string, 'null']
          description: The state of the execution.
"""
REQUEST = "wrapper/coc_steps/_steps/request.py"
FIELDS = "wrapper/coc_steps/_steps/fields.py"
EDIT_FIELDS = "ExecutionStep: edit _steps/fields.py"
OPENAPI_TEST = "tests/test_openapi.py"
SHEET = "tests/tools/doc_check/sheet.py"
PAGES = "tests/tools/doc_check/changes.py"
NAME_ON_THE_PAGE = '                    field_of("name", "String"'
STEP_IDS_ON_THE_PAGE = '        parameter(\n            "execution_step_id_list",'
ORDER_BY_ON_THE_PAGE = (
    '        parameter("order_by", "String", "?", "N/A.", mandatory=False),\n'
    + STEP_IDS_ON_THE_PAGE
)
EXECUTION_ID = "        request.execution_id,\n"
LAST_FIELD = (
    '    properties: Annotated[msgspec.Raw, dict[str, str | None] | None] = msgspec.Raw(b"null")\n'
)


@dataclass(frozen=True)
class Rehearsal:
    """A change, and what is to come of it.

    Attributes:
        row: Its row in docs/regenerating.md.
        before: What makes today's project the one before the change; today's is what it leads to.
        after: What the change does to openapi.yaml.
        said: Some of what is said of it; the tools' own words.
        refused: What make generate refuses it with, if it does.
        noticed: What the failing tests name, if a person has to write something.
        by_hand: What a person writes.
        unchecked: Why no more than types are checked after that.
    """

    row: str
    said: tuple[str, ...]
    before: tuple[Edit, ...] = ()
    after: tuple[Edit, ...] = ()
    refused: str = ""
    noticed: str = ""
    by_hand: tuple[Edit, ...] = ()
    unchecked: str = ""


def back(*edits: Edit) -> tuple[Edit, ...]:
    """Undo edits, the last one first."""
    return tuple(each.undone for each in reversed(edits))


def words(old: str, new: str, *paths: str) -> tuple[Edit, ...]:
    """Replace a word in files, as one `sed` does."""
    return tuple(Edit(old, new, path, whole=True) for path in paths)


MISSPELT = (
    Edit("    ExecutionStep:\n", "    ExcutionStep:\n"),
    Edit("schemas/ExecutionStep'", "schemas/ExcutionStep'"),
)
NAMING_START_TIME = (
    "tests/cli/made.py",
    "tests/cli/test_hostile.py",
    "tests/cli/test_records.py",
    "tests/cli/test_show.py",
    "tests/cli/test_table.py",
    "tests/cli/test_watch.py",
    "tests/conformance/family/server.py",
    "tests/conformance/honest/bodies.py",
    "tests/conformance/honest/tickets.py",
    "tests/conformance/mutants/fields.py",
    "tests/conformance/mutants/tickets.py",
    "tests/conformance/mutants/values.py",
    "tests/conformance/openapi_backend/server.mjs",
    "tests/conformance/test_response.py",
    "tests/faults/pages.py",
    "tests/interop/test_interop.py",
    "tests/mock/test_data.py",
    "tests/mock/test_live.py",
    "tests/steps/test_fields.py",
    "tests/steps/test_model.py",
    "tests/test_docs.py",
    "tests/tools/doc_check/changes.py",
    "tests/tools/doc_check/sheet.py",
    "tests/vendor_example.py",
    "wrapper/coc_steps/_client/sync.py",
    "wrapper/coc_steps/_steps/fields.py",
    "wrapper/coc_steps/_steps/model.py",
    "wrapper/coc_steps/cli/_ticket/details.py",
    "wrapper/coc_steps/conformance/_checks/expectations.py",
    "wrapper/coc_steps/mock/_data.py",
    "wrapper/coc_steps/mock/_tickets.py",
)
STRAT_TIME = words("start_time", "strt_time", "openapi.yaml")

HISTORY = {
    "2025-09-18 schema renamed": Rehearsal(
        row="a schema renamed that code names (`ExecutionStep`)",
        before=MISSPELT,
        after=back(*MISSPELT),
        said=(
            "breaking  model ExcutionStep is gone",
            "compatible  model ExecutionStep is new",
            "by hand   wrapper/coc_steps/_steps/model.py",
            "Callers break: pyproject.toml says 0.1.0, and must say 0.2.0 or later.",
        ),
        noticed="KeyError: 'ExcutionStep'",
        by_hand=words(
            "ExcutionStep",
            "ExecutionStep",
            "wrapper/coc_steps/_steps/model.py",
            "tests/conformance/test_description.py",
            "tests/steps/test_fields.py",
            OPENAPI_TEST,
            "tests/test_generate.py",
            PAGES,
            SHEET,
            "tests/tools/doc_check/test_odd_pages.py",
            "tests/tools/test_spec_diff.py",
            "tests/typing/sync_client.py",
        ),
    ),
    "2025-11-27 field mended": Rehearsal(
        row="a field renamed",
        before=STRAT_TIME,
        after=back(*STRAT_TIME),
        said=(
            "breaking  #/components/schemas/ExecutionStep/properties/start_time: "
            "Property `strt_time` of `ExecutionStep` was renamed to `start_time`.",
            "breaking  model ExecutionStep: field strt_time is gone",
            "compatible  model ExecutionStep: field start_time is new (int | None | Unset)",
        ),
        noticed=EDIT_FIELDS,
        by_hand=words("strt_time", "start_time", *NAMING_START_TIME),
    ),
}

NEW = {
    "optional query parameter": Rehearsal(
        row="an optional query parameter added",
        after=(Edit(STEP_IDS, ORDER_BY + STEP_IDS),),
        said=(
            "compatible  operation list_execution_steps: parameter order_by is new (str | Unset)",
            "Nothing breaks callers.",
        ),
        noticed="query.order_by: page says nothing, openapi.yaml says string, optional",
        by_hand=(Edit(STEP_IDS_ON_THE_PAGE, ORDER_BY_ON_THE_PAGE, SHEET),),
    ),
    "required query parameter": Rehearsal(
        row="a required query parameter added",
        after=(Edit(STEP_IDS, ORDER_BY.replace("false", "true") + STEP_IDS),),
        said=(
            "breaking  operation list_execution_steps: parameter order_by is new (str)",
            'error: Missing named argument "order_by" for "_get_kwargs"',
            "Callers break: pyproject.toml says 0.1.0, and must say 0.2.0 or later.",
        ),
        noticed="missing 1 required keyword-only argument: 'order_by'",
        by_hand=(
            Edit(EXECUTION_ID, EXECUTION_ID + '        order_by="time",\n', REQUEST),
            Edit("client=client, **", 'client=client, order_by="time", **', "tests/drive.py"),
            Edit(STEP_IDS_ON_THE_PAGE, ORDER_BY_ON_THE_PAGE.replace("False", "True"), SHEET),
        ),
        unchecked="a hundred tests compare or send a whole query, and the mock is to insist on it",
    ),
    "field": Rehearsal(
        row="a field added",
        after=(Edit(MESSAGE, ATTEMPTS + MESSAGE),),
        said=(
            "compatible  #/components/schemas/ExecutionStep/properties/attempts: added",
            "compatible  model ExecutionStep: field attempts is new (int | None | Unset)",
            "Nothing breaks callers.",
        ),
        noticed=EDIT_FIELDS,
        by_hand=(
            Edit(LAST_FIELD, LAST_FIELD + "    attempts: int | None = None\n", FIELDS),
            Edit(
                NAME_ON_THE_PAGE,
                '                    field_of("attempts", "Integer", "?"),\n' + NAME_ON_THE_PAGE,
                SHEET,
            ),
        ),
    ),
    "field retyped": Rehearsal(
        row="a field retyped",
        after=(Edit(TOTAL, TOTAL.replace("int64", "int32")),),
        said=("#/components/schemas/ListExecutionStepsResponse/properties/total/format",),
        noticed="response 200.total: page says Long, openapi.yaml says int32",
        by_hand=(Edit('field_of("total", "Long"', 'field_of("total", "Integer"', SHEET),),
    ),
    "assumption confirmed": Rehearsal(
        row="a field that openapi.yaml had assumed",
        after=(Edit(ID, ID.replace(MARK, "")),),
        said=("the same models, fields and parameters", "Nothing breaks callers."),
        noticed="test_marked_properties",
        by_hand=(
            Edit('            "ExecutionStep.id",\n', "", OPENAPI_TEST),
            Edit(
                NAME_ON_THE_PAGE,
                '                    field_of("id", "Long", "?"),\n' + NAME_ON_THE_PAGE,
                SHEET,
            ),
            Edit('    "assumption": stated_assumption(),\n', "", PAGES),
        ),
    ),
    "status closed": Rehearsal(
        row="a status closed by an `enum`",
        after=(Edit(STATUS, STATUS + "          enum: [Pending, Running, Succeed, null]\n"),),
        said=(),
        refused="properties/status/enum: an answer with a new value could not be read; "
        "name the values in the description",
    ),
    "status listed": Rehearsal(
        row="values of a status listed",
        after=(
            Edit("such as Pending; the page lists no values", "one of Pending, Running, Skipped"),
        ),
        said=(
            "compatible  #/components/schemas/ExecutionStep/properties/status/description",
            "Nothing breaks callers.",
        ),
    ),
    "schema renamed": Rehearsal(
        row="another schema renamed",
        after=(Edit("StepParameter", "StepValue"),),
        said=(
            "breaking  model StepParameter is gone",
            "compatible  model StepValue is new",
            "Callers break: pyproject.toml says 0.1.0, and must say 0.2.0 or later.",
        ),
    ),
    "nested object": Rehearsal(
        row="an object with properties of its own",
        after=(Edit(MESSAGE, OWNER + MESSAGE),),
        said=(
            "compatible  model ExecutionStep: field owner is new "
            "(ExecutionStepOwnerType0 | None | Unset)",
        ),
        noticed=EDIT_FIELDS,
        by_hand=(
            Edit(
                "class StepFields(",
                "class OwnerFields(msgspec.Struct, gc=False):\n"
                '    """Who a step belongs to."""\n\n'
                "    name: str | None = None\n\n\n"
                "class StepFields(",
                FIELDS,
            ),
            Edit(
                LAST_FIELD,
                LAST_FIELD
                + "    owner: Annotated[msgspec.Raw, OwnerFields | None] "
                + '= msgspec.Raw(b"null")\n',
                FIELDS,
            ),
            Edit(
                NAME_ON_THE_PAGE,
                '                    field_of("owner", "owner object", "?"),\n' + NAME_ON_THE_PAGE,
                SHEET,
            ),
            Edit(
                '            pair("inputs"),\n',
                '            Schema("owner", [field_of("name", "String", "?")]),\n'
                '            pair("inputs"),\n',
                SHEET,
            ),
            Edit(
                '    "Boolean": "boolean",\n',
                '    "Boolean": "boolean",\n    "owner object": "object",\n',
                PAGES,
            ),
            Edit(
                '    "ExecutionStep": ".data[]",\n',
                '    "ExecutionStep": ".data[]",\n    "owner": ".data[].owner",\n',
                PAGES,
            ),
        ),
    ),
    "shape": Rehearsal(
        row="allOf, oneOf, a cycle, a date-time, a media type with parameters, a name in use",
        after=(
            Edit(
                "          items:\n            $ref: '#/components/schemas/StepParameter'",
                "          items:\n            allOf: [$ref: '#/components/schemas/StepParameter']",
            ),
        ),
        said=(),
        refused="properties/inputs/items: allOf gives no model; write the properties out in one",
    ),
    "path": Rehearsal(
        row="a path of another version",
        after=(Edit("  /v1/executions/", "  /v2/executions/"),),
        said=(
            "breaking  request GET /v1/executions/{execution_id}/steps is gone",
            "compatible  request GET /v2/executions/{execution_id}/steps is new",
            "Callers break: pyproject.toml says 0.1.0, and must say 0.2.0 or later.",
        ),
        noticed="KeyError: '/v1/executions/{execution_id}/steps'",
        by_hand=(Edit("/v1/executions", "/v2/executions", "tests/vendor_example.py"),),
    ),
    "second operation": Rehearsal(
        row="another operation described, too",
        after=(Edit("paths:\n", SHOW), Edit("  schemas:\n", EXECUTION)),
        said=(
            "compatible  operation show_execution is new",
            "compatible  model Execution is new",
            "callers do not break",
        ),
    ),
}
REHEARSALS = HISTORY | NEW

LIBRARY = (
    Edit("import httpx as httpx", "import httpx2 as httpx", "wrapper/coc_steps/_http/library.py"),
    Edit(
        "import httpcore as httpcore",
        "import httpcore2 as httpcore",
        "wrapper/coc_steps/_http/library.py",
    ),
    Edit('_CORE = "httpcore"', '_CORE = "httpcore2"', "wrapper/coc_steps/_http/library.py"),
    Edit('  "httpx>=0.28.1,<0.29",\n', '  "httpx2>=2.12",\n', "pyproject.toml"),
    Edit(
        '    (package / "py.typed").touch()\n',
        '    for path in package.rglob("*.py"):\n'
        '        text = path.read_text("utf-8")\n'
        '        path.write_text(text.replace("import httpx\\n", "import httpx2 as httpx\\n"))\n'
        '    (package / "py.typed").touch()\n',
        "tools/generate.py",
    ),
)
"""The way to another HTTP library, as docs/http-library.md has it."""
