/** Style sheet of a report's page, light and dark. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --faint: #d0d7de; --now: #0969da; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --faint: #3d444d; --now: #58a6ff; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto; max-width: 64rem; padding: 0 1rem; }
.verdict { border-left: 6px solid #1a7f37; padding: .5rem 1rem; }
.verdict.warning { border-color: #bf8700; }
.verdict.severe { border-color: #cf222e; }
.verdict.not-enough-data { border-color: var(--faint); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
dt { opacity: .7; }
dd { margin: 0; }
table { border-collapse: collapse; width: 100%; margin-top: 1.5rem; }
caption { text-align: left; font-weight: 600; padding-bottom: .3rem; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--faint); }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
tr.drifted th, tr.drifted td:nth-child(2) { color: #cf222e; font-weight: 600; }
svg .before { fill: var(--faint); }
svg .now { fill: var(--now); }
`;
