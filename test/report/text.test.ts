import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeFrame } from '../../server/src/report/frame.js';
import { renderText, type TextOptions } from '../../server/src/report/text.js';
import type { AuditResult } from '../../server/src/engine.js';
import { finding, result } from '../cli/stub.js';

const plain: TextOptions = { colour: false, quiet: false, source: new Map() };
const text = (change: Partial<AuditResult>, options: Partial<TextOptions> = {}): string =>
  renderText(result(change), { ...plain, ...options });

test('findings are grouped by file, in order of line, column and rule', () => {
  const out = text({
    findings: [
      finding({ file: 'mm/b.c', line: 5 }),
      finding({ file: 'fs/a.c', line: 20 }),
      finding({ file: 'fs/a.c', line: 3, ruleId: 'zzz' }),
      finding({ file: 'fs/a.c', line: 3, ruleId: 'aaa' }),
    ],
  });
  const order = [...out.matchAll(/^(\S+\.c)$|^ {2}(\d+):2 .*\[(\S+),/gm)].map((m) => m[1] ?? `${m[2]} ${m[3]}`);
  assert.deepEqual(order, ['fs/a.c', '3 aaa', '3 zzz', '20 sleep-in-atomic', 'mm/b.c', '5 sleep-in-atomic']);
});

test('a finding shows its code with the marker under the right column, tabs and wide names included', () => {
  const line = '\tp = kmalloc(n, GFP_KERNEL);\t/* é */';
  const at = { file: 'a.c', line: 2, column: 6, endLine: 2, endColumn: 28 };
  const frame = codeFrame(['{', line], at, false);
  assert.deepEqual(
    frame.map((row) => row.slice(0, 6)),
    ['    1 ', '    2 ', '      '],
  );
  const [, code, marker] = frame.map((row) => row.slice(row.indexOf('|') + 2));
  assert.equal(code!.slice(marker!.indexOf('^'), marker!.lastIndexOf('^') + 1), 'kmalloc(n, GFP_KERNEL)');
});

test('a construct of several lines is marked to the end of its first line; a missing line gives no frame', () => {
  const source = ['\twhile (!p)', '\t\tp = get();'];
  const marker = codeFrame(source, { file: 'a.c', line: 1, column: 2, endLine: 2, endColumn: 13 }, false)[1]!;
  assert.equal(marker.split('^').length - 1, 'while (!p)'.length);
  assert.deepEqual(codeFrame(source, { file: 'a.c', line: 9, column: 1, endLine: 9, endColumn: 2 }, false), []);
  assert.deepEqual(codeFrame(undefined, { file: 'a.c', line: 1, column: 1, endLine: 1, endColumn: 2 }, false), []);
});

test('the path is shown step by step, the middle of a very long one left out', () => {
  assert.match(
    text({ findings: [finding()] }),
    /path:\n {6}fs\/a\.c:2 grow\(\): takes spin lock 'ring\.lock'\n {6}fs\/a\.c:3 grow\(\): allocates/,
  );
  const path = Array.from({ length: 40 }, (_, i) => ({ file: 'a.c', line: i + 1, function: 'f', what: `step ${i}` }));
  const long = text({ findings: [finding({ path })] });
  assert.match(long, /step 5\n.*28 steps left out.*\n.*step 34/);
  assert.match(long, /step 39/);
});

test('escapes in a tree nobody here wrote never reach the terminal', () => {
  const evil = 'kfree(x); /* \x1b]0;owned\x07 \u202e */';
  const out = text(
    { findings: [finding({ file: 'fs/\x1b[31m.c', message: 'line one\nline two\x1b[2J', function: 'f\x07' })] },
    { source: new Map([['fs/\x1b[31m.c', [evil, evil, evil]]]) },
  );
  assert.ok(!/[\x00-\x08\x0b-\x1f\x7f\u202e]/.test(out));
});

test('the summary counts by severity and rule and does not depend on the run', () => {
  const findings = [finding(), finding({ line: 9 }), finding({ severity: 'note', ruleId: 'scope-one-off' })];
  const stats = { ...result().stats, files: 1200, functions: 1, functionsWithErrors: 3, sites: 1 };
  const out = text({ findings, stats });
  assert.match(
    out,
    /3 findings: 2 errors, 0 warnings, 1 note\n +2 {2}sleep-in-atomic\n +1 {2}scope-one-off\n1 file, 1 allocation site reported on\n1,200 files, 1 function read, 3 functions not fully parsed\nkernel 6\.12\.0 \(Makefile\)/,
  );
  assert.equal(out, text({ findings, stats, run: { seconds: 99, cached: 5, jobs: 1 } }));
  assert.match(text({}), /^No findings\.\n/);
});

test('quiet prints one line a finding under its file, and nothing when there is none', () => {
  const lines = text({ findings: [finding()] }, { quiet: true })
    .trimEnd()
    .split('\n');
  assert.equal(lines.length, 2);
  assert.equal(text({}, { quiet: true }), '');
});
