/**
 * Parses every function of the given files and folders with the native and the wasm engine, and every file whole, and says where
 * the two trees differ. Exit status 1 when trees without an error do. (The engines are of different tree-sitter versions and recover
 * from errors by different costs: in a text that neither can read they may cut differently.)
 *
 *   node --import tsx test/tools/parse-compare.ts PATH...
 */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSource } from '../../server/src/syntax/decode.js';
import type { Ast } from '../../server/src/syntax/model.js';
import { normaliseFunction } from '../../server/src/syntax/normalise.js';
import { createParser } from '../../server/src/syntax/parser.js';
import { scanFunctions } from '../../server/src/syntax/scan.js';

const files: string[] = [];
const visit = (path: string): void => {
  const stat = lstatSync(path);
  if (stat.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
  else if (stat.isFile() && /\.[ch]$/.test(path)) files.push(path);
};
for (const path of process.argv.slice(2)) visit(path);

const native = await createParser('native');
const wasm = await createParser('wasm');
let compared = 0;
let nodes = 0;
let different = 0;
let recovered = 0;
const arrays = ['kind', 'start', 'end', 'parent', 'firstChild', 'nextSibling', 'field', 'flags'] as const;

function difference(a: Ast, b: Ast): string {
  if (a.count !== b.count) return `${a.count} nodes, ${b.count} nodes`;
  for (const name of arrays) {
    for (let i = 0; i < a.count; i++) if (a[name][i] !== b[name][i]) return `${name} of node ${i}: ${a[name][i]}, ${b[name][i]}`;
  }
  return '';
}

for (const file of files) {
  const text = decodeSource(readFileSync(file));
  const pieces = scanFunctions(text).functions.map((span) => ({ name: span.name, text: normaliseFunction(text, span).text }));
  pieces.push({ name: '(file)', text });
  for (const piece of pieces) {
    const a = native.parse(piece.text);
    const b = wasm.parse(piece.text);
    compared++;
    nodes += a.count;
    const what = difference(a, b);
    if (what === '') continue;
    if (a.damaged(0) && b.damaged(0)) {
      recovered++;
      continue;
    }
    different++;
    console.log(`${file} ${piece.name}: ${what}`);
  }
}
console.log(
  `${native.engine} against ${wasm.engine}${wasm.direct === true ? ' (direct)' : ''}: ${files.length} files, ${compared} texts, ${nodes} nodes, ${different} differ, ${recovered} with errors recovered differently`,
);
native.dispose();
wasm.dispose();
process.exitCode = different > 0 ? 1 : 0;
