import type { FunctionFlow, Site } from '../flow/model.js';
import { textOf } from '../flow/text.js';
import type { Rule } from './model.js';
import { kernelName } from './behaviour.js';
import { blocking, canHave, NOFAIL } from './gfp.js';
import { reserved, stepAt } from './query.js';
import { maskName } from './words.js';

export const atomicFailureFatal: Rule = {
  meta: {
    id: 'atomic-failure-fatal',
    summary: 'an allocation that may fail by design whose failure is fatal or not looked at',
    severity: 'warning',
    doc: `
A small \`GFP_KERNEL\` request practically never fails: it loops inside the allocator. A request without direct reclaim is the opposite: it takes what is free at that moment, down
to three eighths of the min watermark (\`GFP_ATOMIC\`) or to the watermark itself (\`GFP_NOWAIT\`), and returns NULL. Under network or I/O load that is an everyday event.

So a \`BUG_ON(!p)\` or \`panic()\` behind such an allocation is a crash waiting for load, and a dereference without a test a NULL pointer access.

**What to do.** Handle the failure (drop the packet, return an error, try later from process context), allocate earlier with a blocking mask, or use a pool.

**Silent** in \`__init\` functions, where a failure means that the machine cannot start anyway, and for masks that a caller chooses.`,
    noFix: 'What the code should do in place of stopping the machine is not written anywhere.',
    examples: [
      {
        title: 'BUG_ON and a dereference without a test',
        bad: `
struct ev { int code; };

void note(spinlock_t *lock, int code)
{
	struct ev *e;

	spin_lock(lock);
	e = kmalloc(sizeof(*e), GFP_ATOMIC); // finds
	BUG_ON(!e);
	e->code = code;
	spin_unlock(lock);
}

void note_fast(int code)
{
	struct ev *e = kzalloc(sizeof(*e), GFP_NOWAIT); // finds

	e->code = code;
}`,
        good: `
struct ev { int code; };

int note(spinlock_t *lock, int code)
{
	struct ev *e;

	spin_lock(lock);
	e = kmalloc(sizeof(*e), GFP_ATOMIC);
	if (e)
		e->code = code;
	spin_unlock(lock);
	return e ? 0 : -ENOMEM;
}

static int __init note_init(struct ev **out)
{
	*out = kmalloc(sizeof(**out), GFP_NOWAIT);
	if (!*out)
		panic("no memory for events");
	return 0;
}`,
      },
    ],
  },

  check(flow, rule) {
    if (flow.ref.facts.marks.some((m) => m.kind === 'init')) return;
    for (const site of flow.sites) {
      const fatal = site.fatalOnFailure;
      const at = fatal ?? (assertedBefore(flow, site) ? undefined : site.uncheckedDeref);
      if (!at || site.states.length === 0 || site.apiClass === 'wrapper' || reserved(flow, site)) continue;
      const failing = site.requested.filter((m) => blocking(m) === 'no' && !canHave(m, NOFAIL));
      if (failing.length === 0) continue;
      const what = fatal ? `a failure ends in BUG or panic at line ${at.line}` : `its result is used at line ${at.line} without a test`;
      rule.report({
        at: site.at,
        confidence: failing.length === site.requested.length ? 'certain' : 'likely',
        message:
          `'${site.api}' with ${maskName(site.gfpText)} may fail by design, and ${what}. ` +
          `${kernelName(rule.profile)} returns NULL as soon as the free pages are down to the reserve, without reclaiming any.`,
        contexts: rule.context(site.states),
        path: [stepAt(flow, site.at, `'${site.api}' may return NULL`), stepAt(flow, at, fatal ? 'stops the machine' : 'uses the result')],
        data: { api: site.api, fatal: fatal ? 'stop' : 'dereference' },
      });
    }
  },
};

/** An assertion of a test framework or the like stands between: the result is looked at. */
const assertedBefore = (flow: FunctionFlow, site: Site): boolean =>
  flow.calls.some(
    (c) =>
      /ASSERT|EXPECT|CHECK|VERIFY/i.test(c.name) &&
      c.at.line > site.at.line &&
      c.at.line <= (site.uncheckedDeref?.line ?? 0) &&
      c.args.some((a) => textOf(a) === site.to),
  );
