#!/bin/sh
# A Redis member that somebody else runs, for the tests of platform "external": redis-member.sh up|down|check|broken PORT FOLDER
case "$1" in
  up) redis-cli -p "$2" ping >/dev/null 2>&1 ||
    redis-server --port "$2" --bind 127.0.0.1 --dir "$3" --save "" --daemonize yes --pidfile "$3/redis.pid" >/dev/null ;;
  down) redis-cli -p "$2" shutdown nosave >/dev/null 2>&1; exit 0 ;;
  check) [ "$(redis-cli -p "$2" ping 2>&1)" = PONG ] && echo "PONG on $2" ;;
  broken) redis-cli -p "$2" ping >/dev/null 2>&1 && exit 1; echo "nobody listens on $2" ;;
esac
