# What the end-to-end tests of access share, after lib.sh and fhir.sh: clients with keys, and tokens for them.
# shellcheck shell=sh
command -v openssl >/dev/null || skip "no openssl command"
known=https://hie.example.org/fhir # what clients know the server by
token=                             # of the last log_in

# make_key ALG NAME: a private key $dir/NAME.pem, and its set NAME.json with the kid NAME.
make_key() {
	sh tests/tools/jwt.sh key "$1" "$dir/$2.pem"
	sh tests/tools/jwt.sh jwks "$2=$dir/$2.pem" >"$dir/$2.json"
}

# assertion CLIENT KEY [CLAIMS]: signed by that key, for our token endpoint; further claims begin with a comma.
jti=0
assertion() {
	now=$(date +%s)
	sh tests/tools/jwt.sh sign "$dir/$2.pem" "$2" "{\"iss\":\"$1\",\"sub\":\"$1\",\"aud\":\"$known/auth/token\",\"exp\":$((now + 240)),\"iat\":$now,\"jti\":\"$$-$(date +%N)-$2\"${3-}}"
}

# forgery CLIENT KEY: an assertion as the client would make it with that key, by a key of the same kind that is another.
forgery() {
	[ -e "$dir/$2.forged.pem" ] || sh tests/tools/jwt.sh key "$(grep -q '"RSA"' "$dir/$2.json" && echo RS384 || echo ES384)" "$dir/$2.forged.pem"
	now=$(date +%s)
	sh tests/tools/jwt.sh sign "$dir/$2.forged.pem" "$2" "{\"iss\":\"$1\",\"sub\":\"$1\",\"aud\":\"$known/auth/token\",\"exp\":$((now + 240)),\"iat\":$now,\"jti\":\"forged\"}"
}

# token_form ASSERTION SCOPE: the body of a request for a token.
token_form() {
	printf 'grant_type=client_credentials&client_assertion_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Aclient-assertion-type%%3Ajwt-bearer&client_assertion=%s&scope=%s' \
		"$1" "$(printf '%s' "$2" | sed 's/ /%20/g')"
}

# request_token ASSERTION SCOPE: sets $status, $answer and $headers.
request_token() {
	ask POST /auth/token "$(token_form "$1" "$2")" -H 'Content-Type: application/x-www-form-urlencoded'
}

# said NAME: a text of the answer.
said() {
	printf '%s' "$answer" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

# log_in CLIENT KEY SCOPE: sets $token.
log_in() {
	request_token "$(assertion "$1" "$2")" "$3"
	same "token for $1: $answer" 200 "$status"
	token=$(said access_token)
	printf '%s\n' "$token" >>"$dir/secrets"
}

# as TOKEN WANT METHOD PATH [...]: asked, with that token.
as() {
	as_token=$1
	shift
	[ $# -gt 3 ] || set -- "$@" ""
	asked "$@" -H "Authorization: Bearer $as_token"
}

log_lacks_secrets() {
	while read -r secret; do
		! grep -q -F -e "$secret" "$engine_log" || fail "a token is in the log"
	done <"$dir/secrets"
}
