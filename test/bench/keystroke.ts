/**
 * `node out/test/bench/keystroke.js FILE`: processor time in the language server's process from an edit inside a function to the findings of
 * its file, beside a plain incremental parse of the same edit. Processor time: other work on the machine stays out. Prints
 * medians and 95th percentiles in milliseconds; nothing here passes or fails.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, Parser, type Tree } from 'web-tree-sitter';
import { NodeHost } from '../../server/src/host/node.js';
import { openProject, placeOf } from '../../server/src/session/project.js';
import { scanFunctions } from '../../server/src/syntax/scan.js';
import { createWasmParser } from '../../server/src/syntax/wasm.js';

const EDITS = 90;
/** The first ones compile the code. */
const WARM = 15;

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('keystroke: which file?');
let text = readFileSync(file, 'utf8');
const host = new NodeHost();
const place = await placeOf(host, file);
const project = await openProject(host, place, { kernel: 'auto', rt: 'auto', minConfidence: 'likely' }, await createWasmParser());
const name = host.relative(place.base, host.resolve(file));
const { live } = project;
live.surround(await project.includes.around(new Map([[name, text]])));
live.set(name, text);
live.inspect();
await Parser.init();
const plain = new Parser();
plain.setLanguage(await Language.load(createRequire(import.meta.url).resolve('tree-sitter-c/tree-sitter-c.wasm')));
let tree = plain.parse(text)!;

function cost(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const figures: Record<'key' | 'parse' | 'ratio' | 'settle', number[]> = { key: [], parse: [], ratio: [], settle: [] };
for (let i = 0; i < EDITS; i++) {
  const bodies = scanFunctions(text).functions.filter((f) => f.close - f.open > 400);
  const body = bodies[(i * 7) % bodies.length]!;
  const at = text.indexOf(';\n', body.open + (body.close - body.open) / 3) + 1;
  const typed = i % 3 === 0 ? '\n\tret = foo(bar);' : ' ';
  const next = text.slice(0, at) + typed + text.slice(at);
  const start = { row: text.slice(0, at).split('\n').length - 1, column: at - text.lastIndexOf('\n', at - 1) - 1 };
  const end = typed === ' ' ? { ...start, column: start.column + 1 } : { row: start.row + 1, column: typed.length - 1 };
  const edit = {
    startIndex: at,
    oldEndIndex: at,
    newEndIndex: at + typed.length,
    startPosition: start,
    oldEndPosition: start,
    newEndPosition: end,
  };
  const parse = cost(() => {
    tree.edit(edit as Parameters<Tree['edit']>[0]);
    const parsed = plain.parse(next, tree)!;
    tree.delete();
    tree = parsed;
  });
  text = next;
  const key = cost(() => live.glance(name, live.set(name, text))?.findingsIn(name));
  const settle = cost(() => live.inspect().findings);
  if (i < WARM) continue;
  figures.key.push(key);
  figures.parse.push(parse);
  figures.ratio.push(key / parse);
  figures.settle.push(settle);
}
const at = (list: readonly number[], part: number): string =>
  [...list].sort((a, b) => a - b)[Math.floor(part * (list.length - 1))]!.toFixed(1);
for (const [what, list] of Object.entries(figures))
  process.stdout.write(`${what.padEnd(8)} median ${at(list, 0.5)}  p95 ${at(list, 0.95)}  most ${at(list, 1)}\n`);
