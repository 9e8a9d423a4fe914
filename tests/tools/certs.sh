#!/bin/sh
# certs.sh DIR: makes certificates for tests in DIR, each NAME.pem with NAME.key:
#   ca        vouches for all but the next two     other     another CA
#   server    localhost, 127.0.0.1                 renewed   the same, another key
#   client    CN st-vincent, also adt.svh.example  lab       CN lab
#   old       expired                              stranger  CN st-vincent, by the other CA
# and locked.key, which is server.key with a passphrase.
set -eu
mkdir -p "$1"
cd "$1"
key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
authority() {
	# shellcheck disable=SC2086
	openssl req -x509 $key -days 30 -subj "/CN=$1" -keyout "$1.key" -out "$1.pem" 2>/dev/null
}
issue() { # name, CA, common name, alternative names
	# shellcheck disable=SC2086
	openssl req -x509 $key -days 60 -subj "/O=Test/CN=$3" -addext "subjectAltName=$4" \
		-addext basicConstraints=critical,CA:FALSE -CA "$2.pem" -CAkey "$2.key" \
		-keyout "$1.key" -out "$1.pem" 2>/dev/null
}
authority ca
authority other
issue server ca server.example DNS:localhost,IP:127.0.0.1
issue renewed ca renewed.example DNS:localhost,IP:127.0.0.1
issue client ca st-vincent DNS:adt.svh.example
issue lab ca lab DNS:lab.example,email:lab@lab.example,IP:::1
issue stranger other st-vincent DNS:adt.svh.example
# shellcheck disable=SC2086
openssl req -new $key -subj /CN=old -keyout old.key -out old.csr 2>/dev/null
openssl x509 -req -in old.csr -CA ca.pem -CAkey ca.key -days -1 -out old.pem 2>/dev/null
openssl ec -in server.key -aes256 -passout pass:secret -out locked.key 2>/dev/null
chmod 600 ./*.key
