"""`tools/mutation.py`: what it makes of mutmut's words, and of the list."""

from __future__ import annotations

import pytest
from mutation import LIST, PATHS, ROOT, listed, parse_mutant

TEXT = '''
[[mutant]]
function = "_signer._encode"
change = """
-    b()
+    None
"""
reason = "b does nothing"
'''
DIFF = """# coc_steps._paging.xǁWalkǁtake__mutmut_3: survived
--- src/coc_steps/_paging.py
+++ src/coc_steps/_paging.py
@@ -7,3 +7,3 @@
     before = 1
-    a = -1
+    a = +1
     --after
"""


def test_the_list_is_read_for_the_modules_at_hand() -> None:
    assert listed(TEXT, ["_paging", "_signer"]) == {("_signer._encode", "-    b()\n+    None")}
    assert listed(TEXT, ["_paging"]) == set()


def test_a_reason_is_demanded() -> None:
    with pytest.raises(ValueError, match=r"_signer\._encode: a mutant without a reason"):
        listed(TEXT.replace("b does nothing", " "), ["_signer"])


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("coc_steps._paging.xǁWalkǁtake__mutmut_3", "_paging.Walk.take"),
        ("coc_steps._paging.xǁWalkǁ__init____mutmut_41", "_paging.Walk.__init__"),
        ("coc_steps._signer.x__encode__mutmut_5", "_signer._encode"),
        ("coc_steps._huawei.signer.x__encode__mutmut_5", "_huawei.signer._encode"),
    ],
)
def test_a_mutant_does_not_depend_on_the_lines_around_it(name: str, function: str) -> None:
    assert parse_mutant(name, DIFF) == (function, "-    a = -1\n+    a = +1")


@pytest.mark.source
def test_the_committed_list_names_functions_that_are_there() -> None:
    for place, change in listed(LIST.read_text("utf-8"), list(PATHS)):
        (path,) = (path for module, path in PATHS.items() if place.startswith(f"{module}."))
        source = (ROOT / path.replace("src/", "wrapper/")).read_text("utf-8")
        assert f"def {place.rpartition('.')[2]}(" in source
        lines = [line[1:].strip() for line in change.splitlines() if line[0] == "-"]
        assert lines
        assert [line for line in lines if line not in source] == []
