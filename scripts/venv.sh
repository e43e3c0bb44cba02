#!/bin/sh
# venv.sh LOCKFILE: the virtual environment "$VENV" holds exactly what LOCKFILE locks.
# Does nothing when the environment was made from the same lock file before.
set -eu
venv=${VENV:-.venv}
lock=$1
stamp="$venv/.made-from-$(basename "$lock")"
want=$(cksum < "$lock")
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && "$venv/bin/python" -c '' 2>/dev/null; then
    exit 0
fi

find_python() {
    for name in ${PYTHON:-python3.11 python3 python3.13 python3.12 python}; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return 0
        fi
    done
    echo "Python 3.11 or newer was not found; name it with PYTHON=…" >&2
    return 1
}

make_environment() {
    # A half-made or moved environment is made anew. --clear empties the directory only.
    "$python" -m venv --clear "$venv"
}

if ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    python=$(find_python)
    echo "Making $venv with $("$python" --version)"
    if ! make_environment; then
        # Debian keeps the venv module in a package of its own.
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            apt-get update -qq
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv
            make_environment
        else
            echo "The venv module is missing; on Debian: apt-get install python3-venv" >&2
            exit 1
        fi
    fi
fi
echo "Installing $lock into $venv"
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input \
    --root-user-action=ignore --require-hashes -r "$lock"
echo "$want" > "$stamp"
# The lock file of the tests contains that of the portal.
if [ "$lock" = requirements-dev.txt ]; then
    cksum < requirements.txt > "$venv/.made-from-requirements.txt"
fi
