#!/bin/sh
# Where a conversation went wrong: mlflow-lens analyze-session.
set -eu

usage() {
  cat <<'END'
Usage: analyze_session.sh <SESSION_ID> [OPTION...]

Says in which turn a conversation went wrong: findings across turns, what changed on the way, the turns as the user saw them.
Reads only. An answer over 30000 bytes goes to a file that only you can read, in a new folder under TMPDIR or /tmp; its path
is printed.

  SESSION_ID            the session, as in metadata mlflow.trace.session; quoted, any characters will do; one that begins
                        with - needs a -- before it

  --tracking-uri URI    the store: sqlite:////absolute/path/mlflow.db, http://host:5000, a folder, an exported file;
                        else MLFLOW_TRACKING_URI, else ./mlflow.db
  --experiment-id ID    only there: id or name, several by commas
  --symptom WORDS       what the user complains of: turns that speak of it rank higher
  --turns 3-8           only these turns
  --max-chars N         size of the answer in bytes, 8000 unless told
  --format text|json
  --to-file             write the answer to a file, up to 200000 bytes of it, and print its path
  Any other option of `mlflow-lens analyze-session` is passed on as it is.

Example: analyze_session.sh chat-refund-42 --symptom "the date was wrong"

Exit status: 0 answered, 3 answered and a finding of high severity is among it, 1 no such session, 2 failed, 64 wrong use,
127 the executable was not found.
END
}

self=$(realpath "$0")
here=${self%/*}
verb=analyze-session
ids='SESSION_ID'
# shellcheck source=companion.sh
. "$here/companion.sh"
