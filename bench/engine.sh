#!/bin/sh
# Runs Gameday as a load generator for a bench. The job is in the environment (SCENARIO flat|script|users|open, BASE, N, DUR,
# RAMP, THINK in ms, RATE per second; GAMEDAY_WORKERS, default 1, because a bench that pins its tools gives them one core). For
# open, the last line on stdout is JSON with p50, p90, p95, p99 and max in ms, from the intended start.
here=$(cd "$(dirname "$0")" && pwd)
PATH="$here/../node_modules/.bin:$PATH"
export THINK="${THINK:-0}"
ramp="${RAMP:-0}"
run() { node "$here/../bin/gameday.mjs" load -q --host "$BASE" --workers "${GAMEDAY_WORKERS:-1}" --graceful-stop 2s "$@"; }
case "$SCENARIO" in
  script) run "$here/scenarios/script.ts" --stage "${ramp}s:$N" --stage "${DUR}s:$N" ;;
  open)
    summary=$(mktemp)
    trap 'rm -f "$summary"' EXIT
    run "$here/scenarios/plain.ts" --rate "$RATE/s" --duration "${DUR}s" --json "$summary"
    node -e 'const { all } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
      console.log(JSON.stringify({ p50: all.p50, p90: all.p90, p95: all.p95, p99: all.p99, max: all.max, count: all.count }));' "$summary"
    ;;
  users) run "$here/scenarios/flat.ts" --stage "${ramp}s:$N" --stage "${DUR}s:$N" ;;
  *) run "$here/scenarios/plain.ts" --stage "${ramp}s:$N" --stage "${DUR}s:$N" ;;
esac
