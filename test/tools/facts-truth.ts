/**
 * Holds the facts of real kernel folders against plain text search:
 *
 *     node --import tsx test/tools/facts-truth.ts TREE FOLDER...
 *
 * Every `name(` of a body with a graph must be a call event (or one of the names that are left out on purpose), every gfp token a flag,
 * every `return` an event. What is missing is listed by name, most frequent first, with a place.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { extractFile } from '../../server/src/facts/extract.js';
import type { FunctionFacts } from '../../server/src/facts/model.js';
import { CONFIG_TESTS, HINTS, isSilent } from '../../server/src/facts/names.js';
import { calleesOf } from '../../server/src/syntax/callees.js';
import { decodeSource } from '../../server/src/syntax/decode.js';
import { createParser } from '../../server/src/syntax/parser.js';
import { scanFile } from '../../server/src/syntax/scan.js';

const [tree, ...folders] = process.argv.slice(2);
if (tree === undefined || folders.length === 0) {
  process.stderr.write('usage: facts-truth TREE FOLDER...\n');
  process.exit(2);
}

function sources(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory()) return sources(join(path, entry.name));
      return entry.isFile() && /\.[ch]$/.test(entry.name) ? [join(path, entry.name)] : [];
    });
}

/** Left out on purpose: pure helpers, accessors and debug prints by their shape, what has another name in the facts. */
function leftOut(name: string): boolean {
  return (
    isSilent(name) ||
    HINTS.has(name) ||
    CONFIG_TESTS.has(name) ||
    /^[A-Z][A-Z0-9_]*$/.test(name) ||
    /(?:_dbg|_debug|^dprintk|^dbg)$/i.test(name) ||
    /^(?:guard|scoped_\w+|CLASS|return_ptr)$/.test(name)
  );
}

function count<T>(items: Iterable<T>): Map<T, number> {
  const found = new Map<T, number>();
  for (const item of items) found.set(item, (found.get(item) ?? 0) + 1);
  return found;
}

const LITERALS = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\.)*'/g;
const total = {
  files: 0,
  functions: 0,
  graphs: 0,
  damaged: 0,
  calls: 0,
  callsMissing: 0,
  flags: 0,
  flagsMissing: 0,
  returns: 0,
  returnsMissing: 0,
  dead: 0,
};
const missing = new Map<string, { count: number; where: string }>();
const parser = await createParser();

function compare(fn: FunctionFacts, text: string, open: number, close: number, file: string): void {
  const { body } = fn;
  if (!body) return;
  total.graphs++;
  if (body.damaged) total.damaged++;
  const events = body.blocks.flatMap((block) => block.ev);
  const wanted = count(calleesOf(text, open, close).flatMap((use) => (use.how === 'call' && !leftOut(use.name) ? [use.name] : [])));
  const found = count(events.flatMap((event) => (event.k === 'call' && typeof event.fn === 'string' ? [event.fn] : [])));
  for (const [name, times] of wanted) {
    total.calls += times;
    const lost = times - (found.get(name) ?? 0);
    if (lost <= 0) continue;
    total.callsMissing += lost;
    missing.set(name, { count: (missing.get(name)?.count ?? 0) + lost, where: `${file}:${fn.line}` });
  }
  const clean = text.slice(open, close).replace(LITERALS, ' ');
  const flags = [...clean.matchAll(/\b_{0,3}GFP_\w+/g)].length;
  total.flags += flags;
  total.flagsMissing += Math.abs(flags - body.flags.length);
  const returns = [...clean.replace(/^[ \t]*#(?:[^\n\\]|\\\n|\\.)*/gm, '').matchAll(/\breturn(?:_ptr)?\b/g)].length;
  total.returns += returns;
  const lost = returns - events.filter((event) => event.k === 'ret').length;
  if (lost > 0) {
    total.returnsMissing += lost;
    missing.set('return', { count: (missing.get('return')?.count ?? 0) + lost, where: `${file}:${fn.line}` });
  }
  const reached = new Set([0, 1]);
  for (const at of reached) for (const { to } of body.blocks[at]!.next) reached.add(to);
  total.dead += body.blocks.length - reached.size;
}

for (const path of folders.flatMap((folder) => sources(join(tree, folder)))) {
  const text = decodeSource(readFileSync(path));
  const file = relative(tree, path);
  const facts = extractFile(file, text, parser);
  total.files++;
  const spans = scanFile(text).functions;
  facts.functions
    .filter((fn) => !fn.macro)
    .forEach((fn, index) => {
      total.functions++;
      const span = spans[index]!;
      compare(fn, text, span.open, span.close, file);
    });
}
parser.dispose();
process.stdout.write(`${JSON.stringify(total, null, 2)}\n`);
for (const [name, { count: times, where }] of [...missing].sort((a, b) => b[1].count - a[1].count).slice(0, 40)) {
  process.stdout.write(`${times} ${name} ${where}\n`);
}
