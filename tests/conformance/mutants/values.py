"""Steps whose values are not what the page says they are."""

from __future__ import annotations

from datetime import UTC, datetime

from coc_steps.mock import Service, Step

from .registry import breaks

LONG = "`start_time` and `end_time` are Longs, in milliseconds."
TEXT = "`name`, `action`, `status` and `message` are Strings."


class Rewritten(Service):
    """Sends other values in its steps."""

    def render_step(self, step: Step) -> Step:
        return super().render_step(step) | self.instead(step)

    def instead(self, step: Step) -> Step:
        """Return the values that replace those of a step."""
        raise NotImplementedError


@breaks(LONG)
class TimesInSeconds(Rewritten):
    def instead(self, step: Step) -> Step:
        return {key: step[key] and step[key] // 1000 for key in ("start_time", "end_time")}


@breaks(LONG)
class TimesAsText(Rewritten):
    def instead(self, step: Step) -> Step:
        start = step["start_time"]
        return {"start_time": start and datetime.fromtimestamp(start / 1000, UTC).isoformat()}


@breaks(LONG)
class TimesAsDigits(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"end_time": step["end_time"] and str(step["end_time"])}


@breaks(LONG)
class TimesWithFractions(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"start_time": step["start_time"] and step["start_time"] + 0.25}


@breaks(LONG)
class NoTimeIsEmptyText(Rewritten):
    def instead(self, step: Step) -> Step:
        return {key: step[key] or "" for key in ("start_time", "end_time")}


@breaks("A step does not end before it starts.")
class NoEndIsZero(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"end_time": step["end_time"] or 0}


@breaks("A step does not end before it starts.")
class FailedStepsEndBeforeTheyStart(Rewritten):
    def instead(self, step: Step) -> Step:
        if step["status"] == "Succeed":
            return {}
        return {"start_time": step["end_time"], "end_time": step["start_time"]}


@breaks("A Long goes out exactly, beyond 2^53, too.")
class RecordIdAsDouble(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"id": int(float(step["id"]))}


@breaks("`id` is a number, as in the page's example.")
class RecordIdAsText(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"id": str(step["id"])}


@breaks("A Long ends at 2^63-1.")
class RecordIdBeyondLong(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"id": step["id"] + 2**63}


@breaks(TEXT)
class StatusAsNumber(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"status": len(step["status"])}


@breaks("A step has a status, in any state.")
class PendingIsNull(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"status": None if step["status"] in ("Pending", "Timeout") else step["status"]}


@breaks("A step has a name.")
class ApprovalsHaveNoName(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"name": None if "suspend" in step["action"] else step["name"]}


@breaks("A step has an action.")
class NoAction(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"action": None}


@breaks(TEXT)
class ActionAsObject(Rewritten):
    def instead(self, step: Step) -> Step:
        name, _, version = step["action"].partition("@")
        return {"action": {"name": name, "version": version}}


@breaks(TEXT)
class MessageAsList(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"message": (step["message"] or "").splitlines()}


@breaks("Text goes out whole.", undetectable="Only who knows the names sees that they are short.")
class NamesCutShort(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"name": step["name"][:6]}


@breaks("Text goes out whole.", undetectable="A question mark may stand in any text.")
class QuestionMarksForOtherLetters(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"name": step["name"].encode("ascii", "replace").decode()}


@breaks("A Long goes out exactly.")
class TimesIn31Bits(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"end_time": step["end_time"] and step["end_time"] & 0x7FFFFFFF}


@breaks("`end_time` is when a step ended.")
class EndIsDuration(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"end_time": step["end_time"] and step["end_time"] - step["start_time"]}
