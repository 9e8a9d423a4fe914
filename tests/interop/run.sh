#!/bin/sh
# make interop: FHIR clients that others wrote against a running engine: fhir-kit-client and @medplum/core (npm), HAPI's client (Maven).
# It fetches them into $BUILD/interop, so it is no part of make check; a part whose tools are missing is left out.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh
. tests/e2e/access.sh
place=$(mkdir -p "$BUILD/interop" && cd "$BUILD/interop" && pwd)
here=$(cd tests/interop && pwd)

start_practice rcca
make_key RS384 gateway
write_fhir_site 3
port=$((20000 + $$ % 10000))
known=http://127.0.0.1:$port/fhir
sed -i "s|127.0.0.1:0/fhir\", auth: none|127.0.0.1:$port/fhir\"|" "$config"
cat >>"$config" <<-END
clients:
  - {name: gateway, feed: acme, may: ["system/*.cruds"], jwks: gateway.json}
END
start_fhir

if command -v npm >/dev/null; then
	cp "$here/fhir.mjs" "$place"
	(cd "$place" && { [ -e package.json ] || npm init -y >/dev/null; } &&
		npm install --no-audit --no-fund --silent fhir-kit-client@2.0.3 @medplum/core@4.5.2) || fail "npm did not fetch the clients"
	(cd "$place" && node fhir.mjs "$fhir" "$(cd "$OLDPWD" && assertion gateway gateway)") || fail "a client from npm"
else
	echo "interop: npm is not installed"
fi
if command -v mvn >/dev/null; then
	log_in gateway gateway 'system/*.cruds'
	(cd "$here/hapi" && mvn -q -B -Dstyle.color=never compile exec:java -DbuildDirectory="$place/hapi" \
		-Dexec.args="$fhir $token") || fail "HAPI's client"
else
	echo "interop: mvn is not installed"
fi
wait_until is_at_rest
stop_engine
