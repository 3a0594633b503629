"""`tools/mutation.py`: what it makes of mutmut's words, and of the list."""

from __future__ import annotations

import pytest
from mutation import (
    LIST,
    ROOT,
    TESTS,
    Mutant,
    differences,
    listed,
    parse_mutant,
    parse_results,
)

ONE = Mutant("_paging.Walk.take", "-    a = 1\n+    a = 2")
OTHER = Mutant("_signer._encode", "-    b()\n+    None")
TEXT = '''
[[mutant]]
function = "_paging.Walk.take"
change = """
-    a = 1
+    a = 2
"""
reason = "nobody reads a"

[[mutant]]
function = "_signer._encode"
change = """
-    b()
+    None
"""
reason = "b does nothing"
'''
DIFF = """# coc_steps._paging.walk.xǁWalkǁtake__mutmut_3: survived
--- src/coc_steps/_paging.py
+++ src/coc_steps/_paging.py
@@ -7,3 +7,3 @@
     before = 1
-    a = -1
+    a = +1
     --after
"""


def test_the_list_is_read_for_the_modules_at_hand() -> None:
    assert listed(TEXT, ["_paging", "_signer"]) == {ONE, OTHER}
    assert listed(TEXT, ["_signer"]) == {OTHER}
    assert listed("", ["_signer"]) == set()


def test_a_reason_is_demanded() -> None:
    with pytest.raises(ValueError, match=r"_signer\._encode: a mutant without a reason"):
        listed(TEXT.replace("b does nothing", " "), ["_signer"])


def test_a_list_that_says_what_survived_is_fine() -> None:
    assert differences({ONE, OTHER}, {ONE, OTHER}) == []


def test_survivors_that_are_not_listed_and_the_reverse_are_named() -> None:
    assert differences({ONE}, {OTHER}) == [
        "no test notices: _paging.Walk.take\n-    a = 1\n+    a = 2",
        "listed, but noticed or gone: _signer._encode\n-    b()\n+    None",
    ]


def test_results_are_read_by_name() -> None:
    text = "noise\n    coc_steps._huawei.signature.x__encode__mutmut_12: caught by type check\n"
    assert parse_results(text) == {
        "coc_steps._huawei.signature.x__encode__mutmut_12": "caught by type check"
    }


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("coc_steps._paging.walk.xǁWalkǁtake__mutmut_3", "_paging.Walk.take"),
        ("coc_steps._paging.walk.xǁ_Proofǁmeet__mutmut_1", "_paging._Proof.meet"),
        ("coc_steps._paging.walk.xǁWalkǁ__init____mutmut_41", "_paging.Walk.__init__"),
        ("coc_steps._huawei.signature.x__encode__mutmut_5", "_signer._encode"),
        ("coc_steps._steps.response.x_read_page__mutmut_1", "_responses.read_page"),
    ],
)
def test_a_mutant_does_not_depend_on_the_lines_around_it(name: str, function: str) -> None:
    assert parse_mutant(name, DIFF) == Mutant(function, "-    a = -1\n+    a = +1")


@pytest.mark.source
def test_the_committed_list_names_functions_that_are_there() -> None:
    for mutant in listed(LIST.read_text("utf-8"), list(TESTS)):
        module, function = mutant.function.split(".", 1)
        source = (ROOT / "wrapper" / "coc_steps" / f"{module}.py").read_text("utf-8")
        assert f"def {function.rpartition('.')[2]}(" in source
        lines = [line[1:].strip() for line in mutant.change.splitlines() if line[0] == "-"]
        assert lines
        assert [line for line in lines if line not in source] == []
