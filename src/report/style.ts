/** The style of report.html: light or dark by the reader's own setting, and suitable for printing. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1c2230;--dim:#5d6678;--paper:#fbfbfd;--card:#fff;--edge:#dfe3ea;--pass:#1a7f4b;--fail:#c22a2a;
--unknown:#9a6a00;--pass-soft:#e3f5ea;--fail-soft:#fde8e8;--unknown-soft:#fdf1d6;--fault:#f3b65030;--rate:#3d6fd9;--failed:#d64545;--p95:#7a4fc4;--users:#8a94a6;--ready:#1a7f4b}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9f0;--dim:#9aa4b5;--paper:#12151b;--card:#1a1f28;--edge:#2c3340;--pass:#57c98a;--fail:#ff8080;
--unknown:#f0bd55;--pass-soft:#173526;--fail-soft:#421f22;--unknown-soft:#3b2f14;--fault:#f3b65028;--rate:#7da3f5;--failed:#ff8080;--p95:#b79aef;--users:#7f8a9d;--ready:#57c98a}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 20px 60px}h1{font-size:26px;margin:0 0 4px}h2{font-size:18px;margin:36px 0 10px}h3{font-size:15px;margin:0 0 6px}
p{margin:6px 0}.dim{color:var(--dim)}.small{font-size:13px}
.verdict{border:1px solid var(--edge);border-left:8px solid var(--edge);background:var(--card);border-radius:8px;padding:18px 22px;margin:18px 0}
.verdict.pass{border-left-color:var(--pass)}.verdict.fail{border-left-color:var(--fail)}.verdict.unknown{border-left-color:var(--unknown)}
.verdict .word{font-size:30px;font-weight:700;letter-spacing:.02em;text-transform:uppercase}
.verdict.pass .word{color:var(--pass)}.verdict.fail .word{color:var(--fail)}.verdict.unknown .word{color:var(--unknown)}
.pill{display:inline-block;white-space:nowrap;padding:1px 9px;border-radius:10px;font-size:12px;font-weight:600}
.pill.pass{background:var(--pass-soft);color:var(--pass)}.pill.fail{background:var(--fail-soft);color:var(--fail)}.pill.unknown{background:var(--unknown-soft);color:var(--unknown)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:14px}th{text-align:left;font-weight:600;color:var(--dim);font-size:12px}
th,td{padding:7px 18px 7px 0;border-bottom:1px solid var(--edge);vertical-align:top;overflow-wrap:anywhere}th,td:not(:last-child){overflow-wrap:break-word}td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td:first-child:has(.pill),td.keep{white-space:nowrap;width:1%}
.card{border:1px solid var(--edge);background:var(--card);border-radius:8px;padding:16px 20px;margin:12px 0;break-inside:avoid}
.stamps{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));gap:10px;margin:10px 0;padding:0;list-style:none}
.stamps li{border-left:3px solid var(--edge);padding-left:10px}.stamps b{display:block;font-size:17px;font-variant-numeric:tabular-nums}
pre{background:var(--card);border:1px solid var(--edge);border-radius:6px;padding:10px 14px;white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px}
ul{margin:4px 0;padding-left:20px}.chart{width:100%;height:auto;background:var(--card);border:1px solid var(--edge);border-radius:8px}
.chart text{font:11px system-ui,sans-serif;fill:var(--dim)}.chart .lane-label,.chart .panel-top,.chart .panel-label{text-anchor:end}.chart .panel-label{fill:var(--ink)}
.chart .tick{text-anchor:middle}.chart .fault-label{fill:var(--ink);font-weight:600}.fault{fill:var(--fault)}.up{fill:var(--pass-soft)}.outage{fill:var(--failed)}.gap{fill:var(--users)}
.grid{stroke:var(--edge);stroke-width:.6}.base{stroke:var(--edge)}.line{fill:none;stroke-width:1.4}.line.p95{stroke:var(--p95)}.line.ready{stroke:var(--ready)}.line.desired{stroke:var(--dim);stroke-dasharray:4 3}
.area{stroke:none;fill-opacity:.75}.area.rate{fill:var(--rate)}.area.failed{fill:var(--failed)}.area.users{fill:var(--users)}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:12px;color:var(--dim);margin:6px 0}.key i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:6px;vertical-align:-2px}
.key .k-fault{background:var(--fault);outline:1px solid var(--edge)}.key .k-outage{background:var(--failed)}.key .k-up{background:var(--pass-soft)}.key .k-gap{background:var(--users)}
@media (max-width:640px){.scroll:not(.stacked) table{min-width:700px}.scroll:not(.stacked) td:first-child{min-width:150px}.scroll>.chart{min-width:820px}
.stacked thead{display:none}.stacked tr{display:block;padding:9px 0;border-bottom:1px solid var(--edge)}.stacked td,.stacked td.number{display:block;width:auto;padding:1px 0;border:0;text-align:left;white-space:normal}
.stacked td[data-title]::before{content:attr(data-title) ": ";color:var(--dim);font-size:12px}.stacked td:has(>div)::before{content:none}main{padding:16px 12px 40px}.card{padding:12px}}
@media print{:root{color-scheme:light}main{max-width:none;padding:0}body{font-size:12px}.card,table,svg{break-inside:avoid}}
`;
