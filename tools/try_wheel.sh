#!/usr/bin/env bash
# usage: tools/try_wheel.sh PYTHON
# Installs the wheel of dist/ as people do, away from the source, and tries it with a Python:
# 1. without extras: the library can be imported, and the command names its extra;
# 2. with all extras and nothing else: the commands work on the mock;
# 3. with the pinned development dependencies: the tests of the source distribution pass. wrapper/
#    and generated/ are taken away first, and the tests marked `source`, which read them, left out.
set -euo pipefail
cd "$(dirname "$0")/.."
home=$PWD
python=$1
wheel=$(echo "$home"/dist/*.whl)
unset "${!COC_@}" "${!HUAWEICLOUD_@}" PYTHONPATH VIRTUAL_ENV
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

install() { # NAME WHAT...: into an environment of that name
    [ -e "$folder/$1" ] || "$python" -m venv "$folder/$1"
    "$folder/$1/bin/python" -m pip install --quiet --disable-pip-version-check "${@:2}"
    "$folder/$1/bin/python" -m pip check
}

cd "$folder"
echo "-- $("$python" --version), without extras"
install bare "$wheel"
bare/bin/python -c "import coc_steps, coc_steps_api"
hint="coc-steps: the command needs its extra: pip install 'coc-steps[cli]'"
said=$(bare/bin/coc-steps list EX 2>&1) && code=0 || code=$?
[ "$code: $said" = "2: $hint" ] || { echo "not the hint, but: $code: $said" >&2; exit 1; }

echo "-- with all extras: the commands on the mock"
install all "$wheel[all]"
all/bin/python "$home/tools/demo.py"
all/bin/coc-steps watch --help >/dev/null

echo "-- the tests, without the source"
install tests --require-hashes -r "$home/requirements-dev.txt"
install tests "$wheel[all]"
mkdir source
tar -xzf "$home"/dist/*.tar.gz -C source --strip-components 1
rm -r source/wrapper source/generated
tests/bin/python -m pytest --rootdir source -c source/pyproject.toml -q --numprocesses auto \
    -m "not source and not rehearsal and not exhaustive" source/tests
