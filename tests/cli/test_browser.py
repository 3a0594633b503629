"""The page of ``coc-steps show --output html`` in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from coc_steps.cli._page.page import make_page

from .browser import Browser, find_browser
from .made import NOON, facts_of, step

if TYPE_CHECKING:
    from pathlib import Path

_HOSTILE = (
    '"><img src=http://other.example/x onerror="top.pwned=1"><script>top.pwned=1</script>',
    "</script><script>top.pwned=1</script></style><style>@import url(http://other.example/y);",
    "javascript:top.pwned=1//\u202e\x1b[2J\u2028<!--",
)


@pytest.fixture
def browser() -> Browser:
    path = find_browser()
    if path is None:
        pytest.skip("no browser: install Chromium (Debian: apt-get install chromium)")
    return Browser(path)


def page_of(*data: dict[str, Any]) -> str:
    return make_page("T", facts_of(*data, now=NOON + 600_000))


PAGE = page_of(
    step("a", begin=0, end=2, inputs=[{"key": "path", "value": "/var/log"}]),
    step("b", "Failed", begin=2, end=3, message="disk full"),
    step("c", "Failed", begin=3, end=9, message="disk full", name="zebra"),
    step("d", "Running", begin=5),
    step("e", "Pending"),
    step("f", action="hwc:runbook:suspend@1.0.0", begin=9, end=10),
)
_SHOWN = "all('.step').filter((step) => !step.hidden).map((step) => step.id).join()"
_TYPE = """
  const search = page.querySelector("input[type=search]");
  const type = (text) => { search.value = text; search.dispatchEvent(new frame.Event("input")); };
"""


def test_it_asks_nobody(browser: Browser) -> None:
    assert browser.evaluate(PAGE, "return page.title;") == "T: execution steps"
    assert browser.requests == ["/harness", "/page"]


def test_its_style_and_script_are_not_blocked(browser: Browser) -> None:
    script = """return [page.querySelector("output").value,
      frame.getComputedStyle(page.querySelector(".row")).display,
      page.querySelector(".controls").hidden];"""
    assert browser.evaluate(PAGE, script) == ["6 of 6 shown", "grid", False]


_FILTERED = {
    ("", ""): "s0,s1,s2,s3,s4,s5",
    ("Failed", ""): "s1,s2",
    ("Failed Pending", ""): "s1,s2,s4",
    ("", "DISK  full"): "s1,s2",
    ("", "/var/log"): "s0",
    ("Failed", "zebra"): "s2",
    ("Pending", "zebra"): "",
}


def test_filters(browser: Browser) -> None:
    script = f"""{_TYPE}
      return {[[each.split(), text] for each, text in _FILTERED]}.map(([statuses, text]) => {{
        for (const chip of all(".chip input"))
          if (chip.checked !== statuses.includes(chip.value)) chip.click();
        type(text);
        return {_SHOWN};
      }});"""
    assert browser.evaluate(PAGE, script) == [*_FILTERED.values()]


def test_orders(browser: Browser) -> None:
    script = f"""const select = page.querySelector("select");
      return ["start", "duration", "failed", "list"].map((order) => {{
        select.value = order;
        select.dispatchEvent(new frame.Event("change"));
        return {_SHOWN};
      }});"""
    assert browser.evaluate(PAGE, script) == [
        "s0,s1,s2,s3,s5,s4",
        "s2,s3,s0,s1,s5,s4",
        "s1,s2,s0,s3,s4,s5",
        "s0,s1,s2,s3,s4,s5",
    ]


def test_a_link_to_a_step_opens_it_though_it_is_filtered(browser: Browser) -> None:
    script = f"""{_TYPE} type("/var");
      const moved = new Promise((go) => frame.addEventListener("hashchange", go));
      all(".links a")[1].click(); await moved;
      return [page.querySelector("#s2").open, {_SHOWN}];"""
    assert browser.evaluate(PAGE, script) == [True, "s0,s1,s2,s3,s4,s5"]


def test_a_page_can_be_opened_at_a_step(browser: Browser) -> None:
    script = "return all('.step[open]').map((step) => step.id);"
    assert browser.evaluate(PAGE, script, fragment="s3") == ["s3"]


def test_bars_lie_where_steps_ran(browser: Browser) -> None:
    script = """return all(".step .bar rect").map((each) => {
      const bar = each.getBoundingClientRect(), axis = each.ownerSVGElement.getBoundingClientRect();
      return [bar.left - axis.left, bar.width].map((x) => Math.round(10 * x / axis.width));
    });"""
    assert browser.evaluate(PAGE, script) == [[0, 2], [2, 1], [3, 6], [5, 5], [9, 1]]


def test_no_width_is_too_small(browser: Browser) -> None:
    long = page_of(step("a" * 200, "Failed", name="步" * 200, message="m" * 400, begin=0, end=1))
    widths = [320, 400, 800, 1_200, 2_000]
    script = f"""page.querySelector("#open").click();
      return {widths}.map((width) => {{
        box.style.width = `${{width}}px`;
        return page.documentElement.scrollWidth;
      }});"""
    assert browser.evaluate(long, script) == widths


@pytest.mark.parametrize("dark", [False, True])
def test_light_and_dark(browser: Browser, dark: bool) -> None:
    script = "return frame.getComputedStyle(page.body).backgroundColor;"
    colours = {False: "rgb(255, 255, 255)", True: "rgb(13, 17, 23)"}
    assert browser.evaluate(PAGE, script, dark=dark) == colours[dark]


def test_hostile_texts_are_texts(browser: Browser) -> None:
    fields = ("name", "status", "message", "execution_step_id", "action")
    data = [
        step(f"s{place}", "Failed", begin=0, end=1)
        | dict.fromkeys(fields, text)
        | {"inputs": [{"key": text, "value": text}], "properties": {text: text}, text: text}
        for place, text in enumerate(_HOSTILE)
    ]
    failed = [step("s", "Failed", begin=0, end=1, name=text, message=text) for text in _HOSTILE]
    script = """page.querySelector("#open").click();
      return [top.pwned ?? null, all("img").length, all("body script").length,
        all("style").length, all("a").every((each) => /^#s\\d+$/.test(each.getAttribute("href"))),
        all(".step").length, page.body.textContent.includes("onerror=")];"""
    page = make_page(_HOSTILE[0], facts_of(*data, *failed))
    assert browser.evaluate(page, script) == [None, 0, 1, 1, True, 6, True]
    assert set(browser.requests) == {"/harness", "/page"}


def test_2500_steps_open_at_once(browser: Browser) -> None:
    many = page_of(*(step(f"s{place}", begin=place, end=place + 1) for place in range(2_500)))
    script = """page.querySelector("#open").click();
      return [all(".step[open]").length, page.querySelector("output").value];"""
    assert browser.evaluate(many, script) == [2_500, "2,500 of 2,500 shown"]


def test_it_can_be_printed(browser: Browser, tmp_path: Path) -> None:
    browser.print(PAGE, tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")


def test_a_ticket_without_steps(browser: Browser) -> None:
    assert browser.evaluate(page_of(), "return page.querySelector('h1').textContent;") == (
        "T no steps yet"
    )
