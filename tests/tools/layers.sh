#!/bin/sh
# Checks that the layers hold: by #include lines, and by the symbols each archive asks for. The arguments are the
# layers, lowest first; those joined by a comma in docs/architecture.md do not know each other.
set -eu
: "${BUILD:=build}"
bad=0

# What a layer may include of the engine, besides itself and <wardwire/...>.
may() {
	case $1 in
	base) echo "" ;;
	codec) echo "base" ;;
	model) echo "base codec" ;;
	store | link | config) echo "base codec model" ;;
	mappers | rules) echo "" ;;
	apply | report) echo "base codec model store config" ;;
	courier) echo "base codec model store" ;;
	rest) echo "base codec model store config" ;;
	main) echo "base codec model store link config apply courier report rest" ;;
	kit) echo "base codec model store link config apply" ;;
	esac
}

dir_of() { if [ "$1" = mappers ]; then echo mappers; else echo "engine/$1"; fi; }

for layer in "$@" main kit; do
	dir=$(dir_of "$layer")
	for inc in $(grep -rhoE '^#include "[^"]+"' "$dir" --include='*.c' --include='*.h' | sed 's/.*"\(.*\)"/\1/' | sort -u); do
		from=${inc%%/*}
		case $layer:$from in rules:gen | codec:gen | model:gen | config:gen) continue ;; esac
		[ "$from" = "$layer" ] && continue
		case " $(may "$layer") " in *" $from "*) continue ;; esac
		echo "$dir includes \"$inc\": $layer must not know $from"
		bad=1
	done
done

# Each third party stands behind its own files.
only() { # pattern, allowed files...
	pattern=$1
	shift
	for f in $(grep -rlE "^#include <$pattern" engine mappers include 2>/dev/null || true); do
		case " $* " in *" $f "*) continue ;; esac
		for a in "$@"; do case $f in $a*) continue 2 ;; esac; done
		echo "$f includes <$pattern...>, which only $* may"
		bad=1
	done
}
only 'cjson/' engine/codec/json
only 'libxml/' engine/codec/xml.c
only 'zlib' engine/codec/gzip.c
only 'event2?/' engine/link/ engine/kit/practice_http.c engine/kit/listen_server.c
only 'curl/' engine/link/http_
only 'openssl/' engine/base/crypto.c engine/base/crypto_key.c engine/link/tls.c
only 'sqlite3' engine/store/ledger_sqlite.c
only 'c?yaml' engine/config/
only 'lua' engine/script/

# Symbols: what a layer's archive leaves undefined must be defined in a layer it may know, or in a contract.
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for layer in "$@"; do
	nm -A --defined-only "$BUILD/lib/libww_$layer.a" 2>/dev/null | awk -v l="$layer" '$2 ~ /^[0-9a-f]+$/ || 1 {print $NF, l}' |
		grep '^ww_' >>"$tmp/defined" || true
done
# A lower layer must never need a symbol of a higher one.
rank=0
for layer in "$@"; do
	rank=$((rank + 1))
	echo "$layer $rank" >>"$tmp/rank"
done
for layer in "$@"; do
	nm -u "$BUILD/lib/libww_$layer.a" 2>/dev/null | awk '$1 == "U" {print $2}' | grep '^ww_' | sort -u >"$tmp/need" || true
	awk -v me="$layer" -v allow=" $(may "$layer") mappers rules " '
		FILENAME ~ /defined$/ { home[$1] = $2; next }
		FILENAME ~ /rank$/ { rank[$1] = $2; next }
		($1 in home) && home[$1] != me && rank[home[$1]] > rank[me] {
			print me " needs " $1 " of " home[$1]; bad = 1
		}
		END { exit bad }' "$tmp/defined" "$tmp/rank" "$tmp/need" || bad=1
done
[ "$bad" -eq 0 ] && echo "layers: hold"
exit "$bad"
