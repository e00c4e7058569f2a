# shellcheck shell=sh disable=SC2154
# Sourced by companion.sh, which knows $here (this folder) and $name (the script that was called).
# Sets $lens to the executable, or says how to get it and ends with 127.

runnable() { [ -f "$1" ] && [ -x "$1" ]; }

root=$here/../../..
lens=''
if [ -n "${MLFLOW_LENS:-}" ]; then
  case $MLFLOW_LENS in
    */*) lens=$MLFLOW_LENS ;;
    *) lens=$(command -v "$MLFLOW_LENS") || lens='' ;;
  esac
  if ! runnable "$lens"; then
    printf '%s: MLFLOW_LENS is set to "%s", which is no executable.\n' "$name" "$MLFLOW_LENS" >&2
    exit 127
  fi
elif lens=$(command -v mlflow-lens) && runnable "$lens"; then
  :
else
  lens=''
  for candidate in bin/mlflow-lens .build/release/mlflow-lens .build/debug/mlflow-lens; do
    if runnable "$root/$candidate"; then
      lens=$root/$candidate
      break
    fi
  done
fi
if [ -z "$lens" ]; then
  printf '%s: the executable mlflow-lens was not found: not in MLFLOW_LENS, on PATH, in bin or .build of its repository. Build it there with ./scripts/setup, or put bin/mlflow-lens of a packed plugin on PATH, or set MLFLOW_LENS to its path.\n' "$name" >&2
  exit 127
fi
