#!/usr/bin/env bash
# Brings up the stacks of this bundle, in order, with the AWS CLI (version 2, or 1 from PyPI).
# Running it again changes only what differs. Written by planner; your own values go to overrides/.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
source "$root/scripts/lib.sh"

usage() {
  cat <<'TEXT'
usage: ./deploy.sh (--environment NAME | --all) [options]

  --environment NAME   one environment, in all its regions; may be repeated
  --all                every environment: mirrors first, production last
  --region REGION      only stacks deployed in this region
  --layer LAYER        only this layer; may be repeated
  --preview            show what would change, and change nothing
  --yes                do not ask before production changes
  --set KEY=VALUE      a value instead of the one in the parameter files; overrides/ENVIRONMENT.params does the same
  --bucket NAME        bucket for templates over 51,200 bytes, in the region of their stack; otherwise one is made for the account
  --endpoint-url URL   send every call there: a local stand-in for AWS
  --list               list the stacks and end

Exit codes: 0 done or nothing to do, 1 a stack failed, 2 wrong usage or a value is missing.
TEXT
}

environments=() layers=() settings=() everything=no region="" preview=no yes=no bucket="" listing=no
while (($#)); do
  case $1 in
    --environment) environments+=("$(value "$@")") && shift 2 ;;
    --region) region=$(value "$@") && shift 2 ;;
    --layer) layers+=("$(value "$@")") && shift 2 ;;
    --set) settings+=("$(value "$@")") && shift 2 ;;
    --bucket) bucket=$(value "$@") && shift 2 ;;
    --endpoint-url) endpoint=$(value "$@") && shift 2 ;;
    --all) everything=yes && shift ;;
    --preview) preview=yes && shift ;;
    --yes) yes=yes && shift ;;
    --list) listing=yes && shift ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && refuse "unknown option $1" ;;
  esac
done

choose_stacks "$everything" "$region" "${environments[@]+"${environments[@]}"}" -- "${layers[@]+"${layers[@]}"}"
if [[ $listing == yes ]]; then
  printf '%s\n' "${chosen[@]}" | cut -f 1-5
  exit 0
fi
check_settings "${settings[@]+"${settings[@]}"}"
check_values
if [[ $preview == no && $yes == no ]]; then
  confirm "$(printf '%s\n' "${chosen[@]}" | cut -f 1 | sort -u | paste -s -d ' ' -)"
fi

read_states
began=$SECONDS
for line in "${chosen[@]}"; do
  deploy_stack "$line" "$preview" "$bucket"
done
if [[ $preview == no ]]; then
  after_deployment
fi
printf '%d stacks, %d changed, %s in all\n' "${#chosen[@]}" "$changed" "$(minutes $((SECONDS - began)))"
