#!/bin/sh
# Keys and signed tokens for tests, by the openssl command and nothing of the engine:
#   jwt.sh key RS384|ES384 FILE       makes a private key
#   jwt.sh jwks KID=FILE...           prints the public keys as a JWK Set
#   jwt.sh sign FILE KID CLAIMS       prints a token with these claims, signed by the key
set -eu

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
bytes() { perl -ne 'chomp; print pack "H*", $_'; } # of hex digits
is_rsa() { openssl pkey -in "$1" -noout -text | grep -q -i '^modulus\|RSA\|prime1'; }

# hex digits of the point of an EC key, without the leading 04
point() { openssl pkey -in "$1" -pubout -outform DER | perl -0777 -ne 'print unpack "H*", substr $_, -96'; }
modulus() { openssl rsa -in "$1" -noout -modulus 2>/dev/null | sed 's/^Modulus=//'; }

jwk() { # KID FILE
	if is_rsa "$2"; then
		printf '{"kty":"RSA","kid":"%s","alg":"RS384","use":"sig","e":"AQAB","n":"%s"}' "$1" \
			"$(modulus "$2" | bytes | base64url)"
	else
		printf '{"kty":"EC","crv":"P-384","kid":"%s","alg":"ES384","use":"sig","x":"%s","y":"%s"}' "$1" \
			"$(point "$2" | cut -c1-96 | bytes | base64url)" "$(point "$2" | cut -c97-192 | bytes | base64url)"
	fi
}

# r and s of 48 bytes each from openssl's DER
raw() { openssl asn1parse -inform DER | sed -n 's/.*INTEGER *://p' | while read -r n; do printf '%96s' "$n" | tr ' ' 0; done | bytes; }

case $1 in
key)
	if [ "$2" = RS384 ]; then
		openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$3" 2>/dev/null
	else
		openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "$3" 2>/dev/null
	fi
	;;
jwks)
	shift
	more=
	printf '{"keys":['
	for k in "$@"; do
		printf '%s%s' "$more" "$(jwk "${k%%=*}" "${k#*=}")"
		more=,
	done
	printf ']}\n'
	;;
sign)
	alg=ES384
	is_rsa "$2" && alg=RS384
	text=$(printf '{"alg":"%s","kid":"%s","typ":"JWT"}' "$alg" "$3" | base64url).$(printf '%s' "$4" | base64url)
	if [ $alg = RS384 ]; then
		signature=$(printf '%s' "$text" | openssl dgst -sha384 -sign "$2" -binary | base64url)
	else
		signature=$(printf '%s' "$text" | openssl dgst -sha384 -sign "$2" -binary | raw | base64url)
	fi
	printf '%s.%s\n' "$text" "$signature"
	;;
esac
