#!/usr/bin/env bash
# Takes down the stacks of this bundle, the last one first. Stacks that hold data are left alone unless --data is given, and
# even then what has the deletion policy Retain or Snapshot stays behind. Written by planner.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
source "$root/scripts/lib.sh"

usage() {
  cat <<'TEXT'
usage: ./destroy.sh (--environment NAME | --all) [options]

  --environment NAME   one environment, in all its regions; may be repeated
  --all                every environment
  --region REGION      only stacks deployed in this region
  --layer LAYER        only this layer; may be repeated
  --data               also stacks that hold data; buckets, keys and final snapshots stay
  --yes                do not ask
  --endpoint-url URL   send every call there

Exit codes: 0 done or nothing to do, 1 a stack failed, 2 wrong usage, or a stack with data without --data.
TEXT
}

environments=() layers=() everything=no region="" data=no yes=no
while (($#)); do
  case $1 in
    --environment) environments+=("$(value "$@")") && shift 2 ;;
    --region) region=$(value "$@") && shift 2 ;;
    --layer) layers+=("$(value "$@")") && shift 2 ;;
    --endpoint-url) endpoint=$(value "$@") && shift 2 ;;
    --all) everything=yes && shift ;;
    --data) data=yes && shift ;;
    --yes) yes=yes && shift ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && refuse "unknown option $1" ;;
  esac
done

choose_stacks "$everything" "$region" "${environments[@]+"${environments[@]}"}" -- "${layers[@]+"${layers[@]}"}"
holding=$(printf '%s\n' "${chosen[@]}" | awk -F '\t' '$8 != "-" { print "  " $5 " in " $2 }')
if [[ $data == no && -n $holding ]]; then
  refuse "these stacks hold data, what data is encrypted with, or production's network; --data removes them too:"$'\n'"$holding"
fi
[[ $yes == yes ]] || confirm "and delete everything in $(printf '%s\n' "${chosen[@]}" | cut -f 1 | sort -u | paste -s -d ' ' -)"

read_states

remove_stack() {
  local where name policy status
  IFS=$'\t' read -r _ where _ _ name _ _ policy <<<"$1"
  status=$(state_before "$where" "$name")
  [[ $status != NONE ]] || { printf '%-40s %-14s is not there\n' "$name" "$where" && return 0; }
  if [[ $policy != - ]]; then
    cli "$where" cloudformation update-termination-protection --stack-name "$name" --no-enable-termination-protection >/dev/null
  fi
  cli "$where" cloudformation delete-stack --stack-name "$name"
  cli "$where" cloudformation wait stack-delete-complete --stack-name "$name" 2>"$scratch/problem" ||
    fail "$name" "$where" "could not be deleted"$'\n'"$(reasons "$name" "$where")"
  printf '%-40s %-14s deleted\n' "$name" "$where"
}

for ((index = ${#chosen[@]} - 1; index >= 0; index--)); do
  remove_stack "${chosen[index]}"
done
