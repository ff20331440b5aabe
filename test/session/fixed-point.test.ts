/** Fixes that build upon each other: one run makes what it would take several to make, and the next finds nothing to do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { audit, auditAndMend, type AuditOptions, type AuditResult } from '../../server/src/engine.js';
import { NodeHost } from '../../server/src/host/node.js';
import { OverlayHost } from '../../server/src/host/overlay.js';
import type { Finding, Fix, FixSafety } from '../../server/src/rules/model.js';
import { toFixedPoint, type Barred, type Seen } from '../../server/src/session/fixed-point.js';

const home = '/otter';

/** Files of a tree that no disk has. */
function held(files: Record<string, string>): OverlayHost {
  const encoder = new TextEncoder();
  return new OverlayHost(
    new NodeHost('/'),
    new Map(Object.entries(files).map(([name, text]) => [`${home}/${name}`, encoder.encode(text)])),
    true,
  );
}

const options = (files: Record<string, string>): AuditOptions => ({
  paths: Object.keys(files).map((name) => `${home}/${name}`),
  kernel: '6.12',
  jobs: 1,
  cacheDir: null,
  minConfidence: 'likely',
  rules: {},
});

interface Run {
  result: AuditResult;
  after: AuditResult;
  made: string[];
  left: string[];
  files: Record<string, string>;
  rounds: number;
}

async function mend(files: Record<string, string>, safety: FixSafety = 'review'): Promise<Run> {
  let rounds = 0;
  const { result, plan } = await auditAndMend(held(files), options(files), (all) => {
    rounds++;
    return Promise.resolve({ safety, findings: all.findings.map((_, i) => i) });
  });
  assert.ok(plan);
  const now = { ...files };
  for (const { file, bytes } of plan.files) now[file] = new TextDecoder().decode(bytes);
  const said = ({ finding, fix }: { finding: Finding; fix: Fix }): string => `${finding.at.file}:${finding.at.line} ${fix.title}`;
  return { result, after: plan.after, made: plan.made.map(said), left: plan.left.map(({ reason }) => reason), files: now, rounds };
}

/** Runs again over what a run left, and audits it: the next run has nothing to do, and the report was that of the tree as it is now. */
async function settled(run: Run): Promise<void> {
  const again = await mend(run.files);
  assert.deepEqual(again.made, []);
  assert.deepEqual(again.files, run.files);
  const { findings } = await audit(held(run.files), options(run.files));
  const places = (list: readonly Finding[]): string[] => list.map((f) => `${f.at.file}:${f.at.line} ${f.ruleId}`);
  assert.deepEqual(places(run.after.findings), places(findings));
}

const twoLoops = `struct den { struct kmem_cache *cache; int filled; };

static void *cub(struct den *d)
{
	return kmem_cache_alloc(d->cache, GFP_NOFS);
}

void fill(struct den *d)
{
	void *p;

	do {
		p = cub(d);
		if (!p)
			cond_resched();
	} while (!p);
	keep(d, p);
}

void refill(struct den *d)
{
	void *p;

again:
	p = cub(d);
	if (!p) {
		cond_resched();
		goto again;
	}
	keep(d, p);
}
`;

test('two retry loops over one callee: one run converts both', async () => {
  const run = await mend({ 'den.c': twoLoops });
  const text = run.files['den.c']!;
  assert.equal(run.made.length, 2, run.made.join());
  assert.doesNotMatch(text, /while|goto|again/);
  assert.equal(text.match(/cub\(d, GFP_NOFS \| __GFP_NOFAIL\)/g)?.length, 2, text);
  assert.ok(run.rounds >= 3, 'the second could only follow the first');
  assert.deepEqual(run.after.findings, []);
  await settled(run);
});

test('a mask that says two things, under a lock: what is meant first, then what may be', async () => {
  const text = `struct lair { spinlock_t lock; void *sg; };

int pack(struct lair *l, int n)
{
	spin_lock(&l->lock);
	l->sg = kmalloc(n, GFP_KERNEL | GFP_NOFS);
	spin_unlock(&l->lock);
	return l->sg ? 0 : -ENOMEM;
}
`;
  const run = await mend({ 'lair.c': text });
  assert.equal(run.made.length, 2);
  assert.equal(run.files['lair.c'], text.replace('GFP_KERNEL | GFP_NOFS', 'GFP_ATOMIC'));
  assert.deepEqual(run.left, [], 'nothing is left to be run again for');
  await settled(run);
});

test('findings are told by the lines that they had when the run began', async () => {
  const text = `void *one(size_t n)
{
	void *p;

	do {
		p = kmalloc(n, GFP_KERNEL);
	} while (!p);
	return p;
}

${twoLoops}`;
  const run = await mend({ 'den.c': text });
  assert.deepEqual(
    run.made.map((m) => Number(/:(\d+) /.exec(m)?.[1])).sort((a, b) => a - b),
    run.result.findings.filter((f) => f.ruleId === 'open-coded-retry').map((f) => f.at.line),
  );
});

/** A tree of one number: what each round sees and does is given. */
function looks(states: readonly { findings: string[]; fix?: string }[]): {
  look: (state: number, barred: Barred) => Promise<Seen<number>>;
  asked: number[];
} {
  const asked: number[] = [];
  const finding = (name: string): Finding =>
    ({ ruleId: 'open-coded-retry', message: name, function: name, at: { file: 'a.c', line: 1 }, data: {}, path: [] }) as unknown as Finding;
  return {
    asked,
    look: (state, barred) => {
      asked.push(state);
      const { findings: names, fix: wanted } = states[state]!;
      const findings = names.map(finding);
      const fix: Fix = { title: 'mend', safety: 'safe', edits: [{ file: 'a.c', start: 0, end: 0, text: '' }], detail: '' };
      const mine = findings.find((f) => f.function === wanted);
      const reason = mine && barred(mine, fix);
      const made = mine && reason === undefined ? [{ finding: mine, fix }] : [];
      const left = mine && reason !== undefined ? [{ finding: mine, fix, reason }] : [];
      return Promise.resolve({ findings, plan: { made, left }, next: made.length > 0 ? state + 1 : state });
    },
  };
}

test('a round after which the whole audit has something new is taken back, and its fixes are named', async () => {
  const { look, asked } = looks([{ findings: ['a', 'b'], fix: 'a' }, { findings: ['b', 'c'], fix: 'b' }, { findings: [] }]);
  const end = await toFixedPoint<number, Seen<number>>(0, await look(0, () => undefined), look);
  assert.deepEqual(end.made, []);
  assert.equal(end.last.next, 0);
  assert.match(end.left[0]!.reason, /would have a new finding: c \[open-coded-retry\] in c\(\)/);
  assert.deepEqual(asked, [0, 1, 0]);
});

test('a tree that never settles does not hold the run for ever', async () => {
  const { look, asked } = looks(Array.from({ length: 100 }, () => ({ findings: ['a'], fix: 'a' })));
  await toFixedPoint<number, Seen<number>>(0, await look(0, () => undefined), look);
  assert.ok(asked.length < 20);
});
