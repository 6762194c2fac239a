#!/usr/bin/env bash
# compare.sh DOCUMENT BASE COMMENT: write to COMMENT what a change of DOCUMENT since the commit BASE costs.
set -euo pipefail
document=$1 base=$2 comment=$3
before=$(mktemp --suffix=.yaml)
trap 'rm -f "$before"' EXIT

planner validate "$document"
if git show "$base:$document" > "$before" 2> /dev/null; then
    planner diff "$before" "$document" --format markdown -o "$comment"
    # The temporary name says nothing to a reader.
    sed -i "1s|.*|### $(basename "$document"): what this change costs|" "$comment"
else
    planner report "$document" --format markdown -o "$comment"
fi
cat "$comment"
