#!/usr/bin/env bash
# Submit an innovation with its evidence, and follow it to its announced place: curl, jq and sha256sum.
#
#   export MAKMAL_URL=https://makmal.kota.example MAKMAL_CLIENT=… MAKMAL_SECRET=… MAKMAL_EDITION=batam-2023
#   ./makmal.sh register INSTITUTION NUMBER innovation.json evidence.pdf     prints the innovation's id
#   ./makmal.sh follow INNOVATION CATEGORY                                   prints its place
set -euo pipefail

# One request: METHOD PATH [curl's options]. Prints the answer. What is repeated (--retry) has the same Idempotency-Key, so that
# nothing is done twice; 429 and 503 are waited for as long as Retry-After says.
call() {
  echo "> $1 $2" >&2
  curl --silent --show-error --fail-with-body --retry 5 --request "$1" "$MAKMAL_URL$2" \
    --header "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" "${@:3}"
}

signed_in() {
  token=$(call POST /identity/v1/token --data grant_type=client_credentials \
    --data-urlencode "client_id=$MAKMAL_CLIENT" --data-urlencode "client_secret=$MAKMAL_SECRET" | jq -r .access_token)
}

as_client() {
  call "$@" --header "Authorization: Bearer $token"
}

json() {
  as_client POST "$1" --header 'Content-Type: application/json' --data "$2"
}

register() {
  local institution=$1 number=$2 record=$3 evidence=$4 digest person innovation
  signed_in

  # The person in charge: his name goes to the vault, and nowhere else.
  person=$(json /identity/v1/persons '{"name": "PIC Demo", "email": "pic@demo.invalid"}' | jq -r .person)

  # The file first, under its digest.
  digest=$(sha256sum "$evidence" | cut -d' ' -f1)
  as_client PUT "/registration/v1/evidence-files/$digest" --header 'Content-Type: application/pdf' --data-binary "@$evidence" >&2

  innovation=$(json "/registration/v1/editions/$MAKMAL_EDITION/innovations" "$(
    jq --null-input --arg institution "$institution" --arg pic "$person" --arg number "$number" --slurpfile record "$record" \
      '{institution: $institution, pic: $pic, external_reference: $number, record: $record[0]}'
  )" | jq -r .innovation)

  json "/registration/v1/innovations/$innovation/evidence" "$(
    jq --null-input --arg sha256 "$digest" '{indicator: 1, parameter: 1, letter_number: "000/DEMO/2023",
      letter_date: "2023-01-31", subject: "Keputusan kepala dinas", sha256: $sha256}'
  )" >&2
  echo "$innovation"
}

follow() {
  local innovation=$1 category=$2
  signed_in
  as_client GET "/screening/v1/innovations/$innovation/standing" | jq -r '"screening: \(.state)"'
  as_client GET "/judging/v1/editions/$MAKMAL_EDITION/results" | jq -r --arg category "$category" --arg innovation "$innovation" '
    [.categories[] | select(.category == $category) | .winners[] | select(.entry | endswith("." + $innovation))]
    | if length == 0 then "no place is announced for it" else "place \(.[0].place) with \(.[0].score)" end'
}

"$@"
