#!/bin/sh
# Builds k6, which is used only as a peer to measure, into bench/.peers/bin with the Go tool chain. wrk comes from apt; autocannon
# and undici come from npm.
set -e
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$here/.peers/bin"
cd "$work"
printf 'module peers\ngo 1.25\nrequire go.k6.io/k6/v2 v2.2.0\n' > go.mod
printf 'package main\n\nimport _ "go.k6.io/k6/v2/cmd"\n\nfunc main() {}\n' > main.go
GOFLAGS=-mod=mod go build -o "$here/.peers/bin/k6" go.k6.io/k6/v2
