/** Style sheet of a model card, light, dark and on paper. */
export const cardStyle = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --faint: #d0d7de; --soft: #f6f8fa; --good: #1a7f37; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --faint: #3d444d; --soft: #151b23; --good: #3fb950; } }
body { font: 14px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 1.5rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { margin: 0; }
h2 { font-size: 1.1rem; border-bottom: 1px solid var(--faint); margin: 1.6rem 0 .5rem; }
p { margin: .3rem 0; max-width: 60rem; }
.subtitle { opacity: .75; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .5rem 0; }
dt { opacity: .7; }
dd { margin: 0; overflow-wrap: anywhere; }
.tables { display: flex; flex-wrap: wrap; gap: .8rem 2rem; align-items: flex-start; }
table { border-collapse: collapse; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; max-width: 66rem; }
th, td { text-align: left; padding: .15rem .6rem .15rem 0; border-bottom: 1px solid var(--faint); vertical-align: top; }
tbody th { font-weight: 400; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
tr.chosen th, tr.chosen td { font-weight: 600; color: var(--good); }
pre { background: var(--soft); padding: .5rem .8rem; overflow-x: auto; }
.plots { display: flex; flex-wrap: wrap; gap: 1rem; margin-top: .8rem; }
figure { margin: 0; flex: 1 1 14rem; max-width: 16.6rem; }
figure img { width: 100%; background: #fff; }
`;
