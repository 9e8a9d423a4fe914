#!/bin/sh
# setup.sh [PACKAGE...]: installs what building and testing need, and those packages, on Debian; says what is missing
# elsewhere. Does nothing when all is there.
set -eu
packages="gcc make pkg-config libc6-dev libevent-dev libssl-dev libcjson-dev libxml2-dev zlib1g-dev libsqlite3-dev
libcurl4-openssl-dev libcyaml-dev libyaml-dev check tzdata clang-format-14 curl openssl procps patch
python3-hl7"
missing=""
if command -v dpkg-query >/dev/null 2>&1; then
	for p in $packages; do
		dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
	done
	[ -z "$missing" ] && exit 0
else
	echo "This is not a Debian system. wardwire needs the equivalents of these Debian 12 packages:" >&2
	echo "$packages" >&2
	echo "With them in place, 'make all' builds and 'make test' tests." >&2
	pkg-config --exists libevent libssl libcrypto libcjson libxml-2.0 zlib sqlite3 libcurl libcyaml yaml-0.1 check 2>/dev/null && exit 0
	exit 1
fi
sudo=""
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null 2>&1 || {
		echo "Missing packages:$missing. Install them as root: apt-get install$missing" >&2
		exit 1
	}
	sudo=sudo
fi
echo "Installing:$missing"
$sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
