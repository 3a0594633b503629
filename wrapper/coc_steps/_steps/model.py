"""What people read: a step, a page of them, a view each over what the server sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from coc_steps.errors import ResponseFormatError

from .fields import (
    TYPES,
    StepFields,
    build_raw,
    convert_nested,
    decode,
    decode_parameters,
    decode_properties,
    split_leniently,
)

if TYPE_CHECKING:
    from coc_steps_api.models import ExecutionStep, ListExecutionStepsResponse

FAILED_STATUSES = frozenset({"Failed", "Canceled", "Timeout"})
FINISHED_STATUSES = FAILED_STATUSES | {"Succeed"}
OPEN_STATUSES = frozenset({"Pending", "Running", "Canceling"})
_SHOWN = 60  # characters of a value in a repr
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Body:
    """The kept bytes of a success, and the generated object once somebody asked for it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    @cached_property
    def raw(self) -> ListExecutionStepsResponse:
        """The generated object, with everything that the server sent."""
        return build_raw(self._content)

    @cached_property
    def steps(self) -> Sequence[bytes]:
        """Each step as JSON, as it came."""
        try:
            return list(map(bytes, msgspec.json.decode(self._content, type=_RawPage).data))
        except msgspec.DecodeError:  # a text that msgspec refuses, though JSON allows it
            return split_leniently(self._content)

    def __reduce__(self) -> tuple[Any, ...]:
        return Body, (self._content,)


class _RawPage(msgspec.Struct):
    data: list[msgspec.Raw]


class Step(msgspec.Struct, eq=False, gc=False):
    """One step of an execution: a view that folds missing and null into None.

    Equal steps have equal fields. `raw` has everything, also what this view does not know. Where
    the server sent a value of a type that the description does not allow, reading that property
    raises ResponseFormatError, which names the place; all others can be read.
    """

    # A Struct, since no other class is made as fast; nothing that it refers to refers to it.
    _fields: StepFields
    _body: Body
    _place: int

    @property
    def id(self) -> str | None:
        """The id of the step (``execution_step_id``); a server may leave it out."""
        return self._fields.execution_step_id

    @property
    def record_id(self) -> int | None:
        """The number that the vendor's example calls ``id``; no table of its page lists it."""
        return self._fields.id

    @property
    def name(self) -> str | None:
        """The name of the step."""
        return self._fields.name

    @property
    def action(self) -> str | None:
        """The atomic action, such as ``hwc:runbook:suspend@1.0.0``."""
        return self._fields.action

    @property
    def status(self) -> str | None:
        """The state, such as ``Pending`` or ``Succeed``; an open set, the vendor lists none."""
        return self._fields.status

    @property
    def message(self) -> str | None:
        """What the step reported."""
        return self._fields.message

    @property
    def started_at(self) -> datetime | None:
        """When it started (UTC), from milliseconds since 1970.

        None for 0 or less, which is no time yet, and for what no datetime can hold.
        """
        return _utc(self._fields.start_time)

    @property
    def ended_at(self) -> datetime | None:
        """When it ended (UTC), as `started_at`."""
        return _utc(self._fields.end_time)

    @property
    def duration(self) -> timedelta | None:
        """From start to end; None unless both are known."""
        start, end = self.started_at, self.ended_at
        return None if start is None or end is None else end - start

    @property
    def is_finished(self) -> bool:
        """Whether it is over, by its status: see `FINISHED_STATUSES` and `OPEN_STATUSES`.

        A step of any other status, or of none, is over when it has an end.
        """
        status = self.status
        if status in FINISHED_STATUSES or status in OPEN_STATUSES:
            return status in FINISHED_STATUSES
        return self.ended_at is not None

    @property
    def is_failed(self) -> bool:
        """Whether its state is Failed, Canceled or Timeout."""
        return self.status in FAILED_STATUSES

    @property
    def inputs(self) -> Mapping[str, str | None]:
        """What the step was given, by key; of a key that comes twice, the last."""
        raw = self._fields.inputs
        try:
            found = decode_parameters(raw) or ()
        except (msgspec.DecodeError, TypeError):
            found = convert_nested(raw, "inputs", self._place) or ()
        return {each.key: each.value for each in found if each.key is not None}

    @property
    def outputs(self) -> Mapping[str, str | None]:
        """What the step gave back, by key; of a key that comes twice, the last."""
        raw = self._fields.outputs
        try:
            found = decode_parameters(raw) or ()
        except (msgspec.DecodeError, TypeError):
            found = convert_nested(raw, "outputs", self._place) or ()
        return {each.key: each.value for each in found if each.key is not None}

    @property
    def properties(self) -> Mapping[str, str | None]:
        """Further attributes, such as ``fixed_ip``."""
        raw = self._fields.properties
        try:
            return decode_properties(raw) or {}
        except (msgspec.DecodeError, TypeError):
            return convert_nested(raw, "properties", self._place) or {}

    @property
    def raw(self) -> ExecutionStep:
        """The generated object, with everything that the server sent."""
        data = self._body.raw.data
        if not isinstance(data, list):  # pragma: no cover - a step comes from a list
            raise TypeError("the page of this step has no steps")
        return data[self._place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Step) and (
            self._fields == other._fields or self._values() == other._values()
        )

    def __hash__(self) -> int:
        return hash(self.id)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self._body.steps[self._place],)

    def __repr__(self) -> str:
        shown = (f"{name}={_shown(self, name)}" for name in ("id", "name", "status", "message"))
        return f"Step({', '.join(shown)})"

    def _values(self) -> dict[str, Any]:
        values = json.loads(self._body.steps[self._place])
        return {name: values.get(name) for name in TYPES}


def _restore(step: bytes) -> Step:
    """Return a step from its JSON, in another process."""
    content = b'{"data":[%s]}' % step
    return Step((decode(content).data or [])[0], Body(content), 0)


@dataclass(frozen=True, slots=True)
class StepChange:
    """What a watch saw of a step.

    Attributes:
        step: The step as it is now.
        kind: ``appeared``: it is seen for the first time. ``finished``: it is finished and was
            not, when it was last seen. ``changed``: it has another status, or is not finished
            any more.
        previous_status: The status before; None also where the step was not seen before.
    """

    step: Step
    kind: Literal["appeared", "changed", "finished"]
    previous_status: str | None


class StepPage:
    """A page of steps.

    Attributes:
        steps: The steps of the page, in the server's order; in an iteration, the new ones.
        total: How many steps there are (count), or None if the server did not say.
        offset: Where the page starts (count of steps before it).
        request_id: The vendor's id of the request, if the answer had one.
    """

    __slots__ = ("_body", "offset", "request_id", "steps", "total")

    def __init__(
        self,
        steps: Sequence[Step],
        body: Body,
        *,
        total: int | None,
        offset: int,
        request_id: str | None,
    ) -> None:
        self.steps: Sequence[Step] = steps
        self.total: int | None = total
        self.offset: int = offset
        self.request_id: str | None = request_id
        self._body = body

    @property
    def raw(self) -> ListExecutionStepsResponse:
        """The generated object, with everything that the server sent."""
        return self._body.raw

    def with_steps(self, steps: Sequence[Step]) -> StepPage:
        """Return the same page with some of its steps."""
        return StepPage(
            steps, self._body, total=self.total, offset=self.offset, request_id=self.request_id
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StepPage) and all(
            getattr(self, name) == getattr(other, name)
            for name in ("steps", "total", "offset", "request_id")
        )

    __hash__ = None  # type: ignore[assignment] # like a list of steps

    def __repr__(self) -> str:
        return f"StepPage(offset={self.offset}, steps={len(self.steps)}, total={self.total})"


def _utc(milliseconds: int | None) -> datetime | None:
    if milliseconds is None or milliseconds <= 0:
        return None
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def _shown(step: Step, name: str) -> str:
    try:
        value = getattr(step, name)
    except ResponseFormatError:
        return "?"
    if isinstance(value, str) and len(value) > _SHOWN:
        return f"{value[:_SHOWN]!r}..."
    return repr(value)
