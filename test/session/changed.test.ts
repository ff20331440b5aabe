/** An audit after an edit says what an audit from scratch says, and links the tree anew only where it must. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { audit, type AuditResult } from '../../server/src/engine.js';
import { NodeHost } from '../../server/src/host/node.js';

const folder = mkdtempSync(join(tmpdir(), 'gfp-changed-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const tree = join(folder, 'tree');
const cache = join(folder, 'cache');

const FILES: Record<string, string> = {
  'drivers/vole/vole.h': `struct vole { spinlock_t lock; struct mutex deep; void *nest; };
int vole_dig(struct vole *v);
int vole_line(struct vole *v);
`,
  'drivers/vole/dig.c': `#include "vole.h"

static int vole_scrape(struct vole *v)
{
	v->nest = kmalloc(32, GFP_KERNEL);
	return v->nest ? 0 : -ENOMEM;
}

int vole_dig(struct vole *v)
{
	int err;

	err = vole_scrape(v);
	return err;
}

int vole_line(struct vole *v)
{
	kfree(v->nest);
	return 0;
}
`,
  'drivers/vole/run.c': `#include "vole.h"

int vole_run(struct vole *v)
{
	int err;

	spin_lock(&v->lock);
	err = vole_dig(v);
	spin_unlock(&v->lock);
	return err;
}

int vole_rest(struct vole *v)
{
	spin_lock(&v->lock);
	vole_line(v);
	spin_unlock(&v->lock);
	return 0;
}

static irqreturn_t vole_irq(int irq, void *data)
{
	return vole_dig(data) ? IRQ_NONE : IRQ_HANDLED;
}

int vole_probe(struct vole *v)
{
	v->nest = NULL;
	return request_irq(7, vole_irq, 0, "vole", v);
}
`,
  'drivers/vole/shrink.c': `#include "vole.h"

static void vole_close(struct vole *v)
{
	mutex_lock(&v->deep);
	kfree(v->nest);
	mutex_unlock(&v->deep);
}

static unsigned long vole_scan(struct shrinker *s, struct shrink_control *sc)
{
	vole_close(vole_of(s));
	return 1;
}

static struct shrinker vole_shrinker = { .scan_objects = vole_scan };

void vole_open(struct vole *v)
{
	mutex_lock(&v->deep);
	v->nest = kmalloc(32, GFP_KERNEL);
	mutex_unlock(&v->deep);
}

void vole_start(struct vole *v)
{
	vole_open(v);
	register_shrinker(&vole_shrinker);
}
`,
};

before(async () => {
  cpSync(fileURLToPath(new URL('../sample', import.meta.url)), tree, { recursive: true });
  mkdirSync(join(tree, 'drivers/vole'), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(tree, name), text);
  await run(cache);
});

/** As the command line asks, which counts sites only, or with the inventory. */
type Want = 'findings' | undefined;

async function run(cacheDir: string | null, want?: Want): Promise<{ result: AuditResult; linked: boolean }> {
  const phases = new Set<string>();
  const result = await audit(new NodeHost(), {
    paths: [tree],
    kernel: 'auto',
    jobs: 1,
    cacheDir,
    minConfidence: 'possible',
    rules: {},
    ...(want && { want }),
    onProgress: ({ phase }) => phases.add(phase),
  });
  return { result, linked: phases.has('contexts') };
}

/** Everything but `run`. */
const text = ({ run: _run, ...result }: AuditResult): string => JSON.stringify(result, null, 1);
const told = ({ findings }: AuditResult): string[] => findings.map(({ ruleId, at, function: fn }) => `${ruleId} ${at.file} ${fn}`);

/** Audits with some files otherwise, then puts them back as they were. */
async function edited(change: Record<string, (old: string) => string>): Promise<{ linked: boolean; now: string[]; before: string[] }> {
  const old = new Map(Object.keys(change).map((name) => [name, readFileSync(join(tree, name), 'utf8')]));
  const before = told((await run(cache)).result);
  await run(cache, 'findings');
  try {
    for (const [name, to] of Object.entries(change)) {
      const is = to(old.get(name)!);
      assert.notEqual(is, old.get(name), `${name} is edited`);
      writeFileSync(join(tree, name), is);
    }
    const { result, linked } = await run(cache, 'findings');
    assert.equal(text(result), text((await run(null, 'findings')).result));
    assert.equal(text((await run(cache)).result), text((await run(null)).result));
    return { linked, now: told(result), before };
  } finally {
    for (const [name, is] of old) writeFileSync(join(tree, name), is);
    // A tree that was linked anew is the one that is kept: link it as it is again.
    await run(cache);
  }
}

const RUN = 'sleep-in-atomic drivers/vole/run.c vole_run';

test('code that only moves, and is on the way of a finding elsewhere', async () => {
  const { linked, now, before } = await edited({ 'drivers/vole/dig.c': (old) => `/* Voles dig.\n * Deep.\n */\n${old}` });
  assert.equal(linked, false);
  assert.deepEqual(now, before);
  assert.ok(now.includes(RUN), now.join('\n'));
});

test('a line more inside a function on the way of a finding elsewhere', async () => {
  const { linked, now, before } = await edited({
    'drivers/vole/dig.c': (old) => old.replace('\tint err;\n', '\tint err;\n\n\t/* gently */\n\tbarrier();'),
  });
  assert.equal(linked, false);
  assert.deepEqual(now, before);
});

test('a line more where a lock is held', async () => {
  const { linked, now, before } = await edited({
    'drivers/vole/run.c': (old) => old.replace('\tspin_lock(&v->lock);\n', '\tspin_lock(&v->lock);\n\tbarrier();\n'),
  });
  assert.equal(linked, false);
  assert.deepEqual(now, before);
});

test('a mask that no longer blocks, two calls below a lock in another file', async () => {
  const { linked, now } = await edited({ 'drivers/vole/dig.c': (old) => old.replace('GFP_KERNEL', 'GFP_ATOMIC') });
  assert.equal(linked, false);
  assert.ok(!now.includes(RUN));
});

test('a callee that begins to sleep', async () => {
  const { linked, now, before } = await edited({ 'drivers/vole/dig.c': (old) => old.replace('\tkfree(v->nest);', '\tmsleep(5);') });
  assert.equal(linked, false);
  assert.deepEqual(
    now.filter((one) => !before.includes(one)),
    ['sleeping-call-in-atomic drivers/vole/run.c vole_rest'],
  );
});

test('two files at once', async () => {
  const { linked, now } = await edited({
    'drivers/vole/dig.c': (old) => old.replace('GFP_KERNEL', 'GFP_NOWAIT'),
    'drivers/vole/run.c': (old) => `\n\n${old}`,
  });
  assert.equal(linked, false);
  assert.ok(!now.includes(RUN));
});

test('a lock that goes: functions are entered otherwise, and the tree is linked anew', async () => {
  const { linked, now } = await edited({
    'drivers/vole/run.c': (old) =>
      old.replace('\tspin_lock(&v->lock);\n\terr', '\terr').replace('\tspin_unlock(&v->lock);\n\treturn err', '\treturn err'),
  });
  assert.equal(linked, true);
  assert.ok(!now.includes(RUN));
});

test('a line more where a callback is registered', async () => {
  const { linked, now, before } = await edited({
    'drivers/vole/run.c': (old) => old.replace('\tv->nest = NULL;\n', '\tv->nest = NULL;\n\tbarrier();\n'),
  });
  assert.equal(linked, false);
  assert.deepEqual(now, before);
  assert.ok(now.includes('sleep-in-atomic drivers/vole/dig.c vole_scrape'), now.join());
});

test('a function on the way of reclaim to a lock: a line more, a lock more', async () => {
  const more = await edited({ 'drivers/vole/shrink.c': (old) => old.replace('\tmutex_lock(', '\tbarrier();\n\tmutex_lock(') });
  assert.equal(more.linked, false);
  assert.deepEqual(more.now, more.before);
  assert.ok(more.now.includes('reclaim-recursion drivers/vole/shrink.c vole_open'));
  const none = await edited({ 'drivers/vole/shrink.c': (old) => old.replace('\tmutex_lock(&v->deep);\n\tkfree', '\tkfree') });
  assert.equal(none.linked, true);
  assert.ok(!none.now.includes('reclaim-recursion drivers/vole/shrink.c vole_open'));
});

test('what is seen from elsewhere: a structure, a prototype', async () => {
  const { linked } = await edited({ 'drivers/vole/vole.h': (old) => old.replace('struct mutex deep', 'struct rw_semaphore deep') });
  assert.equal(linked, true);
});

/** Numbers that are the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let s = seed; ;) {
    s = (Math.imul(s, 1664525) + 1013904223) | 0;
    yield (s >>> 8) / (1 << 24);
  }
}

test('edits anywhere in the sample', async () => {
  const from = numbers(11);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(from.next().value * list.length)]!;
  const { result } = await run(cache);
  const files = [...new Set(result.findings.map(({ at }) => at.file))].filter((file) => file.endsWith('.c'));
  let kept = 0;
  for (let i = 0; i < 12; i++) {
    const { linked } = await edited({
      [pick(files)]: (old) => {
        const lines = old.split('\n');
        const statements = lines.flatMap((line, at) => (/^\t+\w+\(.*\);$/.test(line) ? [at] : []));
        const added = pick(['\t/* here */', '\tbarrier();', '\tkfree(kmalloc(8, GFP_KERNEL));', '\tcond_resched();']);
        const inside = statements.length > 0 && i % 4 !== 0;
        lines.splice(inside ? pick(statements) : 0, 0, inside ? added : '/* everything moves */');
        return lines.join('\n');
      },
    });
    kept += Number(!linked);
  }
  assert.ok(kept >= 8, `${kept} of 12 without linking`);
});
