#!/bin/sh
# What went wrong in one turn of a chat, or in any other trace: mlflow-lens inspect-turn.
set -eu

usage() {
  cat <<'END'
Usage: inspect_turn.sh <TRACE_ID> [OPTION...]

Says what went wrong in one turn: findings with their evidence, the steps, assessments, time and tokens.
Reads only, writes no files.

  TRACE_ID              the trace of the turn: whole, or a prefix that only one trace has

  --tracking-uri URI    the store: sqlite:////absolute/path/mlflow.db, http://host:5000, a folder; else MLFLOW_TRACKING_URI, else ./mlflow.db
  --symptom WORDS       what the user complains of: steps that speak of it rank higher
  --explain             how the suspicion of each step adds up
  --max-chars N         size of the answer in bytes, 8000 unless told
  --format text|json
  Any other option of `mlflow-lens inspect-turn` is passed on as it is.

Exit status: 0 answered, 3 answered and a finding of high severity is among it, 1 no such trace, 2 failed, 64 wrong use, 127 the executable was not found.
END
}

wrong_use() {
  printf '%s: %s\n' "$name" "$1" >&2
  usage >&2
  exit 64
}

name=${0##*/}
case ${1:-} in
  -h | --help) usage; exit 0 ;;
  --) shift ;;
  -*) wrong_use 'TRACE_ID comes first, options after it' ;;
esac
[ -n "${1:-}" ] || wrong_use 'TRACE_ID is missing'
trace_id=$1
shift

# The folder of this file, wherever it is called from and through whichever symbolic link.
self=$0
while [ -h "$self" ]; do
  link=$(readlink -- "$self")
  case $link in
    /*) self=$link ;;
    *) self=$(dirname -- "$self")/$link ;;
  esac
done
here=$(CDPATH='' cd -P -- "$(dirname -- "$self")" && pwd -P)
# shellcheck source=find-mlflow-lens.sh
. "$here/find-mlflow-lens.sh"

answer=$("$lens" inspect-turn "$@" -- "$trace_id") || exit $?
printf '%s\n' "$answer"
# Recorded text can neither begin a line of its own nor hold a bare quote in JSON, so these are findings.
if printf '%s\n' "$answer" | grep -q -e '^[0-9][0-9]*\. \[high\]' -e '"severity":"high"'; then exit 3; fi
