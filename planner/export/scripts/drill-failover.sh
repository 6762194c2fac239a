#!/usr/bin/env bash
# Rehearses the loss of production's Region: walks through the planned steps, measures each, and compares with what the plan promises.
# People carry the steps out; the script never changes anything itself. Only prints the steps unless --go.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
go=no
case ${1:-} in
  --go) go=yes ;;
  "") ;;
  *) printf 'usage: tests/drill-failover.sh [--go]\n' >&2 && exit 2 ;;
esac
[[ -s $root/tests/runbook.tsv ]] || { printf 'the plan has no recovery Region: there is nothing to fail over to\n' && exit 0; }

minutes() { printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); }

if [[ $go == yes ]]; then
  printf 'Production traffic moves to the recovery Region in this drill. Type FAIL OVER to begin: '
  read -r answer
  [[ $answer == "FAIL OVER" ]] || { printf 'nothing was begun\n' && exit 1; }
fi
total=0 planned=0
while IFS=$'\t' read -r -u 3 order phase who seconds action check; do
  planned=$((planned + seconds))
  printf '%2s  %-9s %-9s %s\n    done when: %s  (planned %s)\n' "$order" "$phase" "$who" "$action" "$check" "$(minutes "$seconds")"
  [[ $go == yes ]] || continue
  began=$SECONDS
  printf '    Enter when it is done '
  read -r _
  took=$((SECONDS - began)) total=$((total + SECONDS - began))
  printf '    took %s%s\n' "$(minutes "$took")" "$( ((took <= seconds)) || echo ", longer than planned")"
done 3<"$root/tests/runbook.tsv"
printf 'planned %s' "$(minutes "$planned")"
if [[ $go == yes ]]; then
  printf ', took %s\n' "$(minutes "$total")"
  ((total <= planned))
else
  printf '; nothing was done, --go rehearses it\n'
fi
