export const docsStyle = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 0; display: inline; }
p { margin: .25rem 0 1rem; }
details { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; margin: .75rem 0; }
summary { cursor: pointer; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
code, textarea, pre, input { font: 13px/1.45 ui-monospace, monospace; }
textarea { width: 100%; box-sizing: border-box; min-height: 9rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: .35rem; padding: .6rem; }
label { display: block; margin: .5rem 0; }
button { font: inherit; padding: .35rem 1rem; margin: .5rem 0; }
input[type=password] { width: 24rem; max-width: 100%; }
`;
