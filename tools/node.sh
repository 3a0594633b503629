#!/usr/bin/env bash
# usage: tools/node.sh WHAT TOOL [ARGUMENT]...
# Runs a tool that package-lock.json pins. Where Node is missing it says that WHAT was skipped and
# succeeds, so that everything else can be worked on without Node; under CI it fails instead.
set -euo pipefail
cd "$(dirname "$0")/.."
what=$1
shift

fits='const [major, minor] = process.versions.node.split(".").map(Number);
process.exit(major >= 22 || (major === 20 && minor >= 19) ? 0 : 1)'
if ! { command -v npm && node -e "$fits"; } >/dev/null 2>&1; then
    echo "SKIPPED: $what, which needs Node 20.19 or 22.12, or later, and npm" >&2
    [ "${CI:-}" != true ] || { echo "CI must not skip it" >&2; exit 1; }
    exit 0
fi

# npm removes the folder, and with it the stamp, before it installs.
stamp=node_modules/.installed
if [ ! -e "$stamp" ] || [ package-lock.json -nt "$stamp" ]; then
    echo "Installing the Node tools (package-lock.json)"
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    touch "$stamp"
fi
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
exec "node_modules/.bin/$1" "${@:2}"
