"""Steps made from a seed: plausible, varied, and the same every time."""

from __future__ import annotations

import json
import random
import string
from datetime import UTC, datetime, timedelta
from types import NoneType, UnionType
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

import msgspec

from coc_steps._steps.fields import TYPES

Step: TypeAlias = dict[str, Any]
"""A step as it goes over the wire."""

RUNNING_SIZE = 23
"""The size of the default ticket that is still running."""

EXAMPLE = "EX20250624161701019xxxx"
"""The execution id that openapi.yaml shows: what is sent from its examples is answered."""

_SIZES = (0, 1, RUNNING_SIZE, 250, 2500)
_EXAMPLE_SIZE = 1
_TIMEOUT = timedelta(seconds=300)
"""After how long a step times out; all others are done by then."""
_EPOCH = datetime(2025, 6, 24, 16, 17, 1, 19_000, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_ALPHABET = string.ascii_lowercase + string.digits

_WORK = (
    ("hwc:runbook:scripts@1.0.0", "run script"),
    ("hwc:runbook:scripts@1.0.0", "检查磁盘空间"),
    ("hwc:runbook:executeAPI@1.0.0", "query instances"),
    ("hwc:runbook:executeAPI@1.0.0", "重启云服务器 (rolling)"),
    ("hwc:runbook:executeAPI@1.0.0", "detach volume"),
    ("hwc:runbook:suspend@1.0.0", "pause"),
    ("hwc:runbook:suspend@1.0.0", "等待审批"),
)
_STATUSES = ("Succeed", "Failed", "Timeout", "Canceled")
_WEIGHTS = (90, 4, 3, 3)
_MESSAGES = {
    "Failed": (
        "ssh: connect to host 192.0.2.17 port 22: Connection refused",
        "脚本执行失败: exit code 1\nstderr: disk full",
        'the API answered 409 {"error_code": "Ecs.0704"}',
    ),
    "Timeout": (f"no result within {_TIMEOUT.seconds} s",),
    "Canceled": ("canceled by the operator", None),
    "Succeed": (None, None, None, "", "ok", "完成 ✅"),
}


def _make_up(name: str, hint: Any) -> Any:
    """Return a value of a type, which may be nested."""
    arms = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    kind = next(each for each in arms if each is not NoneType)
    if get_origin(kind) is list:
        return [_make_up(name, *get_args(kind))]
    if get_origin(kind) is dict:
        return {name: _make_up(name, get_args(kind)[1])}
    if issubclass(kind, msgspec.Struct):
        return {each: _make_up(each, inner) for each, inner in get_type_hints(kind).items()}
    return kind(1) if issubclass(kind, int | float) else name


_TOLD = ("id", "execution_step_id", "action", "name", "start_time", "end_time", "status", "message")
_UNTOLD: Step = {
    name: _make_up(name, hint)
    for name, hint in TYPES.items()
    if name not in (*_TOLD, "inputs", "outputs", "properties")
}
"""A value for each field that the description gained, and that has no part in the story yet."""


class Maker:
    """A maker of tickets, which never gives two steps the same id.

    Args:
        seed: The same seed makes the same tickets.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._taken: set[str] = set()

    def default_tickets(self) -> dict[str, int]:
        """Return the execution ids of the default tickets and their numbers of steps."""
        rng = self._rng("executions")
        made = {size: _execution_id(rng, _EPOCH + timedelta(hours=size)) for size in _SIZES}
        return {name: size for size, name in (made | {_EXAMPLE_SIZE: EXAMPLE}).items()}

    def steps(self, execution_id: str, count: int) -> list[Step]:
        """Make the steps of a ticket as they are when it has ended."""
        rng = self._rng(execution_id)
        number = _first_record(rng, count)
        start = _EPOCH + timedelta(seconds=rng.randrange(10**7))
        steps: list[Step] = []
        for index in range(count):
            steps.append(self._step(rng, number + index, start, _duration(rng)))
            start = _time(steps[-1]["end_time"]) + timedelta(milliseconds=rng.randrange(2000))
        return steps

    def _rng(self, purpose: str) -> random.Random:
        return random.Random(f"{self._seed} {purpose}")  # noqa: S311 - must be repeatable

    def _step(self, rng: random.Random, number: int, start: datetime, duration: timedelta) -> Step:
        action, name = rng.choice(_WORK)
        status = rng.choices(_STATUSES, _WEIGHTS)[0]
        end = start + duration + (_TIMEOUT if status == "Timeout" else timedelta())
        step: Step = _UNTOLD | {
            "id": number,
            "execution_step_id": self._step_id(rng, start),
            "action": action,
            "name": name,
            "start_time": _milliseconds(start),
            "end_time": _milliseconds(end),
            "status": status,
            "message": rng.choice(_MESSAGES[status]),
            "inputs": _inputs(rng, action),
            "outputs": _outputs(rng, action, status),
        }
        # The vendor's example, a suspended step, has no properties.
        return step if "suspend" in action else step | {"properties": _properties(rng)}

    def _step_id(self, rng: random.Random, start: datetime) -> str:
        while True:
            step_id = f"EXS{start:%Y%m%d%H%M%S}{_letters(rng, 6)}"
            if step_id not in self._taken:
                self._taken.add(step_id)
                return step_id


def _execution_id(rng: random.Random, hour: datetime) -> str:
    time = hour + timedelta(milliseconds=rng.randrange(3_600_000))
    return f"EX{time:%Y%m%d%H%M%S}{time.microsecond // 1000:03}{_letters(rng, 4)}"


def _first_record(rng: random.Random, count: int) -> int:
    # The numbers of large tickets are such as a double cannot hold, to catch clients that use one.
    return rng.randrange(10_000, 10**6) + (2**53 if count >= 100 else 0)


def _duration(rng: random.Random) -> timedelta:
    """Draw a duration: mostly short, sometimes none at all, sometimes minutes."""
    limit = _TIMEOUT // _MILLISECOND
    choices = (0, rng.randrange(1000), rng.randrange(60_000), rng.randrange(limit))
    return timedelta(milliseconds=rng.choice(choices))


def _inputs(rng: random.Random, action: str) -> list[dict[str, str | None]]:
    if "suspend" in action:
        return []
    if "scripts" in action:
        arguments = {
            "max_lines": rng.randrange(30, 600),
            "args": ["-v", "--path=/var/log"],
            "备注": "磁盘",
        }
        return _pairs(
            instance_id=f"i-{_letters(rng, 12)}", script_params=_json(arguments), user=None
        )
    body = {"server": {"id": _letters(rng, 12), "force": rng.random() < 0.5}}
    return _pairs(method="POST", uri="/v1/{project_id}/servers/action", body=_json(body))


def _outputs(rng: random.Random, action: str, status: str) -> list[dict[str, str | None]]:
    if "suspend" in action or status in ("Timeout", "Canceled"):
        return []
    result = {"job_id": _letters(rng, 16), "ok": status == "Succeed", "耗时": rng.randrange(1000)}
    return _pairs(
        result=_json(result), log=rng.choice(("", "done\n", "文件系统 使用率 83%\n", None))
    )


def _properties(rng: random.Random) -> dict[str, str | None]:
    zone = rng.choice(("cn-north-4a", "cn-north-4b", None))
    return {"fixed_ip": f"192.0.2.{rng.randrange(1, 255)}", "region_id": "cn-north-4", "zone": zone}


def _pairs(**values: str | None) -> list[dict[str, str | None]]:
    return [{"key": key, "value": value} for key, value in values.items()]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _letters(rng: random.Random, length: int) -> str:
    return "".join(rng.choices(_ALPHABET, k=length))


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + milliseconds * _MILLISECOND


def _milliseconds(time: datetime) -> int:
    return (time - datetime.fromtimestamp(0, UTC)) // _MILLISECOND
