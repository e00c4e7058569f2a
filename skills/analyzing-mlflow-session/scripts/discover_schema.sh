#!/bin/sh
# How the traces of a session are shaped: mlflow-lens discover-schema.
set -eu

usage() {
  cat <<'END'
Usage: discover_schema.sh <EXPERIMENT_ID> <SESSION_ID> [OPTION...]

Tells where in a session's traces the user's words and the answer stand, and which spans, tags, metadata, attributes
and assessments there are. Looks at turns from the whole session.
Reads only. An answer over 30000 bytes goes to a file that only you can read, in a new folder under TMPDIR or /tmp; its path
is printed.

  EXPERIMENT_ID         id or name of the experiment
  SESSION_ID            the session, as in metadata mlflow.trace.session; quoted, any characters will do; one that begins
                        with - needs a -- before EXPERIMENT_ID

  --tracking-uri URI    the store: sqlite:////absolute/path/mlflow.db, http://host:5000, a folder, an exported file;
                        else MLFLOW_TRACKING_URI, else ./mlflow.db
  --sample N            look at no more than so many turns, 20 unless told
  --max-chars N         size of the answer in bytes, 8000 unless told
  --format text|json
  --to-file             write the answer to a file, up to 200000 bytes of it, and print its path
  Any other option of `mlflow-lens discover-schema` is passed on as it is.

Example: discover_schema.sh shop-assistant chat-refund-42

Exit status: 0 answered, 1 no such experiment or session, 2 failed, 64 wrong use, 127 the executable was not found.
END
}

self=$(realpath "$0")
here=${self%/*}
verb=discover-schema
ids='EXPERIMENT_ID SESSION_ID'
# shellcheck source=companion.sh
. "$here/companion.sh"
