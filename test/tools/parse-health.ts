/**
 * Full-parse mode of the syntax layer: parses every function body that the scanner finds in the given files and folders and
 * counts those whose tree still has an ERROR or MISSING node.
 *
 *   node --import tsx test/tools/parse-health.ts [--wasm | --native] [--headers] [--sample N] [--top N] [--list] [--calls] PATH...
 *
 * --sample N takes every Nth file. --calls lists calls that normalising lost without a trace in marks or rewrites.
 */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createParser } from '../../server/src/syntax/parser.js';
import { decodeSource } from '../../server/src/syntax/decode.js';
import { calleesOf } from '../../server/src/syntax/callees.js';
import { normaliseFunction } from '../../server/src/syntax/normalise.js';
import { scanFunctions } from '../../server/src/syntax/scan.js';

const args = process.argv.slice(2);
const flag = (name: string): boolean => args.includes(name);
const option = (name: string, otherwise: number): number => {
  const at = args.indexOf(name);
  return at < 0 ? otherwise : Number(args.splice(at, 2)[1]);
};
const top = option('--top', 20);
const sample = option('--sample', 1);
const paths = args.filter((arg) => !arg.startsWith('--'));

const files: string[] = [];
const visit = (path: string): void => {
  const stat = lstatSync(path);
  if (stat.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
  else if (stat.isFile() && (path.endsWith('.c') || (flag('--headers') && path.endsWith('.h')))) files.push(path);
};
for (const path of paths) visit(path);
const chosen = files.filter((_, index) => index % sample === 0);

const parser = await createParser(flag('--wasm') ? 'wasm' : flag('--native') ? 'native' : undefined);
const time = { read: 0, scan: 0, normalise: 0, parse: 0 };
let bytes = 0;
let bodyBytes = 0;
let functions = 0;
let nodes = 0;
const bad: { where: string; what: string; text: string }[] = [];
const calls = { lost: 0, untold: [] as string[] };
/** Processor time of this process in milliseconds: what others do on the machine does not count. */
const now = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
for (const file of chosen) {
  let t = now();
  const text = decodeSource(readFileSync(file));
  time.read += now() - t;
  bytes += text.length;
  t = now();
  const spans = scanFunctions(text).functions;
  time.scan += now() - t;
  t = now();
  const sources = spans.map((span) => normaliseFunction(text, span));
  time.normalise += now() - t;
  t = now();
  for (const source of sources) nodes += parser.parse(source.text, source.base).count;
  time.parse += now() - t;
  for (const [index, span] of spans.entries()) {
    functions++;
    bodyBytes += span.close - span.start;
    const source = sources[index]!;
    const ast = parser.parse(source.text, source.base);
    if (flag('--calls')) {
      const left = new Set(calleesOf(source.text, span.open - span.start, source.text.length).map((use) => use.at));
      for (const use of calleesOf(text, span.open, span.close)) {
        const at = use.at - span.start;
        if (use.how !== 'call' || left.has(at)) continue;
        calls.lost++;
        if (source.rewrites.some((r) => r.at <= at + use.name.length + 1 && at < r.end)) continue;
        if (source.marks.some((m) => m.at <= at && at < m.at + m.name.length + m.args.length + 8)) continue;
        calls.untold.push(`${file}:${text.slice(0, use.at).split('\n').length} ${use.name}`);
      }
    }
    if (!ast.damaged(0)) continue;
    let at = -1;
    let what = '';
    for (let i = 0; i < ast.count; i++) {
      if ((ast.flags[i]! & 6) === 0) continue;
      at = ast.start[i]!;
      const end = Math.min(ast.end[i]!, at + 60);
      what = `${(ast.flags[i]! & 4) !== 0 ? 'MISSING ' + ast.kindName(ast.kind[i]!) : 'ERROR'} in ${ast.kindName(ast.kind[ast.parent[i]!] ?? 0)}: ${text.slice(at + span.start, end + span.start).replace(/\s+/g, ' ')}`;
      break;
    }
    const line = text.slice(0, span.start + at).split('\n').length;
    bad.push({
      where: `${file}:${line} ${span.name}`,
      what,
      text: text.slice(span.start + Math.max(0, at - 60), span.start + at + 80),
    });
  }
}
parser.dispose();
const rate = (ms: number, size: number): string => `${(size / 1000 / Math.max(ms, 0.001)).toFixed(0)} MB/s`;
console.log(
  `${chosen.length} files, ${(bytes / 1e6).toFixed(1)} MB, ${functions} functions (${(bodyBytes / 1e6).toFixed(1)} MB), ${bad.length} with errors = ${((100 * bad.length) / Math.max(1, functions)).toFixed(3)}%`,
);
console.log(
  `read+decode ${rate(time.read, bytes)}, scan ${rate(time.scan, bytes)}, normalise ${rate(time.normalise, bodyBytes)}, parse+walk (${parser.engine}) ${rate(time.parse, bodyBytes)}, ${((time.parse * 1000) / nodes).toFixed(3)} us/node, ${nodes} nodes`,
);
for (const b of bad.slice(0, top)) console.log(`\n${b.where}\n  ${b.what}\n  | ${b.text.replace(/\n/g, '\n  | ')}`);
if (flag('--list')) for (const b of bad) console.log(`${b.where}\t${b.what}`);
if (flag('--calls')) {
  console.log(`\ncalls rewritten ${calls.lost}, without a trace ${calls.untold.length}`);
  for (const call of calls.untold.slice(0, 200)) console.log(`  ${call}`);
}
