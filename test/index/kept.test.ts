/** A linked tree read back from the store answers as the one that was written. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { encodeFacts } from '../../server/src/facts/codec.js';
import { extractFile } from '../../server/src/facts/extract.js';
import type { FunctionRef, SleepChain } from '../../server/src/flow/model.js';
import { NodeHost } from '../../server/src/host/node.js';
import { OverlayHost } from '../../server/src/host/overlay.js';
import { FactsCache, type CachedFile, type Stamp } from '../../server/src/index/facts-cache.js';
import { KeptProgram } from '../../server/src/index/kept/program.js';
import { KeptStore } from '../../server/src/index/kept/store.js';
import { KeptLost } from '../../server/src/index/kept/tree.js';
import { Program } from '../../server/src/index/program.js';
import { Tree } from '../../server/src/index/tree.js';
import { catalogueFor } from '../../server/src/session/catalogue.js';
import { createParser } from '../../server/src/syntax/parser.js';

const ROOT = fileURLToPath(new URL('../sample', import.meta.url));

/** A recursion whose ways to sleep are found in two rounds, an operation, a stated lock, a scope around a call, a failure handed up. */
const HERON = `struct heron { spinlock_t lock; struct mutex big; void *egg; };
struct heron_ops { int (*lay)(struct heron *h, gfp_t gfp); };

static int heron_lay(struct heron *h, gfp_t gfp)
{
	h->egg = kmalloc(64, gfp);
	return h->egg ? 0 : -ENOMEM;
}

static const struct heron_ops heron_ops = { .lay = heron_lay };

static int heron_brood(struct heron *h, int depth);
static int heron_turn(struct heron *h, int depth)
{
	mutex_lock(&h->big);
	mutex_unlock(&h->big);
	return depth ? heron_brood(h, depth - 1) : heron_lay(h, GFP_KERNEL);
}

static int heron_brood(struct heron *h, int depth)
{
	int err = heron_turn(h, depth);

	if (err == -ENOMEM)
		return err;
	msleep(depth);
	return heron_turn(h, depth);
}

/* Caller holds the lock. */
static void heron_wake(struct heron *h) __must_hold(&h->lock)
{
	heron_brood(h, 1);
}

int heron_visit(struct heron *h)
{
	unsigned int flags = memalloc_nofs_save();
	int err;

	spin_lock(&h->lock);
	heron_wake(h);
	spin_unlock(&h->lock);
	err = heron_lay(h, GFP_ATOMIC);
	memalloc_nofs_restore(flags);
	return err;
}

static irqreturn_t heron_irq(int irq, void *data)
{
	heron_brood(data, 0);
	return IRQ_HANDLED;
}

struct heron_tools { void (*mend)(struct heron *h); };
${[0, 1, 2, 3, 4]
  .map(
    (i) => `static void heron_mend${i}(struct heron *h)
{
	mutex_lock(&h->big);
	mutex_unlock(&h->big);
}
static const struct heron_tools heron_tools${i} = { .mend = heron_mend${i} };
`,
  )
  .join('')}
void heron_mend(const struct heron_tools *t, struct heron *h)
{
	rcu_read_lock();
	t->mend(h);
	rcu_read_unlock();
}

int heron_probe(struct heron *h)
{
	return request_irq(7, heron_irq, 0, "heron", h);
}
`;

async function linked(): Promise<{ program: Program; open(): Promise<KeptProgram>; cache: FactsCache; spoil: () => Promise<void> }> {
  const disk = new NodeHost(ROOT);
  const host = new OverlayHost(disk, new Map(), true);
  const cache = new FactsCache(host, 'memory', ROOT, 'test');
  const parser = await createParser();
  const entries = new Map<string, CachedFile>();
  const facts = [];
  for (const path of [...(await disk.listC([ROOT])).files, 'drivers/heron/heron.c']) {
    const own = path === 'drivers/heron/heron.c';
    const bytes = own ? new TextEncoder().encode(HERON) : readFileSync(path);
    const name = own ? path : disk.relative(ROOT, path);
    const file = extractFile(name, bytes, parser);
    facts.push(file);
    entries.set(name, { size: bytes.length, mtimeMs: 1, hash: host.hash(bytes), text: encodeFacts(file) });
  }
  parser.dispose();
  await cache.save(entries);
  const cat = catalogueFor('6.1');
  const program = new Program(new Tree(facts), cat);
  program.link();
  const stamps = new Map<string, Stamp>([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
  const store = new KeptStore<string>(host, 'memory', ROOT, 'settings', cache);
  assert.ok(await store.save(program, stamps, 'stats'));
  return {
    program,
    cache,
    open: async () => {
      const source = await store.open(cache.digest(stamps));
      assert.ok(source);
      return new KeptProgram(source, cat);
    },
    spoil: async () => {
      const name = 'drivers/heron/heron.c';
      await cache.save(new Map([[name, { ...entries.get(name)!, hash: 'another' }]]));
    },
  };
}

const named = (ref: FunctionRef): string => `${ref.file.path}:${ref.facts.line}:${ref.facts.name}`;

function wholeChain(first: SleepChain): unknown[] {
  const out: unknown[] = [];
  for (let at: SleepChain | undefined = first; at; at = at.next)
    out.push([at.kind, at.api, at.why, at.when, at.drops, at.fields, at.sure, at.depth, at.file, at.line, at.function, at.what]);
  return out;
}

/** All that others ask about a function. */
function answers(program: Program, ref: FunctionRef): unknown {
  const { net, sleeps, enomem } = program.linker.summary(ref);
  return {
    edges: program.edgesFrom(ref).map(({ target, line, variants, several }) => [named(target), line, variants, several]),
    contexts: program
      .contextsOf(ref)
      .map(({ held, scopes, nonBlock, task, path, from, begins, why, params, sure }) => [
        held,
        scopes,
        nonBlock,
        task,
        path,
        from,
        begins,
        why,
        params,
        sure,
      ]),
    net,
    sleeps: sleeps.map(wholeChain),
    enomem,
    use: program.useOf(ref),
    complete: program.callersComplete(ref),
    worth: program.worthOf(ref),
    checking: program.worthChecking(ref),
    locks: program.locksOver(ref),
    callers: program.callersOf(new Set([ref.facts])).map(named),
  };
}

test('every function is answered for as it was linked', async () => {
  const { program, open } = await linked();
  const kept = await open();
  assert.deepEqual(
    program.tree.files.map(({ path }) => path),
    kept.tree.files.map(({ path }) => path),
  );
  let [contexts, sleeps, failures] = [0, 0, 0];
  for (const ref of program.tree.functions) {
    const [same] = kept.tree
      .functionsIn(ref.file.path)
      .filter(({ facts }) => facts.line === ref.facts.line && facts.name === ref.facts.name);
    assert.ok(same, named(ref));
    assert.deepEqual(answers(kept, same), answers(program, ref), named(ref));
    contexts += program.contextsOf(ref).length;
    sleeps += program.linker.summary(ref).sleeps.length;
    failures += Number(program.linker.summary(ref).enomem !== undefined);
  }
  assert.ok(contexts > 10 && sleeps > 20 && failures > 3, `${contexts} contexts, ${sleeps} ways to sleep, ${failures} failures`);
});

test('names mean what they meant', async () => {
  const { program, open } = await linked();
  const { tree } = await open();
  const { structs, constants, globals } = program.tree.tables();
  for (const name of structs.keys()) assert.deepEqual(tree.fieldsOf(name), program.tree.fieldsOf(name), name);
  for (const from of program.tree.files) {
    for (const name of constants.keys()) assert.deepEqual(tree.constant(name, from), program.tree.constant(name, from), name);
    for (const name of globals.keys()) assert.deepEqual(tree.global(name, from), program.tree.global(name, from), name);
    for (const { facts } of program.tree.functions)
      assert.deepEqual(tree.resolve(facts.name, from).map(named), program.tree.resolve(facts.name, from).map(named), facts.name);
  }
  for (const [field, refs] of program.operations) assert.deepEqual((await open()).operationsIn(field).map(named), refs.map(named));
});

test('what an operation does that many implement', async () => {
  const { program, open } = await linked();
  const [was, is] = [program.wayOf('heron_tools.mend'), (await open()).wayOf('heron_tools.mend')];
  assert.ok(was?.sure && is);
  assert.deepEqual([wholeChain(is), is.among], [wholeChain(was), was.among]);
  assert.equal((await open()).wayOf('heron_ops.lay'), null);
});

test('one question reads one file, and a file that is no longer what was linked is not taken for it', async () => {
  const { open, spoil } = await linked();
  const kept = await open();
  const [ref] = kept.tree.named('heron_visit');
  assert.ok(ref && 'loaded' in ref && ref.loaded === false);
  assert.equal(kept.tree.named('heron_visit')[0], ref);
  await spoil();
  const late = await open();
  assert.throws(() => late.tree.named('heron_visit')[0]!.facts, KeptLost);
});
