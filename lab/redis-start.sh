#!/bin/sh
# Starts Redis in the role that the Sentinels assign to it. A former master must return as a replica; otherwise two masters
# exist for some seconds, and the writes that the old one acknowledges are lost.
# usage: redis-start.sh CONFIG OWN-ADDRESS FALLBACK-MASTER SENTINEL-PORT NAME SENTINEL-ADDRESS...
set -eu
config=$1 own=$2 master=$3 port=$4 name=$5
shift 5
for sentinel in "$@"; do
  answer=$(timeout 1 redis-cli -h "$sentinel" -p "$port" sentinel get-master-addr-by-name "$name" 2>/dev/null | head -n 1) || answer=
  case $answer in
    *.*.*.*) master=$answer; break ;;
  esac
done
if [ "$master" = "$own" ]; then exec redis-server "$config"; fi
exec redis-server "$config" --replicaof "$master" 6379
