/**
 * The style of report.html besides what it shares with the live page (view/look.ts): light or dark by the reader's own setting,
 * readable on a telephone, and suitable for paper.
 */
export const STYLE = `
body{margin:0;background:var(--paper);color:var(--ink);font:14px/1.45 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:20px 20px 60px}
a{color:var(--link)}:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
h1{font-size:24px}h2{font-size:17px;margin:26px 0 8px}h3{font-size:14px}h4{margin:12px 0 4px;font-size:13px}
p{margin:4px 0}.dim{color:var(--dim)}p.fail,.stamps .fail{color:var(--fail)}
header p{font-size:12.5px;overflow-wrap:anywhere}
.verdict{border:1px solid var(--edge);border-left:8px solid var(--edge);background:var(--card);border-radius:8px;padding:10px 16px;margin:12px 0}
.verdict .word{font-size:24px;line-height:1.2;font-weight:700;text-transform:uppercase}.verdict .sentence{font-size:16px}
.verdict.pass,.card.pass{border-left-color:var(--pass)}.verdict.fail,.card.fail{border-left-color:var(--fail)}.verdict.unknown,.card.unknown{border-left-color:var(--unknown)}
.verdict.pass .word{color:var(--pass)}.verdict.fail .word{color:var(--fail)}.verdict.unknown .word{color:var(--unknown)}
.headline dl{grid-template-columns:repeat(4,minmax(0,1fr));gap:8px}
.headline dl>div{background:var(--card);border:1px solid var(--edge);border-radius:8px;padding:8px 12px}
.headline small{display:block;white-space:normal;line-height:1.35;overflow-wrap:anywhere}.headline .bad{border-color:var(--fail)}.headline .bad dd{color:var(--fail)}
nav ul{display:flex;flex-wrap:wrap;gap:2px 14px;margin:10px 0;font-size:13px}
.card{border:1px solid var(--edge);border-left-width:5px;background:var(--card);border-radius:8px;padding:10px 14px;margin:10px 0;break-inside:avoid}
.card h3,.card h4{overflow-wrap:anywhere}.objectives{margin:0}.objective>div{overflow-wrap:anywhere}
.plain{list-style:disc;padding-left:20px;margin:4px 0;overflow-wrap:anywhere}.witnesses{font-size:13px}
details{margin:6px 0}summary{cursor:pointer;color:var(--link);font-size:13px;padding:2px 0}
.picture{overflow-x:auto;background:var(--card);border:1px solid var(--edge);border-radius:6px;padding:6px}
.card .picture{border:0;padding:0}svg.course{display:block;width:100%;height:auto}svg.histogram{max-width:640px}
svg text{font:11px system-ui,sans-serif;fill:var(--c)}svg tspan{fill:var(--c)}svg .box{fill:var(--c)}svg .line{fill:none;stroke:var(--c);stroke-linejoin:round}svg .hatch{fill:none;stroke:var(--card);stroke-width:1.2;opacity:.75}
${paints()}
.key{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:12px;color:var(--dim)}.key i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:5px;vertical-align:-2px}
.key .held{background:var(--paint-fault);outline:1px solid var(--paint-fault-edge)}.key .up{background:var(--paint-up)}.key .down{background:var(--paint-outage)}.key .gap{background:var(--paint-no-data)}
.loglines{font:12px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}.loglines li{padding:1px 0;border-top:1px solid var(--edge)}
.files li{margin-right:14px;display:inline-block}
pre{background:var(--card);border:1px solid var(--edge);border-radius:6px;padding:8px 12px;margin:4px 0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px}
@media (max-width:900px){.headline dl{grid-template-columns:repeat(2,minmax(0,1fr))}}
@media (max-width:640px){main{padding:12px 12px 40px}.picture svg.course{min-width:860px}.picture svg.histogram{min-width:480px}h2{margin-top:18px}
.headline dl>div{padding:6px 9px}.card{padding:8px 10px}th,td{padding:3px 8px 3px 0}.words{min-width:0}}
@media print{:root:root{--paper:#fff}main{max-width:none;padding:0;-webkit-print-color-adjust:exact;print-color-adjust:exact}body,.verdict .sentence{font-size:11px}h2{margin-top:14px;break-after:avoid}
nav,.card summary{display:none}summary{list-style:none;color:var(--ink)}.headline dl{grid-template-columns:repeat(4,minmax(0,1fr))}.scroll{max-height:none;overflow:visible}thead th{position:static}
.verdict,.picture,.card,tr{break-inside:avoid}}
`;

/** Returns a rule for each colour of a picture's marks. */
function paints(): string {
  const names = [
    ..."ink dim grid up outage no-data fault fault-edge ok failed p50 p95 p99 users ready wanted bound mark".split(" "),
    ..."leader-even leader-odd phase-even phase-odd".split(" "),
  ];
  return names.map((name) => `.p-${name}{--c:var(--paint-${name})}`).join("");
}
