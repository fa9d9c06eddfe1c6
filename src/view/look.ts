/**
 * The look that the page and the reports share: the colours by their meaning, light and dark, and the style of the cards and tables
 * that both draw. Colours never stand alone; words, shapes and hatching say the same.
 */

const LIGHT: Readonly<Record<string, string>> = {
  ink: "#1a202b",
  dim: "#545e70",
  paper: "#f4f6f9",
  card: "#ffffff",
  edge: "#d8dde6",
  pass: "#126a3c",
  "pass-soft": "#e0f3e8",
  fail: "#b01f18",
  "fail-soft": "#fde7e5",
  unknown: "#744f00",
  "unknown-soft": "#fcf0d2",
  fault: "#8f4a00",
  "fault-soft": "#fdecd3",
  link: "#1a56b4",
  focus: "#1a56b4",
  "on-bad": "#ffffff",
  "paint-ink": "#1a202b",
  "paint-dim": "#545e70",
  "paint-grid": "#e4e8ee",
  "paint-up": "#cfe6d8",
  "paint-outage": "#c3271f",
  "paint-no-data": "#b9c0cc",
  "paint-fault": "rgb(243 166 50 / 0.2)",
  "paint-fault-edge": "#d98a00",
  "paint-ok": "#2f6fd6",
  "paint-failed": "#d3392f",
  "paint-p50": "#7a8496",
  "paint-p95": "#7d4fd0",
  "paint-p99": "#a87400",
  "paint-users": "#55627a",
  "paint-ready": "#1a8a52",
  "paint-wanted": "#7a8496",
  "paint-bound": "#b01f18",
  "paint-mark": "#ffffff",
  "paint-leader-even": "#cfdcf3",
  "paint-leader-odd": "#e6d7f5",
  "paint-phase-even": "#dde3ec",
  "paint-phase-odd": "#edf0f5",
};

const DARK: Readonly<Record<string, string>> = {
  ink: "#e7eaf0",
  dim: "#a5afbf",
  paper: "#10141a",
  card: "#181d25",
  edge: "#2c3440",
  pass: "#62d598",
  "pass-soft": "#14321f",
  fail: "#ff8f86",
  "fail-soft": "#44201e",
  unknown: "#f0c264",
  "unknown-soft": "#3a2e12",
  fault: "#ffb865",
  "fault-soft": "#3e2a10",
  link: "#8cb6fa",
  focus: "#8cb6fa",
  "on-bad": "#10141a",
  "paint-ink": "#e7eaf0",
  "paint-dim": "#a5afbf",
  "paint-grid": "#272e39",
  "paint-up": "#1f4431",
  "paint-outage": "#e5483e",
  "paint-no-data": "#4d5665",
  "paint-fault": "rgb(243 166 50 / 0.17)",
  "paint-fault-edge": "#b87a10",
  "paint-ok": "#6ea3f7",
  "paint-failed": "#ff7a70",
  "paint-p50": "#939db0",
  "paint-p95": "#b394f4",
  "paint-p99": "#d9a94a",
  "paint-users": "#a5b0c4",
  "paint-ready": "#54c98a",
  "paint-wanted": "#8b95a8",
  "paint-bound": "#ff8f86",
  "paint-mark": "#ffffff",
  "paint-leader-even": "#26395c",
  "paint-leader-odd": "#3d2a59",
  "paint-phase-even": "#2b3442",
  "paint-phase-odd": "#212935",
};

/** Returns the colours as custom properties: by the system's setting, or as the attribute data-theme of the root says. */
export function themes(): string {
  const dark = `color-scheme:dark;${declarations(DARK)}`;
  return [
    `:root{color-scheme:light;${declarations(LIGHT)}}`,
    `:root[data-theme="dark"]{${dark}}`,
    `@media (prefers-color-scheme:dark){:root:not([data-theme="light"]){${dark}}}`,
    // Paper is light.
    `@media print{:root:root{color-scheme:light;${declarations(LIGHT)}}}`,
  ].join("\n");
}

function declarations(colours: Readonly<Record<string, string>>): string {
  return Object.entries(colours)
    .map(([name, value]) => `--${name}:${value}`)
    .join(";");
}

/** The style of what the page and the reports both draw: headings and lists, tiles, stamps, pills, objectives, bars and tables. */
export const CARDS = `*,*::before,*::after{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:14px / 1.45 system-ui,sans-serif}
h1,h2,h3,p,ul,ol,dl,dd{margin:0;padding:0}
ul,ol{list-style:none}
h1{font-size:17px}
h2{font-size:14px}
h3{font-size:14px}
.tiles dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(112px,1fr));gap:6px}
.tiles dl > div{min-width:0}
.tiles dt{font-size:12px;color:var(--dim)}
.tiles dd{font-size:20px;font-weight:600;line-height:1.2;font-variant-numeric:tabular-nums}
.tiles small{font-size:12px;font-weight:400;color:var(--dim);white-space:nowrap}
.stamps{display:flex;flex-wrap:wrap;gap:0 14px;font-size:12.5px;font-variant-numeric:tabular-nums}
.pill{display:inline-block;padding:0 8px;border-radius:9px;font-size:12px;font-weight:600;white-space:nowrap;background:var(--paper);color:var(--dim)}
.pill.pass{background:var(--pass-soft);color:var(--pass)}
.pill.fail{background:var(--fail-soft);color:var(--fail)}
.pill.unknown{background:var(--unknown-soft);color:var(--unknown)}
.pill.fault{background:var(--fault-soft);color:var(--fault)}
.objective{padding:4px 0;border-top:1px solid var(--edge);color:var(--ink)}
.objective .figures{display:flex;flex-wrap:wrap;gap:0 14px;font-variant-numeric:tabular-nums}
.objective b{color:var(--ink)}
.scroll{overflow:auto;max-height:560px}
.scroll.short{max-height:240px}
table{width:100%;border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}
thead th{position:sticky;top:0;background:var(--card);color:var(--dim);font-size:12px}
th,td{padding:4px 10px;border-bottom:1px solid var(--edge);text-align:right;white-space:nowrap;vertical-align:top}
th:first-child,td:first-child,.words{text-align:left}
tbody th{font-weight:500}
.words{min-width:160px;max-width:460px;white-space:normal;overflow-wrap:anywhere}
.limits{position:relative;display:inline-block;width:120px;height:11px;margin-left:6px;background:var(--paper);border:1px solid var(--dim);border-radius:3px;vertical-align:-1px}
.limits s{position:absolute;top:0;bottom:0;background:repeating-linear-gradient(135deg,var(--edge) 0 2px,transparent 2px 5px)}
.limits i{position:absolute;top:2px;bottom:2px;min-width:3px;background:var(--dim);border-radius:1px}
.limits b{position:absolute;top:-4px;bottom:-4px;width:2px;margin-left:-1px;background:var(--ink)}
.ruler{margin:6px 0}.ruler .track{position:relative;height:16px;background:var(--paint-up);border-radius:3px;margin:4px 0 5px;overflow:hidden}
.ruler i{position:absolute;top:0;bottom:0}.ruler .held{background:var(--paint-fault);border-bottom:3px solid var(--paint-fault-edge)}
.ruler .down{top:3px;bottom:5px;background:repeating-linear-gradient(135deg,var(--paint-outage) 0 3px,var(--fail-soft) 3px 5px)}
.ruler b{position:absolute;top:0;bottom:0;width:2px;margin-left:-1px;background:var(--ink);opacity:.7}.ruler .zero{width:3px;opacity:1}.ruler .stamps b{position:static;opacity:1;background:none;width:auto;margin:0}
.limits.pass i{background:var(--pass)}.limits.fail i{background:var(--fail)}.limits.unknown i{background:var(--unknown)}`;
