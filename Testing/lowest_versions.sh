#!/usr/bin/env bash
# The tests that need no Slicer, with the lowest versions the extension supports: Python 3.9, pydicom 2.3, numpy 1.22.
set -euo pipefail
cd "$(dirname "$0")/.."

python=""
for candidate in python3.9 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.9.*/bin/python; do
  if "$candidate" -c "" >/dev/null 2>&1; then python=$candidate; fi
done
if [ -z "$python" ]; then
  echo "skipped: there is no Python 3.9 on this machine"
  exit 0
fi

environment=$(mktemp -d)
trap 'rm -rf "$environment"' EXIT
"$python" -m venv "$environment"
. "$environment/bin/activate"
python -m pip install --quiet --disable-pip-version-check "pydicom==2.3.0" "numpy==1.22.1" "requests==2.27.1" "rich==13.0.0" \
  pytest hypothesis pillow
python -m pytest --quiet "$@"
