#!/bin/sh
# What went wrong in one turn of a chat, or in any other trace: mlflow-lens inspect-turn.
set -eu

usage() {
  cat <<'END'
Usage: inspect_turn.sh <TRACE_ID> [OPTION...]

Says what went wrong in one turn: findings with their evidence, the steps, assessments, time and tokens.
Reads only. An answer over 30000 bytes goes to a file that only you can read, in a new folder under TMPDIR or /tmp; its path
is printed.

  TRACE_ID              the trace of the turn: whole, or a prefix that only one trace has

  --tracking-uri URI    the store: sqlite:////absolute/path/mlflow.db, http://host:5000, a folder, an exported file;
                        else MLFLOW_TRACKING_URI, else ./mlflow.db
  --symptom WORDS       what the user complains of: steps that speak of it rank higher
  --explain             how the suspicion of each step adds up
  --max-chars N         size of the answer in bytes, 8000 unless told
  --format text|json
  --to-file             write the answer to a file, up to 200000 bytes of it, and print its path
  Any other option of `mlflow-lens inspect-turn` is passed on as it is.

Example: inspect_turn.sh tr-47229389 --symptom "wrong price"

Exit status: 0 answered, 3 answered and a finding of high severity is among it, 1 no such trace, 2 failed, 64 wrong use,
127 the executable was not found.
END
}

self=$(realpath "$0")
here=${self%/*}
verb=inspect-turn
ids='TRACE_ID'
# shellcheck source=companion.sh
. "$here/companion.sh"
