/** Causes of wrong findings on whole kernels that need several files or tables of the core, in our own words, each beside a bug of the same shape. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { auditText, type TextAuditOptions } from '../../server/src/engine.js';

/** Marks of the lines of what is shown by default, as 'rule file mark'. */
async function shown(files: Record<string, string>, options: TextAuditOptions = {}): Promise<string[]> {
  const list = await auditText(
    Object.entries(files).map(([path, text]) => ({ path, text })),
    options,
  );
  const mark = (file: string, line: number): string => /\/\/ (\w+)/.exec(files[file]?.split('\n')[line - 1] ?? '')?.[1] ?? `line ${line}`;
  return list
    .filter((f) => f.confidence !== 'possible')
    .map((f) => `${f.ruleId} ${mark(f.at.file, f.at.line)}`)
    .sort();
}

describe('what many callers do alike', () => {
  const core = `
struct burrow { int busy; struct mutex m; };
void burrow_wait(struct burrow *b) { if (b->busy & 4) msleep(1); }
void burrow_push(struct burrow *b) { burrow_wait(b); }
`;
  const user = (name: string): string => `
struct ${name} { spinlock_t lock; struct burrow *b; };
void ${name}_tick(struct ${name} *x)
{
	spin_lock(&x->lock);
	burrow_push(x->b); // ${name}
	spin_unlock(&x->lock);
}`;

  it('a sleep that three files reach under their own locks is one that they exclude', async () => {
    const two = { 'lib/burrow.c': core, 'drivers/a/ant.c': user('ant'), 'drivers/b/bee.c': user('bee') };
    assert.deepEqual(await shown(two), ['sleeping-call-in-atomic ant', 'sleeping-call-in-atomic bee']);
    assert.deepEqual(await shown({ ...two, 'drivers/c/cat.c': user('cat') }), []);
  });

  it('programs beside the kernel are no kernel code', async () => {
    const text = `
struct mole { spinlock_t lock; void *p; };
void mole_dig(struct mole *m)
{
	spin_lock(&m->lock);
	m->p = kmalloc(8, GFP_KERNEL); // dig
	spin_unlock(&m->lock);
}`;
    assert.deepEqual(await shown({ 'tools/testing/mole.c': text }), []);
    assert.deepEqual(await shown({ 'lib/mole.c': text }), ['sleep-in-atomic dig']);
  });
});

describe('what a caller chose', () => {
  it('a mask that one path makes blocking and another does not', async () => {
    const text = `
struct stoat { void *p; int flags; };
static void stoat_fill(struct stoat *s, gfp_t gfp)
{
	s->p = kmalloc(8, gfp); // fill
}
static void stoat_tick(struct timer_list *t)
{
	struct stoat *s = stoat_of(t);
	gfp_t gfp = s->flags & STOAT_SLEEPS ? GFP_KERNEL : GFP_ATOMIC;

	stoat_fill(s, gfp);
}
static void stoat_tock(struct timer_list *t)
{
	struct stoat *s = stoat_of(t);

	s->p = kmalloc(8, GFP_KERNEL); // tock
}
void stoat_start(struct timer_list *a, struct timer_list *b)
{
	timer_setup(a, stoat_tick, 0);
	timer_setup(b, stoat_tock, 0);
}`;
    assert.deepEqual(await shown({ 'lib/stoat.c': text }), ['sleep-in-atomic tock']);
  });

  it('a mode by the name of a constant, which may mean no', async () => {
    const text = `
enum { HARE_HURRIES };
struct hare { struct mutex m; int n; };
static void hare_run(struct hare *h, int how)
{
	if (how) {
		mutex_lock(&h->m); // run
		h->n++;
		mutex_unlock(&h->m);
	}
}
static void hare_tick(struct timer_list *t)
{
	hare.p = kmalloc(8, GFP_ATOMIC);
	hare_run(hare_of(t), HARE_NAME);
}
void hare_start(struct timer_list *t) { timer_setup(t, hare_tick, 0); }`;
    assert.deepEqual(await shown({ 'lib/hare.c': text.replace('HARE_NAME', 'HARE_HURRIES') }), []);
    assert.deepEqual(await shown({ 'lib/hare.c': text.replace('HARE_NAME', 'true') }), ['sleeping-call-in-atomic run']);
  });
});

describe('tables of the core', () => {
  it('with PREEMPT_RT a callback under a spinlock has interrupts on', async () => {
    const text = `
struct newt { void *p; };
static void newt_trigger(struct snd_rawmidi_substream *s, int up)
{
	newt.p = kmalloc(8, GFP_ATOMIC); // trigger
}
static const struct snd_rawmidi_ops newt_ops = { .trigger = newt_trigger };
static int newt_suspend(void *data)
{
	newt.p = kmalloc(8, GFP_ATOMIC); // suspend
	return 0;
}
static const struct syscore_ops newt_syscore = { .suspend = newt_suspend };`;
    assert.deepEqual(await shown({ 'lib/newt.c': text }, { rt: true }), ['rt-atomic suspend']);
  });

  it('keys are agreed on for tasks where the core does it itself', async () => {
    const text = `
static int vole_agree(struct kpp_request *req) { return vole_keep(kmalloc(8, GFP_KERNEL)); } // agree
static struct kpp_alg vole_kpp = { .generate_public_key = vole_agree };`;
    assert.deepEqual(await shown({ 'crypto/vole.c': text }), []);
    assert.deepEqual(await shown({ 'drivers/crypto/vole.c': text }), ['sleep-in-atomic agree']);
  });
});
