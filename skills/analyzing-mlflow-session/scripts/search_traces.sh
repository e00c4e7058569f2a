#!/bin/sh
# Which runs there are: mlflow-lens search-traces.
set -eu

usage() {
  cat <<'END'
Usage: search_traces.sh [OPTION...]

Finds recorded runs, newest first, one line each, or counts them by group. Without options: the newest.
Reads only. An answer over 30000 bytes goes to a file that only you can read, in a new folder under TMPDIR or /tmp; its path
is printed.

  --tracking-uri URI    the store: sqlite:////absolute/path/mlflow.db, http://host:5000, a folder, an exported file;
                        else MLFLOW_TRACKING_URI, else ./mlflow.db
  --experiment-id ID    only there: id or name, several by commas
  --status STATE        OK, ERROR, IN_PROGRESS; OK says only that nothing was raised
  --has-error-spans     some step failed; with --status OK: errors that the app swallowed
  --failed-assessment N an assessment of this name (or: any) reads like a failure
  --session-id ID, --user-id ID
  --since TIME, --until TIME
                        -2h, 2026-11-16, epoch milliseconds
  --min-duration-ms N
  --text WORDS          words that some step was given or gave back
  --filter CLAUSES      MLflow's own language
  --group-by WHAT       session, name, user, error, hour, day, tag.<key>, ...: counts in place of traces
  --order-by KEYS       "execution_time_ms DESC"
  --max-results N       20 unless told, up to 500
  --page-token TOKEN    of the answer before
  --max-chars N         size of the answer in bytes, 8000 unless told
  --format text|json
  --to-file             write the answer to a file, up to 200000 bytes of it, and print its path
  Any other option of `mlflow-lens search-traces` is passed on as it is.

Example: search_traces.sh --status OK --has-error-spans

Exit status: 0 answered, also when nothing matches; 1 no such experiment, 2 failed, 64 wrong use,
127 the executable was not found.
END
}

self=$(realpath "$0")
here=${self%/*}
verb=search-traces
ids=''
# shellcheck source=companion.sh
. "$here/companion.sh"
