# shellcheck shell=bash
# What deploy.sh, destroy.sh and the tests share. Sourced, never run.

root=${root:?is set by the script that sources this}
endpoint="" changed=0 chosen=() settings=() scratch=""
STACKS=$root/cloudformation/stacks.tsv
OUTPUTS=$root/cloudformation/outputs.tsv
LARGEST_BODY=51200
NO_CHANGES="didn't contain changes\|No updates are to be performed\|No changes to deploy"
export AWS_PAGER=""

cleanup() { [[ -z $scratch ]] || rm -rf "$scratch"; }
trap cleanup EXIT
scratch=$(mktemp -d)

refuse() {
  printf 'error: %s\n' "$1" >&2
  exit 2
}

# The argument of an option.
value() {
  [[ $# -ge 2 && -n $2 ]] || refuse "$1 needs a value"
  printf '%s' "$2"
}

# Every call of the CLI, uploads within `cloudformation deploy` too, goes to the same place.
cli() {
  local where=$1
  shift
  if [[ -n $endpoint ]]; then
    AWS_ENDPOINT_URL=$endpoint aws --region "$where" "$@"
  else
    aws --region "$where" "$@"
  fi
}

minutes() { printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); }

# One line a stack: environment, region, site, layer, name, template, parameters, policy; as asked for on the command line.
# usage: choose_stacks EVERYTHING REGION ENVIRONMENT... -- LAYER...
choose_stacks() {
  local everything=$1 region=$2 names=() layers=() line environment where layer
  shift 2
  while [[ $1 != -- ]]; do names+=("$1") && shift; done
  shift
  layers=("$@")
  [[ $everything == yes || ${#names[@]} -gt 0 ]] || refuse "say --environment NAME or --all; there are: $(known_environments)"
  for environment in "${names[@]+"${names[@]}"}"; do
    cut -f 1 "$STACKS" | grep -qxF -- "$environment" || refuse "no environment '$environment' here; there are: $(known_environments)"
  done
  while IFS= read -r line; do
    IFS=$'\t' read -r environment where _ layer _ <<<"$line"
    [[ $everything == yes ]] || contains "$environment" "${names[@]}" || continue
    [[ -z $region || $where == "$region" ]] || continue
    [[ ${#layers[@]} -eq 0 ]] || contains "$layer" "${layers[@]}" || continue
    chosen+=("$line")
  done <"$STACKS"
  [[ ${#chosen[@]} -gt 0 ]] || refuse "no stack is left by these options"
}

known_environments() { cut -f 1 "$STACKS" | sort -u | paste -s -d ' ' -; }

contains() {
  local wanted=$1 item
  shift
  for item in "$@"; do [[ $item == "$wanted" ]] && return 0; done
  return 1
}

# Values in place of those of the parameter files: overrides/all.params, overrides/ENVIRONMENT.params, then --set; the last one
# wins. Lines are KEY=VALUE.
check_settings() {
  local item
  for item in "$@"; do
    [[ $item == *=* ]] || refuse "--set takes KEY=VALUE, not '$item'"
  done
}

overrides_of() {
  local file item
  for file in "$root/overrides/all.params" "$root/overrides/$1.params"; do
    [[ ! -f $file ]] || grep -v -e '^[[:space:]]*#' -e '^[[:space:]]*$' "$file" || true
  done
  for item in "${settings[@]+"${settings[@]}"}"; do printf '%s\n' "$item"; done
}

# A parameter file with the overrides put in: as JSON, whose values stay JSON strings throughout, or as lines KEY=VALUE.
# usage: parameters_for ENVIRONMENT FILE EXTRA FORM   (EXTRA: lines KEY=VALUE that win over all; FORM: json or lines)
parameters_for() {
  { overrides_of "$1" && printf '%s' "$3"; } >"$scratch/overrides"
  [[ $2 != - ]] || { [[ $4 == lines ]] || printf '[]' && return; }
  awk -v overrides="$scratch/overrides" -v form="$4" '
    function quoted(text) { gsub(/\\/, "\\\\", text); gsub(/"/, "\\\"", text); gsub(/\t/, "\\t", text); return "\"" text "\"" }
    function string(text, name,  rest) {
      if (!match(text, "\"" name "\"[ ]*:[ ]*\"([^\"\\\\]|\\\\.)*\"")) return ""
      rest = substr(text, RSTART, RLENGTH)
      sub("^\"" name "\"[ ]*:[ ]*", "", rest)
      return rest
    }
    function plain(text) {
      text = substr(text, 2, length(text) - 2)
      gsub(/\\"/, "\"", text); gsub(/\\\\/, "\\", text)
      return text
    }
    BEGIN {
      while ((getline line < overrides) > 0) {
        at = index(line, "=")
        given["\"" substr(line, 1, at - 1) "\""] = quoted(substr(line, at + 1))
      }
    }
    { text = text $0 " " }
    END {
      if (form == "json") printf "["
      while (match(text, "\\{[^{]*\"Parameter(Key|Value)\"[ ]*:[ ]*\"([^\"\\\\]|\\\\.)*\"[ ]*,[ ]*\"Parameter(Key|Value)\"[ ]*:[ ]*\"([^\"\\\\]|\\\\.)*\"[ ]*\\}")) {
        entry = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        key = string(entry, "ParameterKey")
        found = key in given ? given[key] : string(entry, "ParameterValue")
        if (form == "json") printf "%s\n  {\"ParameterKey\": %s, \"ParameterValue\": %s}", comma, key, found
        else printf "%s=%s\n", plain(key), plain(found)
        comma = ","
      }
      if (form == "json") printf "\n]\n"
    }' "$root/$2"
}

# What the document left open has a name that nobody can own: it must be replaced before anything is made.
check_values() {
  local line environment parameters missing="" found key
  for line in "${chosen[@]}"; do
    IFS=$'\t' read -r environment _ _ _ _ _ parameters _ <<<"$line"
    found=$(parameters_for "$environment" "$parameters" "" json | sed -n 's/.*"ParameterKey": "\([^"]*\)", "ParameterValue": "[^"]*example\.com[^"]*".*/\1/p')
    for key in $found; do missing+="$environment: $key"$'\n'; done
  done
  [[ -z $missing ]] && return 0
  printf 'error: these values are placeholders:\n%s' "$(printf '%s' "$missing" | sort -u | sed 's/^/  /')" >&2
  printf '\nput KEY=VALUE into overrides/ENVIRONMENT.params, or use --set KEY=VALUE\n' >&2
  exit 2
}

confirm() {
  local answer
  printf 'Change %s? [y/N] ' "$1" >&2
  read -r answer || answer=n
  [[ $answer == [yY]* ]] || refuse "nothing was changed; --yes does not ask"
}

# Reads the state of every stack of the regions in question once: one call a region instead of one a stack.
read_states() {
  local where
  for where in $(printf '%s\n' "${chosen[@]}" | cut -f 2 | sort -u); do
    cli "$where" cloudformation describe-stacks --query 'Stacks[].[StackName, StackStatus]' --output text >"$scratch/states-$where" ||
      fail "every stack" "$where" "its state cannot be read"
  done
}

# usage: state_before REGION STACK   (as it was when the script began)
state_before() {
  local found
  found=$(awk -F '\t' -v name="$2" '$1 == name { print $2 }' "$scratch/states-$1")
  printf '%s' "${found:-NONE}"
}

# Reads values that stacks elsewhere give, as lines KEY=VALUE. In a preview the other stack may not be there yet.
wired_values() {
  local name=$1 where=$2 preview=$3 stack region parameter from_region from_stack output found
  [[ -f $OUTPUTS ]] || return 0
  while IFS=$'\t' read -r stack region parameter from_region from_stack output; do
    [[ $stack == "$name" && $region == "$where" ]] || continue
    found=$(cli "$from_region" cloudformation describe-stacks --stack-name "$from_stack" \
      --query "Stacks[0].Outputs[?OutputKey=='$output'].OutputValue" --output text 2>/dev/null) || found=""
    if [[ -z $found || $found == None ]]; then
      [[ $preview == yes ]] || fail "$name" "$where" "needs $output of $from_stack in $from_region, which is not there"
      continue
    fi
    printf '%s=%s\n' "$parameter" "$found"
  done <"$OUTPUTS"
}

fail() {
  printf '%-40s %-14s FAILED\n  %s\n' "$1" "$2" "$3" >&2
  exit 1
}

# The first things that went wrong in a stack, with AWS's own words.
reasons() {
  cli "$2" cloudformation describe-stack-events --stack-name "$1" --output text --query \
    "StackEvents[?contains(ResourceStatus, 'FAILED')].[LogicalResourceId, ResourceType, ResourceStatusReason]" 2>/dev/null |
    grep -v 'Resource creation cancelled' | tail -n 5 | sed 's/\t/  /g; s/^/  /' || true
}

# usage: deploy_stack LINE PREVIEW BUCKET
deploy_stack() {
  local environment where name template parameters policy preview=$2 bucket=$3 status wired
  IFS=$'\t' read -r environment where _ _ name template parameters policy <<<"$1"
  status=$(state_before "$where" "$name")
  case $status in
    ROLLBACK_COMPLETE) [[ $preview == yes ]] || remove_failed "$where" "$name" ;;
    REVIEW_IN_PROGRESS) ;;
    *_IN_PROGRESS) fail "$name" "$where" "is being changed by somebody else: $status" ;;
  esac
  wired_values "$name" "$where" "$preview" >"$scratch/wired" || exit 1
  wired=$(cat "$scratch/wired")
  if [[ $preview == yes ]]; then
    parameters_for "$environment" "$parameters" "$wired" json >"$scratch/parameters.json"
    preview_stack "$where" "$name" "$template" "$bucket" "$status"
  else
    parameters_for "$environment" "$parameters" "$wired" lines >"$scratch/parameters"
    bring_up "$where" "$name" "$template" "$bucket" "$policy" "$status"
  fi
}

remove_failed() {
  cli "$1" cloudformation delete-stack --stack-name "$2"
  cli "$1" cloudformation wait stack-delete-complete --stack-name "$2"
}

CAPABILITIES=(--capabilities CAPABILITY_IAM CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND)

# Makes a change set, waits for it, carries it out and waits for the stack: `cloudformation deploy` does all four.
# usage: bring_up REGION STACK TEMPLATE BUCKET POLICY STATUS
bring_up() {
  local where=$1 name=$2 template=$root/$3 bucket=$4 policy=$5 status=$6 pairs=() line began=$SECONDS
  while IFS= read -r line; do pairs+=("$line"); done <"$scratch/parameters"
  if [[ -z $bucket && $(wc -c <"$template") -gt $LARGEST_BODY ]]; then
    bucket=$(bucket_for "$where") || fail "$name" "$where" "its template is over $LARGEST_BODY bytes, and no bucket for it could be made: use --bucket NAME"
  fi
  if ! cli "$where" cloudformation deploy --stack-name "$name" --template-file "$template" "${CAPABILITIES[@]}" --no-fail-on-empty-changeset \
    ${pairs[@]+--parameter-overrides "${pairs[@]}"} ${bucket:+--s3-bucket "$bucket"} >"$scratch/problem" 2>&1; then
    grep -q "$NO_CHANGES" "$scratch/problem" || fail "$name" "$where" "$(grep -v '^ *$' "$scratch/problem" | tail -n 3)"$'\n'"$(reasons "$name" "$where")"
  fi
  if grep -q "$NO_CHANGES" "$scratch/problem"; then
    printf '%-40s %-14s unchanged\n' "$name" "$where"
    return 0
  fi
  changed=$((changed + 1))
  protect "$where" "$name" "$policy"
  case $status in NONE | ROLLBACK_COMPLETE | REVIEW_IN_PROGRESS) status=created ;; *) status=updated ;; esac
  printf '%-40s %-14s %-9s %s\n' "$name" "$where" "$status" "$(minutes $((SECONDS - began)))"
}

# The account's bucket for templates that do not fit into a call, made when it is first needed. New buckets are private and encrypted.
# usage: bucket_for REGION
bucket_for() {
  local name=$scratch/bucket-$1 place=()
  if [[ ! -f $name ]]; then
    printf 'planner-templates-%s-%s' "$(cli "$1" sts get-caller-identity --query Account --output text)" "$1" >"$name.new"
    [[ $1 == us-east-1 ]] || place=(--create-bucket-configuration "LocationConstraint=$1")
    cli "$1" s3api head-bucket --bucket "$(cat "$name.new")" >/dev/null 2>&1 ||
      cli "$1" s3api create-bucket --bucket "$(cat "$name.new")" "${place[@]+"${place[@]}"}" >/dev/null 2>&1 || return 1
    mv "$name.new" "$name"
  fi
  cat "$name"
}

# usage: protect REGION STACK POLICY
protect() {
  [[ $3 != - ]] || return 0
  cli "$1" cloudformation set-stack-policy --stack-name "$2" --stack-policy-body "file://$root/$3"
  cli "$1" cloudformation update-termination-protection --stack-name "$2" --enable-termination-protection >/dev/null
}

# usage: preview_stack REGION STACK TEMPLATE BUCKET STATUS
preview_stack() {
  local where=$1 name=$2 bucket=$4 kind=UPDATE set status reason arguments
  case $5 in NONE | ROLLBACK_COMPLETE | REVIEW_IN_PROGRESS) kind=CREATE ;; esac
  set="planner-$(date +%s)-$$"
  template_arguments "$where" "$3" "$bucket"
  if ! cli "$where" cloudformation create-change-set --stack-name "$name" --change-set-name "$set" --change-set-type "$kind" \
    "${arguments[@]}" --parameters "file://$scratch/parameters.json" "${CAPABILITIES[@]}" --output text >/dev/null 2>"$scratch/problem"; then
    grep -q "$NO_CHANGES" "$scratch/problem" || fail "$name" "$where" "$(tail -n 3 "$scratch/problem")"
    printf '%-40s %-14s would stay as it is\n' "$name" "$where"
    return 0
  fi
  while :; do
    IFS=$'\t' read -r status reason < <(cli "$where" cloudformation describe-change-set --stack-name "$name" --change-set-name "$set" \
      --query '[Status, StatusReason]' --output text)
    [[ $status == *_PENDING || $status == *_IN_PROGRESS ]] || break
    sleep 2
  done
  if [[ $status == CREATE_COMPLETE ]]; then
    show_changes "$where" "$name" "$set" "$kind"
  else
    grep -q "$NO_CHANGES" <<<"$reason" || fail "$name" "$where" "$reason"
    printf '%-40s %-14s would stay as it is\n' "$name" "$where"
  fi
  cli "$where" cloudformation delete-change-set --stack-name "$name" --change-set-name "$set" >/dev/null
  # A change set for a new stack leaves an empty stack under review.
  [[ $kind == UPDATE ]] || cli "$where" cloudformation delete-stack --stack-name "$name"
}

# Sets `arguments`: the template itself, or where it was uploaded to.
template_arguments() {
  local where=$1 template=$2 bucket=$3
  arguments=(--template-body "file://$root/$template")
  (($(wc -c <"$root/$template") <= LARGEST_BODY)) && return 0
  [[ -n $bucket ]] || bucket=$(bucket_for "$where") || refuse "$template is over $LARGEST_BODY bytes: use --bucket NAME"
  cli "$where" s3 cp --only-show-errors "$root/$template" "s3://$bucket/$template"
  arguments=(--template-url "${endpoint:-https://s3.$where.amazonaws.com}/$bucket/$template")
}

show_changes() {
  printf '%-40s %-14s would be %s\n' "$2" "$1" "$([[ $4 == CREATE ]] && echo created || echo updated)"
  cli "$1" cloudformation describe-change-set --stack-name "$2" --change-set-name "$3" --output text \
    --query 'Changes[].ResourceChange.[Action, ResourceType, LogicalResourceId, Replacement]' | sed 's/\t/  /g; s/^/    /; s/  None$//'
}

# What CloudFormation has no resource for; each call checks first, so that it can be repeated.
after_deployment() {
  local environment where service stack state
  [[ -f $root/cloudformation/after.tsv ]] || return 0
  : >"$scratch/networks"
  while IFS=$'\t' read -r environment where service stack; do
    printf '%s\n' "${chosen[@]}" | cut -f 1,2 | grep -qxF -- "$environment"$'\t'"$where" || continue
    case $service in
      inspector)
        state=$(cli "$where" inspector2 batch-get-account-status --query 'accounts[0].state.status' --output text 2>/dev/null || echo unknown)
        [[ $state == ENABLED ]] && continue
        cli "$where" inspector2 enable --resource-types EC2 ECR LAMBDA \
          --account-ids "$(cli "$where" sts get-caller-identity --query Account --output text)" >/dev/null
        printf '%-40s %-14s enabled\n' "Inspector ($environment)" "$where"
        changed=$((changed + 1))
        ;;
      ebs)
        state=$(cli "$where" ec2 get-ebs-encryption-by-default --query EbsEncryptionByDefault --output text 2>/dev/null || echo unknown)
        [[ $state == True ]] && continue
        cli "$where" ec2 enable-ebs-encryption-by-default >/dev/null
        printf '%-40s %-14s enabled\n' "EBS encryption by default ($environment)" "$where"
        changed=$((changed + 1))
        ;;
      default-group) printf '%s\t%s\n' "$where" "$stack" >>"$scratch/networks" ;;
      *) refuse "cloudformation/after.tsv names $service, which this script does not know" ;;
    esac
  done <"$root/cloudformation/after.tsv"
  while read -r where; do close_default_groups "$where"; done < <(cut -f 1 "$scratch/networks" | sort -u)
}

# AWS makes a security group with every VPC that lets its members reach each other and everything else; nothing is to use it.
# usage: close_default_groups REGION   (two calls, and one for each direction that is still open)
close_default_groups() {
  local where=$1 vpcs group incoming outgoing
  cli "$where" cloudformation describe-stacks --output text \
    --query "Stacks[].[StackName, Outputs[?OutputKey=='VpcId'].OutputValue | [0]]" >"$scratch/vpcs" || fail "default groups" "$where" "no VPC can be read"
  vpcs=$(awk -F '\t' -v where="$where" 'NR == FNR { if ($1 == where) mine[$2] = 1; next } $1 in mine && $2 ~ /^vpc-/ { print $2 }' \
    "$scratch/networks" "$scratch/vpcs" | paste -s -d , -)
  [[ -n $vpcs ]] || return 0
  cli "$where" ec2 describe-security-groups --filters Name=group-name,Values=default "Name=vpc-id,Values=$vpcs" --output text \
    --query 'SecurityGroups[].[GroupId, length(IpPermissions), length(IpPermissionsEgress)]' >"$scratch/groups" || fail "default groups" "$where" "cannot be read"
  while IFS=$'\t' read -r group incoming outgoing; do
    [[ $incoming == 0 ]] || cli "$where" ec2 revoke-security-group-ingress --group-id "$group" --protocol all --source-group "$group" >/dev/null
    [[ $outgoing == 0 ]] || cli "$where" ec2 revoke-security-group-egress --group-id "$group" --output text \
      --ip-permissions 'IpProtocol=-1,IpRanges=[{CidrIp=0.0.0.0/0}]' >/dev/null
    [[ $incoming$outgoing == 00 ]] || { changed=$((changed + 1)) && printf '%-40s %-14s closed\n' "default group $group" "$where"; }
  done <"$scratch/groups"
}
