/** Style sheet of a report's page, light and dark. */
export const reportStyle = `
:root{color-scheme:light dark;--ink:#1b2430;--paper:#fff;--faint:#dde3ea;--good:#14713d;--bad:#b3261e;--warn:#8a5a00}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--faint:#3d444d;--good:#56d364;--bad:#ff7b72;--warn:#e3b341}}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem;color:var(--ink);background:var(--paper)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.45rem .6rem;border-bottom:1px solid var(--faint)}
td{overflow-wrap:anywhere}.values{width:auto}.pass{color:var(--good)}.fail{color:var(--bad);font-weight:600}.fail.warning,.fail.info{color:var(--warn)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{opacity:.7}dd{margin:0}
.trend polyline{fill:none;stroke:currentColor;stroke-width:1.2;opacity:.6}.trend .met{fill:var(--good)}.trend .unmet{fill:var(--bad)}`;
