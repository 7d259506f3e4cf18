#!/bin/sh
# Make a virtual environment with the newest Python from 3.11 on, and say what to install where that cannot be done.
set -eu
venv=$1

suitable() {
    command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

python=""
for name in python3.15 python3.14 python3.13 python3.12 python3.11 python3 python; do
    if suitable "$name"; then python=$name; break; fi
done
if [ -z "$python" ]; then
    echo "runlab needs Python 3.11 or newer; found: $(python3 --version 2>&1 || echo none)" >&2
    echo "Debian, Ubuntu: apt-get install python3 python3-venv.  macOS: brew install python" >&2
    exit 1
fi

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing python$version-venv with apt-get ..."
        apt-get update -q >/dev/null || true
        DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "python$version-venv" >/dev/null ||
            DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends python3-venv >/dev/null
    else
        echo "$python cannot make virtual environments. Debian, Ubuntu: sudo apt-get install python$version-venv" >&2
        exit 1
    fi
fi

echo "Making $venv with $("$python" --version) ..."
"$python" -m venv "$venv"
