#!/usr/bin/env bash
# Prepares a clone: checks the toolchains, installs the npm and Python packages, copies the protos of others.
# Each step is skipped while what it depends on is unchanged, so this may run before every other target.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "setup: $*" >&2
  exit 69
}

mkdir -p .build 2>/dev/null && [ -w .build ] || fail "cannot write to $PWD/.build: make the clone yours (chown), or clone it again"

# at_least <version> <least>: both as major.minor
at_least() {
  [ "${1%%.*}" -gt "${2%%.*}" ] || { [ "${1%%.*}" -eq "${2%%.*}" ] && [ "${1#*.}" -ge "${2#*.}" ]; }
}

check_toolchains() {
  local found
  command -v node >/dev/null || fail "node is missing: install Node.js 20 or newer (apt-get install nodejs npm, brew install node)"
  found=$(node -p 'process.versions.node.split(".").slice(0, 2).join(".")')
  at_least "$found" 20.0 || fail "node $found is too old: install Node.js 20 or newer"
  command -v npm >/dev/null || fail "npm is missing: install it (apt-get install npm, brew install node)"
  command -v python3 >/dev/null || fail "python3 is missing: install Python 3.11 or newer (apt-get install python3 python3-venv, brew install python)"
  found=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  at_least "$found" 3.11 || fail "python3 is $found: install Python 3.11 or newer"
  python3 -c 'import venv, ensurepip' 2>/dev/null || fail "python3 has no venv module: apt-get install python3-venv"
  command -v go >/dev/null || fail "go is missing: install Go $1 or newer (the distribution's golang package, or brew install go)"
  found=$(go env GOVERSION | sed -E 's/^go([0-9]+\.[0-9]+).*/\1/')
  at_least "$found" "$1" || go env GOTOOLCHAIN | grep -qv '^local' || fail "go is $found: install Go $1 or newer"
  command -v cargo >/dev/null || echo "setup: cargo is missing: parts in Rust are left out (apt-get install cargo, brew install rust)" >&2
}

# fingerprint <file>...: changes when one of them does
fingerprint() {
  cat "$@" | cksum | tr ' ' -
}

# current <step> <fingerprint>: true if the step was last done with this fingerprint
current() {
  [ -f ".build/$1.stamp" ] && [ "$(cat ".build/$1.stamp")" = "$2" ]
}

done_with() {
  echo "$2" >".build/$1.stamp"
}

# One set-up at a time in a clone; a lock whose owner is gone is taken over.
lock=.build/setup.lock
until mkdir "$lock" 2>/dev/null; do
  owner=$(cat "$lock/pid" 2>/dev/null || true)
  if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then rm -rf "$lock"; else sleep 0.2; fi
done
echo $$ >"$lock/pid"
trap 'rm -rf "$lock"' EXIT

go_version=$(sed -n "s/^go \([0-9]*\.[0-9]*\).*/\1/p" go.work)
tools=$(node --version 2>/dev/null || true)$(python3 --version 2>/dev/null || true)$(command -v go cargo || true)
step=$(echo "$tools $go_version" | cksum)
if ! current toolchains "$step"; then
  check_toolchains "$go_version"
  done_with toolchains "$step"
fi

# Asked of the folder, not of a stamp: an npm install by hand leaves nothing to do.
if ! node scripts/npm-current.mjs; then
  echo "setup: installing npm packages"
  npm ci --no-audit --no-fund
fi

step=$(fingerprint requirements.txt gen/python/pyproject.toml services/platform/python/pyproject.toml)-$(python3 --version 2>&1 | tr ' ' -)
if ! current python "$step" || [ ! -x .venv/bin/python ]; then
  echo "setup: installing Python packages into .venv"
  .venv/bin/python -c 'import sys, sysconfig; sys.exit(sys.prefix == sys.base_prefix)' 2>/dev/null || python3 -m venv --clear .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r requirements.txt
  # Our own packages are imported from where they stand, as npm's workspaces and go.work have it for theirs.
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation \
    --editable gen/python --editable services/platform/python
  done_with python "$step"
fi

step=$(fingerprint scripts/third-party.sh scripts/third-party.sha256)
if ! current third-party "$step" || [ ! -d third_party ]; then
  echo "setup: copying the protos of others into third_party"
  scripts/third-party.sh
  done_with third-party "$step"
fi
