#!/bin/sh
# usage: bench/peers/install.sh k6 FOLDER
# Builds k6, which the bench measures if it is on the PATH, into FOLDER with the Go tool chain. Nothing calls this script.
# wrk is a package of most distributions; autocannon and undici come with npm ci.
set -e
if [ "$1" != k6 ] || [ -z "$2" ]; then
  sed -n 's/^# //p' "$0" >&2
  exit 64
fi
mkdir -p "$2"
folder=$(cd "$2" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf 'module peers\ngo 1.25\nrequire go.k6.io/k6/v2 v2.2.0\n' > go.mod
printf 'package main\n\nimport _ "go.k6.io/k6/v2/cmd"\n\nfunc main() {}\n' > main.go
GOFLAGS=-mod=mod go build -o "$folder/k6" go.k6.io/k6/v2
