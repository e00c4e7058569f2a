# shellcheck shell=sh disable=SC2154
# Sourced by the scripts beside it, which set $here to this folder and $name to their own name.
# Sets $lens to the executable, or ends with 127.

root=$here/../../..
lens=
if [ -n "${MLFLOW_LENS:-}" ]; then
  lens=$(command -v -- "$MLFLOW_LENS") || lens=
  if [ -z "$lens" ]; then
    printf '%s: MLFLOW_LENS is set to "%s", which is no executable.\n' "$name" "$MLFLOW_LENS" >&2
    exit 127
  fi
elif lens=$(command -v mlflow-lens); then
  :
else
  lens=
  for candidate in bin/mlflow-lens .build/release/mlflow-lens .build/debug/mlflow-lens; do
    if [ -f "$root/$candidate" ] && [ -x "$root/$candidate" ]; then
      lens=$root/$candidate
      break
    fi
  done
fi
if [ -z "$lens" ]; then
  printf '%s: the executable mlflow-lens was not found: not in MLFLOW_LENS, on PATH, in bin or .build of its repository. Build it there with ./scripts/setup, or set MLFLOW_LENS to its path.\n' "$name" >&2
  exit 127
fi
