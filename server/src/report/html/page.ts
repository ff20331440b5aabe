/** The frame of every HTML report: one file, no server, no request to anywhere, light and dark. */

export interface Page {
  title: string;
  /** HTML of the body; what comes from a tree must have gone through `escape`. */
  body: string;
  /** Handed to the script as the constant `data`. */
  data: unknown;
  /** Script text, run after the body is there. */
  script: string;
  /** More rules for the style sheet. */
  style?: string;
}

/** Text for HTML, in an element or an attribute. Control characters, which a source may hold, become dots. */
export function escape(text: string): string {
  return text
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, '\u00b7')
    .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

export function htmlPage({ title, body, data, script, style = '' }: Page): string {
  // A '<' in the data could end the script element: JSON has another way to write it. U+2028 ends a line in old scripts.
  const json = JSON.stringify(data)
    .replace(/</g, '\\u003c')
    .replace(/\u2028|\u2029/g, (c) => (c === '\u2028' ? '\\u2028' : '\\u2029'));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escape(title)}</title>
<style>
${STYLE}${style}</style>
</head>
<body>
${body}
<noscript><p>This report needs scripts to show its findings; they ask nothing of any server.</p></noscript>
<script>
const data = ${json};
${script}
</script>
</body>
</html>
`;
}

const STYLE = `
:root {
  --page: #ffffff; --card: #f6f7f9; --line: #d8dce2; --text: #1d232b; --dim: #5c6673; --link: #0b5cad;
  --error: #b3261e; --warning: #8a5a00; --note: #2f5f8f; --bar: #4d7fb5; --bar-on: #1f4f86; --mark: #fff3c4; --focus: #0b5cad;
  --page-ok: #2e7d4f; --page-null: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14181d; --card: #1d232b; --line: #36404c; --text: #e4e8ed; --dim: #9aa5b3; --link: #79b4f2;
    --error: #ff8f86; --warning: #e9b44c; --note: #8cbcec; --bar: #4f86bd; --bar-on: #9cc7f3; --mark: #4a3f12; --focus: #79b4f2;
    --page-ok: #6fcf97; --page-null: #ff8f86;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.05rem; margin: 1.2rem 0 .5rem; }
.card h2 { margin-top: 0; }
p { margin: .25rem 0; }
a { color: var(--link); }
code, pre, .mono { font: 13px/1.45 ui-monospace, 'DejaVu Sans Mono', monospace; }
.dim { color: var(--dim); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; margin: 1rem 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .75rem 1rem; min-width: 0; }
.bars { list-style: none; margin: 0; padding: 0; }
.bars button, .bars .row { all: unset; box-sizing: border-box; display: grid; grid-template-columns: minmax(6rem, 58%) 1fr minmax(2rem, max-content); gap: .6rem; width: 100%; align-items: center; padding: .1rem .25rem; border-radius: 3px; }
.bars button { cursor: pointer; }
.bars button:hover { background: color-mix(in srgb, var(--bar) 18%, transparent); }
.bars button[aria-pressed=true] { background: color-mix(in srgb, var(--bar) 30%, transparent); font-weight: 600; }
.bars .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bars .bar { display: block; height: .7rem; background: var(--bar); border-radius: 2px; min-width: 2px; }
.bars button[aria-pressed=true] .bar { background: var(--bar-on); }
.bars .count { text-align: right; font-variant-numeric: tabular-nums; }
:focus-visible, .bars button:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }
input, select { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 4px; padding: .3rem .5rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .5rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child, td:first-child { text-align: left; }
thead th { position: sticky; top: 0; background: var(--page); vertical-align: bottom; }
.card thead th { background: none; }
.scroll { overflow-x: auto; }
@media print { .filter, .card button { display: none; } }
`;
