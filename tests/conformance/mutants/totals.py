"""Totals that do not say how many steps there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coc_steps.mock import Service

from conformance.servers import EditedBody

from .registry import breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Query, Step

COUNT = "`total` is the number of steps that there are, or that match."
SAME = "`total` does not depend on the window."
LONG = "`total` is a Long."
PRESENT = "A success has a `total`."


class Recounted(EditedBody):
    """Says another total."""

    def body(self, body: dict[str, Any], query: Query) -> object:
        return body | {"total": self.total(body["total"], len(body["data"]), query)}

    def total(self, total: int, size: int, query: Query) -> object:
        """Return the total that goes out, from the honest one and the size of the page."""
        raise NotImplementedError


@breaks(SAME)
class TotalIsPageSize(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return size


@breaks(COUNT)
class TotalOneTooMany(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return total + 1


@breaks(COUNT)
class TotalOneTooFew(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return max(total - 1, 0)


@breaks("`total` counts steps, not pages.")
class TotalIsPages(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return -(-total // query.limit)


@breaks(SAME)
class TotalIsWhatIsLeft(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return max(total - query.offset, 0)


@breaks(SAME)
class TotalIsWhatWasRead(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return min(query.offset + size, total)


@breaks(SAME)
class TotalSaysWhetherThereIsMore(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return min(total, query.offset + query.limit + 1)


@breaks(SAME)
class TotalZeroBehindTheEnd(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return total if size else 0


@breaks(SAME)
class TotalAtLeastOffset(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return max(total, query.offset)


@breaks(COUNT)
class TotalRoundedToPages(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return -(-total // query.limit) * query.limit


@breaks(COUNT)
class TotalStopsAtAHundred(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return min(total, 100)


@breaks(COUNT)
class TotalOfFilterIsIdsAsked(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return total if query.step_ids is None else len(query.step_ids)


@breaks(SAME)
class TotalOfFilterIsPageSize(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return total if query.step_ids is None else size


@breaks(LONG)
class TotalAsText(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return str(total)


@breaks(LONG)
class TotalAsFloat(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return float(total)


@breaks(LONG)
class TotalUnsigned(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return total if size else 2**64 - 1


@breaks("`total` is a count: it is not negative.")
class TotalUnknownIsMinusOne(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return total if query.step_ids is None else -1


@breaks(PRESENT)
class TotalNull(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return None


@breaks(PRESENT)
class TotalMissing(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return {"data": body["data"]}


@breaks(PRESENT)
class TotalOnFirstPageOnly(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return {"data": body["data"]} if query.offset else body


@breaks(PRESENT)
class TotalMissingWhenZero(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return body if body["total"] else {"data": body["data"]}


@breaks("`total` is called so.")
class TotalRenamed(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return {"data": body["data"], "total_count": body["total"]}


@breaks("`total` of a filter counts the steps that match.")
class TotalIgnoresFilter(Service):
    def render(self, page: Sequence[Step], total: int) -> dict[str, Any]:
        return super().render(page, self.everything)

    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        self.everything = len(steps)
        return super().matching(steps, query)


@breaks(COUNT)
class TotalCountsSuccesses(Service):
    def render(self, page: Sequence[Step], total: int) -> dict[str, Any]:
        return super().render(page, self.successes)

    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        found = super().matching(steps, query)
        self.successes = sum(step["status"] == "Succeed" for step in found)
        return found


@breaks(COUNT)
class TotalIsEven(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return total + total % 2


@breaks(SAME)
class TotalOfASingleStep(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return min(total, 1) if query.limit == 1 else total


@breaks(SAME)
class TotalNullBehindTheEnd(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return None if query.offset >= total else total


@breaks(LONG)
class TotalZeroAsText(Recounted):
    def total(self, total: int, size: int, query: Query) -> object:
        return total or "0"
