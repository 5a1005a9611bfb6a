# Sourced by ./run, ./test and .ci/run: a virtualenv with just what the lock file says.
python_command() {
  for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
    if [ -n "$candidate" ] && command -v "$candidate" > /dev/null &&
      "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo "Python 3.11 or later with its venv module is needed (Debian: apt install python3-venv)." >&2
  exit 1
}

# prepare LOCKFILE...: install exactly what it names, once per content of the file.
prepare() {
  local lock="$1" stamp
  stamp=".venv/$(basename "$lock").installed"
  if [ -f "$stamp" ] && cmp -s "$lock" "$stamp"; then return; fi
  # The development lock holds everything the plain one does.
  if [ "$lock" = requirements.lock ] && cmp -s requirements-dev.lock .venv/requirements-dev.lock.installed; then return; fi
  local started=$SECONDS python
  python="$(python_command)"
  echo "  libraries …"
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  [ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv || true
  if [ -x .venv/bin/uv ]; then
    UV_PYTHON_DOWNLOADS=never .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock"
  else
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
  fi
  cp "$lock" "$stamp"
  echo "  libraries: $((SECONDS - started)) s"
}

# ensure_chromium: the browser of the tests. Without it they skip, and say so; with CI set they fail.
ensure_chromium() {
  if [ -x /usr/bin/chromium ]; then return; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    echo "  Chromium …"
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } > /dev/null 2>&1 || true
  fi
  [ -x /usr/bin/chromium ] || echo "Chromium is missing: browser tests will not run (Debian: apt install chromium)." >&2
}
