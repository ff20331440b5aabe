/** `gfp-audit baseline` and `audit --baseline --suppressions`, through the command line. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Log } from 'sarif';
import { command, finding, type Outcome } from './stub.js';

const folder = mkdtempSync(join(tmpdir(), 'gfp-baseline-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'fs'));
writeFileSync(join(folder, 'fs', 'a.c'), 'int grow(void)\n{\n}\n');
const file = (name: string): string => join(folder, name);

const old = finding();
const moved = finding({ line: 103 });
const fresh = finding({ function: 'shrink', line: 40 });

const run = (argv: string[], findings = [old], more = {}): Promise<Outcome> =>
  command(argv, { cwd: folder, answer: { root: folder, findings, ...more } });

test('written and checked at once there is nothing new; what comes and goes is counted', async () => {
  const written = await run(['baseline', 'write', '.', '--baseline', 'known.json']);
  assert.deepEqual([written.status, written.out], [0, '1 finding written to known.json\n']);
  const same = await run(['baseline', 'check', '--baseline', 'known.json'], [moved]);
  assert.equal(same.status, 0);
  assert.match(same.out, /No new findings\.\nbaseline: 0 new, 1 unchanged, 0 mended/);
  assert.deepEqual(same.asked[0]?.paths, ['.']);
  const news = await run(['baseline', 'check', '--baseline', 'known.json'], [fresh]);
  assert.equal(news.status, 1);
  assert.match(
    news.out,
    /in shrink\(\)[\s\S]*baseline: 1 new, 0 unchanged, 1 mended[\s\S]*mended, .*\n {2}fs\/a\.c grow\(\) \[sleep-in-atomic\]\n$/,
  );
});

test('prune takes out what is mended and nothing else', async () => {
  await run(['baseline', 'write', '--baseline', 'p.json'], [old, fresh]);
  const pruned = await run(['baseline', 'prune', '--baseline', 'p.json'], [fresh]);
  assert.deepEqual([pruned.status, pruned.out], [0, '1 mended finding taken out of p.json\n']);
  assert.match((await run(['baseline', 'check', '--baseline', 'p.json'], [fresh])).out, /0 new, 1 unchanged, 0 mended/);
  assert.match((await run(['baseline', 'check', '--baseline', 'p.json'], [old, fresh])).out, /1 new, 1 unchanged, 0 mended/);
});

test('findings of a rule that is off now, by option, configuration or a tree without PREEMPT_RT, are not called mended', async () => {
  const rt = finding({ ruleId: 'rt-atomic', line: 50 });
  await run(['baseline', 'write', '--baseline', 'rt.json', '--rt'], [old, rt]);
  const counts = async (...more: string[]): Promise<string> =>
    /baseline: (.*)/.exec((await run(['baseline', 'check', '--baseline', 'rt.json', ...more], [])).out)![1]!;
  assert.match(await counts('--rt'), /^0 new, 0 unchanged, 2 mended/);
  assert.match(await counts(), /^0 new, 0 unchanged, 1 mended; 1 of files, rules or confidences/);
  assert.match(await counts('--rt', '--rule', 'sleep-in-atomic=off'), /^0 new, 0 unchanged, 1 mended/);
  writeFileSync(file('gfp-audit.json'), JSON.stringify({ rules: { 'sleep-in-atomic': 'off' } }));
  assert.match(await counts('--rt'), /^0 new, 0 unchanged, 1 mended/);
  rmSync(file('gfp-audit.json'));
});

test('audit --baseline reports the news in every format', async () => {
  await run(['baseline', 'write', '--baseline', 'known.json']);
  const args = ['audit', 'fs', '--baseline', 'known.json', '--format'];
  const json = JSON.parse((await run([...args, 'json'], [moved, fresh])).out) as { findings: unknown[]; baseline: unknown };
  assert.equal(json.findings.length, 1);
  assert.deepEqual(json.baseline, { new: 1, unchanged: 1, mended: [], unseen: 0 });
  const states = async (findings: (typeof old)[]): Promise<unknown[]> => {
    const log = JSON.parse((await run([...args, 'sarif'], findings)).out) as Log;
    return log.runs[0]!.results!.map((one) => [one.baselineState, one.locations?.[0]?.physicalLocation?.region?.startLine]);
  };
  assert.deepEqual(await states([moved, fresh]), [
    ['new', 40],
    ['unchanged', 103],
  ]);
  assert.deepEqual(await states([]), [['absent', undefined]]);
});

test('a suppressed finding is not reported, stays in SARIF with its reason, and a stale entry is named', async () => {
  const entry = { rule: 'sleep-in-atomic', file: 'fs/a.c', function: 'grow', reason: 'never taken there' };
  writeFileSync(file('s.json'), JSON.stringify({ suppressions: [entry, { ...entry, function: 'gone' }] }));
  const text = await run(['audit', 'fs', '--suppressions', 's.json']);
  assert.equal(text.status, 0);
  assert.match(text.out, /^No findings\.\n1 finding suppressed with a reason/);
  assert.equal(text.err, 'gfp-audit: s.json: stale: sleep-in-atomic in fs/a.c gone() suppresses nothing any more\n');
  const sarif = JSON.parse((await run(['audit', 'fs', '--suppressions', 's.json', '-f', 'sarif'])).out) as Log;
  assert.deepEqual(sarif.runs[0]!.results![0]!.suppressions, [
    { kind: 'external', status: 'accepted', justification: 'never taken there' },
  ]);
  writeFileSync(file('gfp-audit.json'), JSON.stringify({ suppressions: 's.json' }));
  assert.equal((await run(['audit', 'fs'])).status, 0, 'the configuration may name the file');
  rmSync(file('gfp-audit.json'));
});

test('wrong use is said before the run; a baseline is not written from a tree that could not be read', async () => {
  const refused: [argv: string[], why: RegExp][] = [
    [['baseline', '--baseline', 'x.json'], /baseline needs write, check or prune/],
    [['baseline', 'wirte', '--baseline', 'x.json'], /'wirte' is none of write, check, prune\n.*did you mean write/],
    [['baseline', 'check'], /baseline check needs --baseline FILE/],
    [['baseline', 'check', '--baseline', 'absent.json'], /absent\.json: no such file or folder/],
    [['baseline', 'write', '--baseline', 'no/where.json'], /--baseline no\/where\.json: no such file or folder/],
  ];
  for (const [argv, why] of refused) {
    const done = await run(argv);
    assert.deepEqual([done.status, done.asked.length], [2, 0], argv.join(' '));
    assert.match(done.err, why);
  }
  const unread = { problems: [{ file: 'fs/b.c', message: 'permission denied', kind: 'unreadable' }] };
  assert.equal((await run(['baseline', 'write', '--baseline', 'half.json'], [old], unread)).status, 2);
  assert.equal(existsSync(file('half.json')), false);
  writeFileSync(file('edited.json'), readFileSync(file('known.json'), 'utf8').replace('"grow"', '"shrink"'));
  const edited = await run(['audit', 'fs', '--baseline', 'edited.json'], [fresh]);
  assert.deepEqual([edited.status, edited.out, edited.asked.length], [2, '', 0]);
  assert.match(edited.err, /edited\.json: its entries were changed/);
});
