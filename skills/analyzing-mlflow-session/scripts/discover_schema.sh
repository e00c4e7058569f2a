#!/bin/sh
# How the traces of a session are shaped: mlflow-lens discover-schema.
set -eu

usage() {
  cat <<'END'
Usage: discover_schema.sh <EXPERIMENT_ID> <SESSION_ID> [OPTION...]

Tells where in a session's traces the user's words and the answer stand, and which spans, tags, metadata, attributes
and assessments there are. Looks at turns from the whole session. Reads only, writes no files.

  EXPERIMENT_ID         id or name of the experiment
  SESSION_ID            the session, as in metadata mlflow.trace.session; quoted, any characters will do; one that begins
                        with -- needs a -- before EXPERIMENT_ID

  --tracking-uri URI    the store: sqlite:////absolute/path/mlflow.db, http://host:5000, a folder; else MLFLOW_TRACKING_URI, else ./mlflow.db
  --sample N            look at no more than so many turns, 20 unless told
  --max-chars N         size of the answer in bytes, 8000 unless told
  --format text|json
  Any other option of `mlflow-lens discover-schema` is passed on as it is.

Exit status: 0 answered, 1 no such experiment or session, 2 failed, 64 wrong use, 127 the executable was not found.
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
  -*) wrong_use 'EXPERIMENT_ID and SESSION_ID come first, options after them' ;;
  *)
    case ${2:-} in
      --help) usage; exit 0 ;;
      --*) wrong_use 'SESSION_ID is missing; for one that begins with --, write -- before EXPERIMENT_ID' ;;
    esac
    ;;
esac
[ -n "${1:-}" ] || wrong_use 'EXPERIMENT_ID is missing'
[ -n "${2:-}" ] || wrong_use 'SESSION_ID is missing'
experiment_id=$1
session_id=$2
shift 2

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

exec "$lens" discover-schema "$@" -- "$experiment_id" "$session_id"
