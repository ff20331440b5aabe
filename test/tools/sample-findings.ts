/**
 * Draws findings of an audit for reading, evenly over the rules and, within a rule, over the top folders, or with --flat by lot
 * alone, every finding as likely as any other:
 *
 *     node --import tsx test/tools/sample-findings.ts AUDIT.json [--seed 1] [--count 60] [--rule ID,ID] [--not-rule ID,ID] [--flat] [--tree ROOT]
 *
 * --unread FILE leaves out what the tables of that document name by rule, file and function (docs/findings-read.md). Prints one block a finding: rule, place, message, path; with --tree the lines around every step. The same seed draws the
 * same findings from the same audit.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

interface Finding {
  ruleId: string;
  confidence: string;
  file: string;
  line: number;
  function: string;
  message: string;
  path: { file: string; line: number; function: string; what: string }[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '60' },
    tree: { type: 'string' },
    rule: { type: 'string' },
    'not-rule': { type: 'string' },
    flat: { type: 'boolean', default: false },
    unread: { type: 'string' },
  },
});
const [file] = positionals;
if (!file) {
  console.error(
    'usage: sample-findings.ts AUDIT.json [--seed N] [--count N] [--tree ROOT] [--rule ID,ID] [--not-rule ID,ID] [--flat] [--unread FILE]',
  );
  process.exit(2);
}
const only = values.rule?.split(',');
const not = values['not-rule']?.split(',') ?? [];
const read = new Set<string>();
for (const [, rule, path, name] of (values.unread ? readFileSync(values.unread, 'utf8') : '').matchAll(
  /^\| ([\w-]+) \| `([^`]+)` `(\w+)`/gm,
))
  read.add(`${rule} ${path} ${name}`);
const findings = (JSON.parse(readFileSync(file, 'utf8')) as { findings: Finding[] }).findings.filter(
  (f) =>
    f.confidence !== 'possible' &&
    (!only || only.includes(f.ruleId)) &&
    !not.includes(f.ruleId) &&
    !read.has(`${f.ruleId} ${f.file} ${f.function}`),
);

/** Mulberry32: small, seeded, good enough to draw lots. */
function lots(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const next = lots(Number(values.seed));
const rules = new Map<string, Map<string, Finding[]>>();
for (const f of findings) {
  const folders = rules.get(f.ruleId) ?? new Map<string, Finding[]>();
  const top = f.file
    .split('/')
    .slice(0, f.file.startsWith('drivers/') ? 2 : 1)
    .join('/');
  folders.set(top, [...(folders.get(top) ?? []), f]);
  rules.set(f.ruleId, folders);
}
const drawn: Finding[] = [];
while (values.flat && drawn.length < Number(values.count) && findings.length > 0)
  drawn.push(...findings.splice(Math.floor(next() * findings.length), 1));
while (!values.flat && drawn.length < Number(values.count) && rules.size > 0) {
  for (const [rule, folders] of [...rules]) {
    if (drawn.length >= Number(values.count)) break;
    const names = [...folders.keys()];
    const name = names[Math.floor(next() * names.length)]!;
    const list = folders.get(name)!;
    drawn.push(...list.splice(Math.floor(next() * list.length), 1));
    if (list.length === 0) folders.delete(name);
    if (folders.size === 0) rules.delete(rule);
  }
}

const sources = new Map<string, string[]>();
function lines(name: string): string[] {
  let text = sources.get(name);
  if (!text) {
    const path = join(values.tree!, name);
    text = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    sources.set(name, text);
  }
  return text;
}

drawn.forEach((f, i) => {
  console.log(`## ${i + 1}. ${f.ruleId} (${f.confidence}) ${f.file}:${f.line} ${f.function}()\n${f.message}`);
  for (const step of f.path.length > 0 ? f.path : [{ file: f.file, line: f.line, function: f.function, what: '' }]) {
    console.log(`  ${step.file}:${step.line} ${step.function}(): ${step.what}`);
    if (!values.tree) continue;
    for (let n = step.line - 4; n <= step.line + 3; n++) {
      const text = lines(step.file)[n - 1];
      if (text !== undefined) console.log(`      ${n === step.line ? '>' : ' '} ${n} ${text}`);
    }
  }
  console.log('');
});
