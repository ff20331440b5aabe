import type { EntryContext, FunctionFlow, Held, Site } from '../flow/model.js';
import type { Confidence, Rule } from './model.js';
import { behaviour, kernelName } from './behaviour.js';
import { blocking, isExact } from './gfp.js';
import { askedOnTheWay, atomicBrought, atomicHeld, beginSteps, compatible, openedByCaller, reasonOf, stepAt, type Cause } from './query.js';
import { maskName, whileHeld } from './words.js';

const onRt = (h: Held): boolean => h.rtAtomic;

/**
 * Nobody is told at the call what a callee allocates without sleeping: of the lock of whoever calls it at once it is told here, at the allocation, as
 * far as one file goes (a helper of whoever took it, and none of the core's that many call), unless the caller asks whether it may.
 */
const toldHere = (flow: FunctionFlow, context: EntryContext, held: Held): boolean =>
  context.path.length <= 2 &&
  context.path.every((s) => s.file === flow.ref.file.path) &&
  !flow.ref.facts.marks.some((m) => m.kind === 'init') &&
  takenOnPurpose(flow, held) &&
  !askedOnTheWay(flow, context);

/** What is atomic with PREEMPT_RT too, by the names it is entered with. */
const ENTERS =
  /^(?:raw_(?:spin|read|write)_(?:try)?lock|(?:raw_)?local_irq_(?:save|disable)|hard_irq_disable|preempt_disable|get_cpu|bit_spin_lock|hlist_bl_lock)(?!\w*_init)/;

/** The caller took it by something made for that; what another function leaves taken has been left on some of its paths only. */
function takenOnPurpose(flow: FunctionFlow, held: Held): boolean {
  const caller = flow.ref.file.functions.find((f) => f.line <= held.at.line && held.at.line <= f.endLine);
  if (!caller?.body || held.at.file !== flow.ref.file.path) return false;
  const at = held.at.line - caller.line;
  return caller.body.blocks.some((b) =>
    b.ev.some((ev) => ev.k === 'call' && ev.pos[0] === at && typeof ev.fn === 'string' && ENTERS.test(ev.fn)),
  );
}

/** A store that is given no mask only puts something in the place of something else. */
const replaces = (site: Site): boolean =>
  (site.apiClass === 'xarray' || site.apiClass === 'radix') && site.requested.every((m) => isExact(m) && m.must === 0);

export const rtAtomic: Rule = {
  meta: {
    id: 'rt-atomic',
    summary: 'any allocation where PREEMPT_RT forbids it, GFP_ATOMIC included',
    severity: 'error',
    offByDefault: true,
    onWithRt: true,
    doc: `
On PREEMPT_RT a \`spinlock_t\` is a sleeping lock, and the allocators use such locks inside (the zone lock, the slab lists). So where RT really is atomic, under
a \`raw_spinlock_t\`, with interrupts or preemption off, or in a bit spinlock, **no** allocation is legal, \`GFP_ATOMIC\` and \`GFP_NOWAIT\` included. Without
PREEMPT_RT the same code is fine, so the rule is off unless the tree's \`.config\` has \`CONFIG_PREEMPT_RT\` or \`--rt\` is given.

Masks that may sleep are reported by [sleep-in-atomic](sleep-in-atomic.md) with or without RT.

**What to do.** Allocate before the section. From 6.18 on \`kmalloc_nolock()\` and \`alloc_pages_nolock()\` take no sleeping lock; on RT they return NULL in
hard interrupts and NMIs.

**Silent** under \`spinlock_t\`, \`rwlock_t\`, \`local_lock_t\` and \`local_bh_disable()\`, which sleep or stay preemptible on RT.`,
    noFix:
      'On PREEMPT_RT no mask helps: the allocation has to move out of the section, and only its author can say what may change meanwhile.',
    examples: [
      {
        title: 'under a raw spinlock',
        rt: true,
        bad: `
struct chip { raw_spinlock_t lock; void *entry; };

int chip_map(struct chip *c)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&c->lock, flags);
	c->entry = kzalloc(32, GFP_ATOMIC); // finds
	raw_spin_unlock_irqrestore(&c->lock, flags);
	return c->entry ? 0 : -ENOMEM;
}

void *percpu_buffer(void)
{
	void *p;

	preempt_disable();
	p = kmalloc(64, GFP_NOWAIT); // finds
	preempt_enable();
	return p;
}`,
        good: `
struct chip { spinlock_t lock; void *entry; };

int chip_map(struct chip *c)
{
	unsigned long flags;

	spin_lock_irqsave(&c->lock, flags);
	c->entry = kzalloc(32, GFP_ATOMIC);
	spin_unlock_irqrestore(&c->lock, flags);
	return c->entry ? 0 : -ENOMEM;
}`,
      },
      {
        title: 'in a helper of whoever took the lock',
        rt: true,
        bad: `
struct chip { raw_spinlock_t lock; struct list_head routes; struct xarray map; };

static void *route_new(void)
{
	return kzalloc(32, GFP_ATOMIC); // finds
}

int chip_route(struct chip *c)
{
	unsigned long flags;
	void *route;

	raw_spin_lock_irqsave(&c->lock, flags);
	route = route_new();
	raw_spin_unlock_irqrestore(&c->lock, flags);
	return route ? 0 : -ENOMEM;
}`,
        good: `
struct chip { raw_spinlock_t lock; struct xarray map; };

static void *route_new(void)
{
	return kzalloc(32, GFP_ATOMIC);
}

void chip_replace(struct chip *c, unsigned long at)
{
	unsigned long flags;
	void *route = route_new();

	raw_spin_lock_irqsave(&c->lock, flags);
	__xa_store(&c->map, at, route, 0);
	raw_spin_unlock_irqrestore(&c->lock, flags);
}`,
      },
      {
        title: 'without PREEMPT_RT the rule is off',
        good: `
struct chip { raw_spinlock_t lock; void *entry; };

void chip_map(struct chip *c)
{
	raw_spin_lock(&c->lock);
	c->entry = kzalloc(32, GFP_ATOMIC);
	raw_spin_unlock(&c->lock);
}`,
      },
    ],
  },

  check(flow, rule) {
    const nolock = behaviour(rule.profile).hasKmallocNolock ? ' Only the _nolock allocators are legal there.' : '';
    const report = (site: Site, cause: Cause, confidence: Confidence): void =>
      rule.report({
        at: site.at,
        confidence,
        message:
          `'${site.api}' with ${maskName(site.gfpText)} allocates ${whileHeld(cause.held)}${cause.context ? ` (${reasonOf(cause.context)})` : ''}. ` +
          `With PREEMPT_RT, ${kernelName(rule.profile)} takes sleeping locks inside the allocator whatever the mask says.${nolock}`,
        contexts: rule.context(site.states),
        path: [...beginSteps(flow, cause), stepAt(flow, site.at, `'${site.api}' takes the allocator's locks`)],
        data: { api: site.api, lock: cause.held.class || cause.held.text || cause.held.kind },
      });
    for (const site of flow.sites) {
      if (site.apiClass === 'nolock' || site.states.length === 0 || replaces(site)) continue;
      const held = site.states.map((s) => atomicHeld(s, [], onRt));
      const here = held.find((h) => h !== undefined);
      if (here) {
        // What may sleep anyway is the other rule's.
        if (site.effective.some((m, i) => blocking(m) === 'must' && atomicHeld(site.states[i]!))) continue;
        report(
          site,
          { held: here, from: here.origin === 'local' ? 'local' : 'author' },
          site.apiClass === 'wrapper' || !held.every((h) => h) ? 'likely' : 'certain',
        );
        continue;
      }
      if (site.effective.every((m) => blocking(m) === 'must')) continue;
      const brought = flow.contexts.flatMap((context): Cause[] => {
        const state = site.states.find((s) => compatible(s, context));
        const held = state && atomicBrought(state, context, [], onRt);
        if (!held || (openedByCaller(context, state.dropped, onRt) && !toldHere(flow, context, held))) return [];
        return [{ held, from: context.from, context }];
      });
      const cause = brought.find((c) => c.context?.sure) ?? brought[0];
      if (cause) report(site, cause, cause.context?.sure ? 'likely' : 'possible');
    }
  },
};
