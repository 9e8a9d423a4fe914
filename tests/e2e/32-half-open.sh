#!/bin/sh
# A thousand connections whose handshake never begins harm nobody: a feed under TLS goes on beside them, they count as
# connections, and they are closed when their time is over.
. tests/e2e/lib.sh
command -v openssl >/dev/null || skip "no openssl command"
crowd=$BUILD/perf/crowd
load=$BUILD/perf/load
[ -x "$crowd" ] && [ -x "$load" ] || fail "make $crowd $load"
ulimit -n 4096 2>/dev/null || skip "too few descriptors"
sh tests/tools/certs.sh "$dir/certs" || fail "no certificates"
cat >"$config" <<-END
data: data
listeners:
  - {name: adt, mllp: "127.0.0.1:0", max_connections: 1040, tls: {cert: certs/server.pem, key: certs/server.key, handshake_timeout: 600}}
  - {name: brief, mllp: "127.0.0.1:0", tls: {cert: certs/server.pem, key: certs/server.key, handshake_timeout: 1}}
feeds:
  - {name: mercy, on: adt}
  - {name: other, on: brief}
END
start_engine --log warn

# gather NAME PORT N
gather() {
	"$crowd" --port "$2" --peers 20 --silent "$3" >"$dir/$1.out" 2>"$dir/$1.log" &
	echo $! >"$dir/$1.pid"
	wait_until grep -qs '^ready' "$dir/$1.out"
}

# line NAME: what status says of that listener.
line() {
	"$engine" status -c "$config" | grep "^listener  *$1:"
}
has_line() {
	line "$1" | grep -q "$2"
}

gather long "$mllp" 1000
wait_until has_line adt ' 1000 of 1040 connections'
out=$("$load" --port "$mllp" --tls 1 --connections 32 --messages 2000) || fail "the feed among them: $out"
has "the feed among them" "$out" 'acknowledged=2000 refused=0 '
has "those that say nothing" "$(line adt)" ' 0 handshakes failed'
stop long
has "what became of them" "$(cat "$dir/long.out")" ' closed_silent=0 '

gather brief "$(sed -n 's/^brief //p' "$dir/ports")" 100
wait_until has_line brief ' 0 of 1024 connections, .* 100 handshakes failed'
stop brief
has "what became of them" "$(cat "$dir/brief.out")" ' closed_silent=100 '
same "lines about it" 1 "$(grep -c 'why=handshake-not-ended peer=' "$engine_log")"
stop_engine
