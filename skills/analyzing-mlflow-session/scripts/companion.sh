# shellcheck shell=sh disable=SC2154
# Sourced by the scripts beside it, never run: reads their arguments, asks mlflow-lens, hands its answer on.
# They set $here (this folder), $verb (of mlflow-lens), $ids (what they call their leading arguments, '' for none) and usage().

name=${0##*/}
inline_bytes=30000 # what a host hands to its model whole; more goes to a file
whole_chars=200000 # the most that mlflow-lens answers: a file costs no context

wrong_use() {
  printf '%s: %s\n' "$name" "$1" >&2
  usage >&2
  exit 64
}

# The ids come first and are taken as they are; after a leading -- they may begin with a dash themselves.
dashed_ids=''
if [ "${1:-}" = -- ]; then
  dashed_ids=yes
  shift
fi
first=''
second=''
for id in $ids; do
  if [ -z "$dashed_ids" ]; then
    case ${1:-} in
      -h | --help) usage; exit 0 ;;
      -*) wrong_use "$id is missing; it comes before the options. One that begins with - needs a -- before ${ids%% *}" ;;
    esac
  fi
  [ -n "${1:-}" ] || wrong_use "$id is missing"
  if [ -z "$first" ]; then first=$1; else second=$1; fi
  shift
done

# Options of our own are taken out, all others are passed on in their order.
to_file=''
limited=''
format=text
previous=''
for argument in "$@"; do
  shift
  case $argument in
    -h | --help) usage; exit 0 ;;
    --to-file) to_file=yes; continue ;;
    --max-chars | --max-chars=*) limited=yes ;;
    --format=* | --output=*) format=${argument#*=} ;;
  esac
  case $previous in --format | --output) format=$argument ;; esac
  previous=$argument
  set -- "$@" "$argument"
done
if [ -n "$to_file" ] && [ -z "$limited" ]; then set -- "$@" --max-chars "$whole_chars"; fi
if [ -n "$second" ]; then
  set -- "$@" -- "$first" "$second"
elif [ -n "$first" ]; then
  set -- "$@" -- "$first"
fi

# shellcheck source=find-mlflow-lens.sh
. "$here/find-mlflow-lens.sh"

status=0
answer=$("$lens" "$verb" "$@") || status=$?
case $status in
  0 | 3) ;; # 3 is an answer, too
  *) exit "$status" ;;
esac

if [ -n "$to_file" ] || [ "$(printf '%s\n' "$answer" | wc -c)" -gt "$inline_bytes" ]; then
  umask 077
  folder=$(mktemp -d "${TMPDIR:-/tmp}/mlflow-lens.XXXXXXXX") || {
    printf '%s: no folder for the answer can be made in %s\n' "$name" "${TMPDIR:-/tmp}" >&2
    exit 2
  }
  file=$folder/$verb.txt
  if [ "$format" = json ]; then file=$folder/$verb.json; fi
  printf '%s\n' "$answer" >"$file" || exit 2
  printf '%s bytes in %s\n' "$(($(wc -c <"$file")))" "$file"
  if [ "$format" != json ]; then printf '%s\n' "$answer" | head -n 1; fi
else
  printf '%s\n' "$answer"
fi

# Recorded text can neither begin a line of its own nor hold a bare quote in JSON, so these are findings.
case $verb in
  inspect-turn | analyze-session)
    if printf '%s\n' "$answer" |
      grep -q -e '^[0-9][0-9]*\. \[high\]' -e '"rank":[0-9]*,"kind":"[a-z_]*","severity":"high"'; then
      status=3
    fi
    ;;
esac
exit "$status"
