"""Tickets of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vendor_example import STEP

from .registry import Variation, vary

if TYPE_CHECKING:
    from coc_steps.mock import Step

    from conformance.servers import Options

    from .registry import Class


def like(count: int, name: str) -> list[Step]:
    """Make steps like the vendor's example, with ids of a form: "job/{}"."""
    return [
        STEP | {"id": 1 + number, "execution_step_id": name.format(number)}
        for number in range(count)
    ]


def ticket(name: str, why: str, options: Options, *tolerated: Class) -> None:
    vary(Variation(name, "tickets", why, options, frozenset(tolerated)))


ticket("only-empty-tickets", "A ticket may have no steps.", {"tickets": {"EX1": 0, "EX2": 0}})
ticket("only-single-steps", "A ticket may have one step.", {"tickets": {"EX1": 1, "EX2": 1}})
ticket("vendors-example", "It is the page's example.", {"tickets": {"EX1": [STEP]}})
ticket(
    "ids-with-signs", "No form of ids is promised.", {"tickets": {"EX1": like(30, "job/{} ü&=+%,")}}
)
ticket(
    "ids-look-encoded",
    "No form of ids is promised.",
    {"tickets": {"EX%201%2Fa": like(30, "EXS%2F{}%"), "EX%25": like(3, "%41{}")}},
)
ticket("ids-are-numbers", "No form of ids is promised.", {"tickets": {"EX1": like(30, "{}")}})
ticket(
    "ids-begin-with-each-other",
    "No form of ids is promised.",
    {"tickets": {"EX1": like(12, "a{}") + like(12, "A{}") + like(1, "a")}},
)
ticket("ticket-id-of-any-form", "No form of ids is promised.", {"tickets": {"变更/1 ü": 23}})
ticket(
    "all-steps-alike",
    "Steps may differ by their ids only.",
    {"tickets": {"EX1": like(40, "EXS{:020}")}},
)
ticket(
    "record-ids-of-a-clock",
    "Ids of a clock, a machine and a counter that is at zero are even, all of them.",
    {
        "tickets": {
            "EX1": [
                step | {"id": (2**40 + number) << 22 | 5 << 12}
                for number, step in enumerate(like(40, "EXS{:020}"))
            ]
        }
    },
)
ticket("small-tickets", "Tickets may be shorter than a page.", {"tickets": {"EX1": 2, "EX2": 3}})
ticket("longer-than-is-read", "A ticket may be of any length.", {"tickets": {"EX1": 3500}})
ticket(
    "longer-than-is-read-capped",
    "A ticket may be of any length, and its pages capped.",
    {"tickets": {"EX1": 3500}, "page_cap": 100},
)
ticket("as-long-as-a-page", "A ticket may fill its page.", {"tickets": {"EX1": 10, "EX2": 100}})
ticket("goes-on-meanwhile", "A running ticket changes.", {"live": True})
ticket(
    "grows-meanwhile",
    "A running ticket gets new steps.",
    {"live": True, "tickets": {"EX1": 60, "EX2": 8}},
)
ticket(
    "smallest-and-largest-numbers",
    "A Long may have any value.",
    {
        "tickets": {
            "EX1": [
                STEP | {"id": 2**63 - 1, "execution_step_id": "a", "start_time": 2**63 - 1},
                STEP | {"id": -(2**63), "execution_step_id": "b", "start_time": 0, "end_time": 0},
            ]
        }
    },
    "expectation",
)
