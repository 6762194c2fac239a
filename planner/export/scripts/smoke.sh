#!/usr/bin/env bash
# Checks what is deployed against the plan: stacks, resources, alarms, backups, replication, endpoints. Reads only.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib.sh
source "$root/scripts/lib.sh"

usage() {
  cat <<'TEXT'
usage: tests/smoke.sh ENVIRONMENT [options]

  --region REGION      only this region
  --no-endpoints       do not call the public endpoints
  --endpoint-url URL   send every AWS call there

Exit codes: 0 all is as planned, 1 something is missing, 2 wrong usage.
TEXT
}

environment="" region="" endpoints=yes
while (($#)); do
  case $1 in
    --region) region=$(value "$@") && shift 2 ;;
    --endpoint-url) endpoint=$(value "$@") && shift 2 ;;
    --no-endpoints) endpoints=no && shift ;;
    -h | --help) usage && exit 0 ;;
    -*) usage >&2 && refuse "unknown option $1" ;;
    *) environment=$1 && shift ;;
  esac
done
[[ -n $environment ]] || { usage >&2 && refuse "name an environment"; }
cut -f 1 "$root/tests/expected.tsv" | grep -qxF -- "$environment" || refuse "no environment '$environment' here"

passed=0 failed=0
report() {
  if [[ $1 == yes ]]; then
    passed=$((passed + 1))
    printf 'ok    %-14s %s\n' "$2" "$3"
  else
    failed=$((failed + 1))
    printf 'FAIL  %-14s %s\n' "$2" "$3"
  fi
}

verdict() {
  if "${@:3}"; then report yes "$1" "$2"; else report no "$1" "$2"; fi
}

at_least() { [[ ${1:-0} =~ ^[0-9]+$ && $1 -ge $2 ]]; }

# ARNs of what a component is made of, of one service.
# usage: arns REGION COMPONENT SERVICE
arns() {
  cli "$1" resourcegroupstaggingapi get-resources --tag-filters "Key=planner:component,Values=$2" "Key=planner:environment,Values=$environment" \
    --query 'ResourceTagMappingList[].ResourceARN' --output text | tr '\t' '\n' | grep "^arn:[^:]*:$3:" || true
}

backups() {
  local days
  days=$({
    cli "$1" rds describe-db-clusters --output text --query "DBClusters[?contains(DBClusterIdentifier, '$2')].BackupRetentionPeriod"
    cli "$1" rds describe-db-instances --output text --query "DBInstances[?contains(DBInstanceIdentifier, '$2')].BackupRetentionPeriod"
  } 2>/dev/null | tr '\t' '\n' | sort -n | tail -n 1)
  at_least "${days:-0}" "$3"
}

recovery_points() {
  local arn
  for arn in $(arns "$1" "$2" dynamodb); do
    [[ $(cli "$1" dynamodb describe-continuous-backups --table-name "${arn##*/}" --output text --query \
      ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus) == ENABLED ]] || return 1
  done
}

replication() {
  local arn target=${3#*:}
  for arn in $(arns "$1" "$2" "${3%%:*}"); do
    case $3 in
      s3:*) cli "$1" s3api get-bucket-replication --bucket "${arn##*:}" >/dev/null 2>&1 || return 1 ;;
      *)
        cli "$1" dynamodb describe-table --table-name "${arn##*/}" --query 'Table.Replicas[].RegionName' --output text |
          grep -q -- "$target" || return 1
        ;;
    esac
  done
}

answers() {
  local code
  code=$(curl --silent --show-error --max-time 15 --output /dev/null --write-out '%{http_code}' "$1" 2>/dev/null) || return 1
  ((code > 0 && code <= $2))
}

check() {
  local where=$1 what=$2 subject=$3 expected=$4 count
  case $what in
    alarms)
      count=$(cli "$where" cloudwatch describe-alarms --alarm-name-prefix "$subject" --query 'length(MetricAlarms)' --output text)
      verdict "$where" "$expected alarms begin with $subject, $count found" at_least "$count" "$expected"
      ;;
    resource) verdict "$where" "$subject has $expected" test -n "$(arns "$where" "$subject" "$expected")" ;;
    backups) verdict "$where" "backups of $subject are kept $expected days" backups "$where" "$subject" "$expected" ;;
    recovery-points) verdict "$where" "$subject can be restored to a point in time" recovery_points "$where" "$subject" ;;
    replication) verdict "$where" "$subject is copied to ${expected#*:}" replication "$where" "$subject" "$expected" ;;
    endpoint) [[ $endpoints == no ]] || verdict "$where" "$subject answers" answers "$subject" "$expected" ;;
  esac
}

if [[ -f $STACKS ]]; then
  choose_stacks no "$region" "$environment" --
  read_states
  for line in "${chosen[@]}"; do
    IFS=$'\t' read -r _ where _ _ name _ <<<"$line"
    state=$(state_before "$where" "$name")
    verdict "$where" "$name is $state" test "${state%_COMPLETE*}" != "$state" -a "${state#ROLLBACK}" = "$state"
  done
fi
while IFS=$'\t' read -r of where what subject expected; do
  [[ $of == "$environment" ]] || continue
  [[ -z $region || $where == "$region" ]] || continue
  check "$where" "$what" "$subject" "$expected"
done <"$root/tests/expected.tsv"
printf '%d as planned, %d not\n' "$passed" "$failed"
((failed == 0))
