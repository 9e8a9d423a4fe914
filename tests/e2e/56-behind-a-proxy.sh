#!/bin/sh
# The engine behind HAProxy and nginx as samples/proxy has them: HTTP/2 and TLS outside, tokens, whose a request is, and
# requests that two programs could read in two ways. Each proxy is run where it is installed.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh
. tests/e2e/access.sh
haproxy=$(PATH=$PATH:/usr/sbin command -v haproxy)
nginx=$(PATH=$PATH:/usr/sbin command -v nginx)
[ -n "$haproxy$nginx" ] || skip "neither haproxy nor nginx is installed"
sh tests/tools/certs.sh "$dir/certs" || fail "no certificates"
export CURL_CA_BUNDLE="$dir/certs/ca.pem"
cat "$dir/certs/server.pem" "$dir/certs/server.key" >"$dir/fhir.pem"
cp "$dir/certs/server.key" "$dir/fhir.key"

# free_port: one that nobody listens on now.
free_port() {
	port_try=$((20000 + $$ % 10000))
	# shellcheck disable=SC2016
	while bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"' - "$port_try" 2>/dev/null; do
		port_try=$((port_try + 1))
	done
	echo "$port_try"
}

# is_up: the proxy answers, and the engine behind it.
is_up() {
	[ "$(curl -s -o /dev/null -w '%{http_code}' "$fhir/metadata")" = 200 ]
}

# start_haproxy, start_nginx: the sample with our places in it.
start_haproxy() {
	sed -e "s|0.0.0.0:8443|127.0.0.1:$outside|; s|/etc/haproxy/fhir.pem|$dir/fhir.pem|; s|127.0.0.1:8080|127.0.0.1:$inside|" \
		samples/proxy/haproxy.cfg >"$dir/haproxy.cfg"
	"$haproxy" -c -q -f "$dir/haproxy.cfg" || fail "haproxy does not take the sample"
	"$haproxy" -db -f "$dir/haproxy.cfg" >"$dir/proxy.log" 2>&1 &
	echo $! >"$dir/proxy.pid"
}
start_nginx() {
	sed -e "s|0.0.0.0:8443|127.0.0.1:$outside|; s|/etc/nginx/fhir|$dir/fhir|; s|127.0.0.1:8080|127.0.0.1:$inside|" \
		-e "s|/var/log/nginx/fhir.log|$dir/access.log|" \
		-e "s|^http {|&client_body_temp_path $dir/b; proxy_temp_path $dir/p; fastcgi_temp_path $dir/f; uwsgi_temp_path $dir/u; scgi_temp_path $dir/s;|" \
		samples/proxy/nginx.conf >"$dir/nginx.conf"
	"$nginx" -e "$dir/proxy.log" -p "$dir" -c "$dir/nginx.conf" -g "daemon off; pid $dir/nginx.own;" >>"$dir/proxy.log" 2>&1 &
	echo $! >"$dir/proxy.pid"
}

# raw_through TEXT: as it is, under TLS; prints the status lines of what comes back.
raw_through() {
	# shellcheck disable=SC2059
	printf "$1" | timeout 20 openssl s_client -quiet -connect "127.0.0.1:$outside" -servername localhost -alpn http/1.1 2>/dev/null |
		tr -d '\r' | grep '^HTTP/'
}

# through NAME: what holds behind either.
through() {
	outside=$(free_port)
	fhir=https://localhost:$outside/fhir
	"start_$1"
	wait_until is_up
	has "$1: HTTP/2" "$(curl -s --http2 -o /dev/null -w '%{http_version}' "$fhir/metadata")" '^2$'
	has "$1: HTTP/1.1" "$(curl -s --http1.1 -o /dev/null -w '%{http_version}' "$fhir/metadata")" '^1.1$'
	log_in gateway gateway 'system/Encounter.cruds'
	as "$token" 201 POST /Encounter "$(encounter 1 in-progress "V-$1")"
	has "$1: where it is" "$(header Location)$(header location)" "^$known/Encounter/"
	as "$token" 200 GET "/Encounter?identifier=V-$1"
	has "$1: what is found" "$answer" '"total"\|"resourceType":"Encounter"'
	asked 401 GET /Encounter/1
	awk 'BEGIN { for (i = 0; i < 20000000; i++) printf "x" }' >"$dir/large"
	same "$1: a body that is too long" 413 "$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" \
		-H 'Content-Type: application/fhir+json' --data-binary "@$dir/large" "$fhir/Encounter")"
	rm "$dir/large"

	# Whose a request is: another address that forges assertions is stopped, and we are not.
	token_form "$(forgery gateway gateway)" system/Encounter.r >"$dir/forged.form"
	i=0
	while [ $i -lt 25 ]; do
		curl -s -o /dev/null -w '%{http_code}\n' --interface "$2" -H 'X-Forwarded-For: 127.0.0.1' --data-binary "@$dir/forged.form" "$fhir/auth/token"
		i=$((i + 1))
	done >"$dir/guesses"
	has "$1: somebody who guesses" "$(cat "$dir/guesses")" '^401$'
	has "$1: somebody who guesses too often" "$(cat "$dir/guesses")" '^429$'
	log_in gateway gateway 'system/Encounter.cruds'
	as "$token" 200 GET "/Encounter?identifier=V-$1"

	# One request in another: what the proxy lets through the engine refuses, and nobody answers the hidden one.
	hidden='GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
	for probe in \
		'POST /fhir/Encounter HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' \
		'POST /fhir/Encounter HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n' \
		'POST /fhir/Encounter HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n'; do
		lacks "$1: $probe" "$(raw_through "$probe$hidden")" ' 20[0-9]'
	done
	stop proxy
}

start_practice rcca
make_key RS384 gateway
write_fhir_site 2
sed -i "s|auth: none|url: \"$known\", proxies: [127.0.0.1]|" "$config"
cat >>"$config" <<-END
clients:
  - {name: gateway, feed: acme, may: [system/Encounter.cruds], jwks: gateway.json}
END
start_fhir
inside=$(sed -n 's/^fhir //p' "$dir/ports")
if [ -n "$haproxy" ]; then through haproxy 127.0.0.2; else echo "56-behind-a-proxy.sh: haproxy is not installed"; fi
if [ -n "$nginx" ]; then through nginx 127.0.0.3; else echo "56-behind-a-proxy.sh: nginx is not installed"; fi
stop_engine
