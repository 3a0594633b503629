#!/usr/bin/env bash
# usage: tools/audit.sh LOCK_FILE...
# Looks for known vulnerabilities of what is pinned. Exit code 0: there is none. 1: there are some,
# which it lists. 2: no answer for at least one package, and so none at all, mostly for want of a
# network: pip-audit itself does not tell this from a vulnerability, or even from a clean result.
set -euo pipefail
cd "$(dirname "$0")/.."
options=(--strict --disable-pip --require-hashes --progress-spinner off)
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
worst=0
for file in "$@"; do
    if found=$(.venv/bin/pip-audit "${options[@]}" --requirement "$file" 2>"$errors"); then
        echo "$file: no known vulnerability"
    elif [ -n "$found" ]; then
        printf '%s:\n%s\n' "$file" "$found"
        [ "$worst" = 2 ] || worst=1
    else
        echo "NOT AUDITED: $file: $(tail -n 1 "$errors")" >&2
        worst=2
    fi
done
exit "$worst"
