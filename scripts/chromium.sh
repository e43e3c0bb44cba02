#!/bin/sh
# chromium.sh: prints the path of a Chromium to test with, installing one where that is possible.
# Prints nothing, and the reason on standard error, when there is none.
set -u
venv=${VENV:-.venv}
npm_package=@sparticuz/chromium@147.0.0

# A binary whose libraries are missing is none.
starts() {
    "$1" --version >/dev/null 2>&1
}

installed() {
    if [ -n "${CHROMIUM:-}" ] && starts "$CHROMIUM"; then
        echo "$CHROMIUM"
        return 0
    fi
    for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
        path=$(command -v "$name") && starts "$path" && echo "$path" && return 0
    done
    return 1
}

from_debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    echo "Installing chromium with apt-get" >&2
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends chromium fonts-noto-cjk; } >&2 || return 1
    installed
}

from_npm() {
    command -v npm >/dev/null && command -v node >/dev/null || return 1
    [ -d "$venv" ] || return 1
    echo "Installing $npm_package with npm" >&2
    path=$(mkdir -p "$venv/chromium" && cd "$venv/chromium" &&
        { [ -d node_modules/@sparticuz/chromium ] ||
            npm install --silent --no-audit --no-fund --no-save "$npm_package"; } >&2 &&
        # It unpacks itself into the directory for temporary files: ours, not a shared one.
        TMPDIR=$PWD node --input-type=module -e '
            import chromium from "@sparticuz/chromium";
            console.log(await chromium.executablePath());') || return 1
    starts "$path" && echo "$path"
}

if installed; then exit 0; fi
if from_debian; then exit 0; fi
if from_npm; then exit 0; fi
echo "No Chromium: none installed, not root on Debian, npm brought none that starts. Browser tests are skipped." >&2
exit 0
