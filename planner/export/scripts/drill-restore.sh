#!/usr/bin/env bash
# Rehearses a restore: brings the newest restorable state of each database up beside the running one, measures how long that took, and
# deletes the copy. Nothing that serves traffic is touched. Only prints what it would do unless --go.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib.sh
source "$root/scripts/lib.sh"

environment="" go=no
while (($#)); do
  case $1 in
    --go) go=yes && shift ;;
    --endpoint-url) endpoint=$(value "$@") && shift 2 ;;
    -h | --help) printf 'usage: tests/drill-restore.sh ENVIRONMENT [--go] [--endpoint-url URL]\n' && exit 0 ;;
    -*) refuse "unknown option $1" ;;
    *) environment=$1 && shift ;;
  esac
done
[[ -n $environment ]] || refuse "name an environment"
planned=$(awk -F '\t' '$1 == "data_corruption" { print $2 }' "$root/tests/recovery.tsv")

run() {
  printf '  aws'
  printf ' %q' "${@:2}"
  printf '\n'
  [[ $go == no ]] || cli "$@" >/dev/null
}

# usage: restore_instance REGION IDENTIFIER
restore_instance() {
  local copy="$2-drill"
  run "$1" rds restore-db-instance-to-point-in-time --source-db-instance-identifier "$2" --target-db-instance-identifier "$copy" \
    --use-latest-restorable-time
  run "$1" rds wait db-instance-available --db-instance-identifier "$copy"
  run "$1" rds delete-db-instance --db-instance-identifier "$copy" --skip-final-snapshot
}

# usage: restore_cluster REGION IDENTIFIER
restore_cluster() {
  local copy="$2-drill"
  run "$1" rds restore-db-cluster-to-point-in-time --source-db-cluster-identifier "$2" --db-cluster-identifier "$copy" \
    --use-latest-restorable-time
  run "$1" rds wait db-cluster-available --db-cluster-identifier "$copy"
  run "$1" rds delete-db-cluster --db-cluster-identifier "$copy" --skip-final-snapshot
}

# usage: restore_table REGION NAME
restore_table() {
  local copy="$2-drill"
  run "$1" dynamodb restore-table-to-point-in-time --source-table-name "$2" --target-table-name "$copy" --use-latest-restorable-time
  run "$1" dynamodb wait table-exists --table-name "$copy"
  run "$1" dynamodb delete-table --table-name "$copy"
}

measure() {
  local began=$SECONDS took
  printf '%s of %s\n' "$1" "$3"
  "$@"
  took=$((SECONDS - began))
  [[ $go == no ]] || printf '  took %s; planned for data corruption as a whole: %s\n' "$(minutes "$took")" "$(minutes "${planned:-0}")"
}

names() { cli "$@" --output text | tr '\t' '\n' | grep -v -e '^None$' -e '^$' || true; }

found=0
while IFS=$'\t' read -r of where what subject _; do
  [[ $of == "$environment" && ($what == backups || $what == recovery-points) ]] || continue
  if [[ $what == recovery-points ]]; then
    for name in $(names "$where" dynamodb list-tables --query "TableNames[?contains(@, '$environment') && contains(@, '$subject')]"); do
      measure restore_table "$where" "$name" && found=$((found + 1))
    done
    continue
  fi
  for name in $(names "$where" rds describe-db-clusters --query "DBClusters[?contains(DBClusterIdentifier, '$environment-$subject')].DBClusterIdentifier"); do
    measure restore_cluster "$where" "$name" && found=$((found + 1))
  done
  for name in $(names "$where" rds describe-db-instances --query \
    "DBInstances[?contains(DBInstanceIdentifier, '$environment-$subject') && DBClusterIdentifier==null && ReadReplicaSourceDBInstanceIdentifier==null].DBInstanceIdentifier"); do
    measure restore_instance "$where" "$name" && found=$((found + 1))
  done
done <"$root/tests/expected.tsv"
printf '%d stores%s\n' "$found" "$([[ $go == yes ]] && echo " restored" || echo "; nothing was done, --go does it")"
