import { isSite } from '../flow/sites.js';
import type { CallPoint, EntryContext, FunctionFlow, Held, LockKind, PathState, Site } from '../flow/model.js';
import type { Confidence, Rule, RuleContext, Step } from './model.js';
import { behaviour, kernelName } from './behaviour.js';
import { ACCOUNT, ATOMIC_BIT, COMP, HIGH, isExact, KSWAPD_RECLAIM, names, NOWARN, ZERO, ZONES } from './gfp.js';
import { alwaysBefore } from '../flow/dominators.js';
import { atomicBrought, atomicHeld, callName, callsOf, compatible, reasonOf, reserved, secondAttempt, sleeps, stepAt } from './query.js';
import { lockName, maskName } from './words.js';

const SLEEPING_LOCKS = new Set<LockKind>([
  'mutex',
  'rwsem_read',
  'rwsem_write',
  'semaphore',
  'sock_lock',
  'percpu_rwsem',
  'ww_mutex',
  'rt_mutex',
]);

export const atomicWhereSleepable: Rule = {
  meta: {
    id: 'atomic-where-sleepable',
    summary: 'GFP_ATOMIC or GFP_NOWAIT where every known context may sleep',
    severity: 'note',
    doc: `
\`GFP_ATOMIC\` takes from the reserve that is kept for those who cannot wait, down to three eighths of the min watermark, and fails when that is gone. \`GFP_NOWAIT\` fails at the min watermark
already. Code that may sleep gets neither benefit: \`GFP_KERNEL\` would reclaim, wait and practically never fail (up to order 3).

The finding needs a reason to believe that sleeping is fine, and names it:

- a sleeping lock (mutex, rw semaphore, ...) is held at the allocation on every path, and nothing atomic;
- the function sleeps anyway, always before the allocation or, with nothing but error checks between, after it;
- every known way to enter the function is one that may sleep, and all callers are known or it is a callback that runs in process context (probe, open, a work item).

Where callers may be missing, or only what comes after the allocation sleeps, the finding is possible; where both say so, likely.

Where the lock is also taken by reclaim (a shrinker, writeback, an MMU notifier), \`GFP_NOFS\` or a scope is the mask to use, not \`GFP_KERNEL\`.

**Silent** in reclaim, in PF_MEMALLOC and non-blocking sections, for \`GFP_NOWAIT\` with \`__GFP_NOWARN\` written out or with a second attempt (an optimistic try), for pools, for masks with further
reclaim modifiers, in \`__init\` code, and for APIs with an implied mask.`,
    examples: [
      {
        title: 'only a mutex is held; the function sleeps first',
        bad: `
struct dev { struct mutex lock; void *a, *b; };

int dev_prepare(struct dev *d)
{
	mutex_lock(&d->lock);
	d->a = kzalloc(64, GFP_ATOMIC); // finds
	mutex_unlock(&d->lock);
	return d->a ? 0 : -ENOMEM;
}

int dev_warm(struct dev *d)
{
	d->a = kzalloc(64, GFP_KERNEL);
	if (!d->a)
		return -ENOMEM;
	d->b = kzalloc(64, GFP_ATOMIC); // finds
	return d->b ? 0 : -ENOMEM;
}`,
        good: `
struct dev { struct mutex lock; spinlock_t fast; void *a, *b; };

int dev_prepare(struct dev *d)
{
	mutex_lock(&d->lock);
	spin_lock(&d->fast);
	d->a = kzalloc(64, GFP_ATOMIC);
	spin_unlock(&d->fast);
	mutex_unlock(&d->lock);
	return d->a ? 0 : -ENOMEM;
}

int dev_plain(struct dev *d)
{
	d->a = kzalloc(64, GFP_ATOMIC);
	return d->a ? 0 : -ENOMEM;
}`,
      },
      {
        title: 'an optimistic attempt, a choice, a lock from guard()',
        good: `
struct dev { struct mutex lock; spinlock_t fast; void *a; };

int dev_try(struct dev *d)
{
	mutex_lock(&d->lock);
	d->a = kmalloc(4096, GFP_NOWAIT | __GFP_NOWARN);
	if (!d->a)
		d->a = kmalloc(4096, GFP_KERNEL);
	mutex_unlock(&d->lock);
	return d->a ? 0 : -ENOMEM;
}

int dev_guarded(struct dev *d)
{
	guard(mutex)(&d->lock);
	scoped_guard(spinlock_irqsave, &d->fast)
		d->a = kmalloc(64, GFP_ATOMIC);
	return d->a ? 0 : -ENOMEM;
}

int dev_either(struct dev *d, bool irq)
{
	if (!irq)
		mutex_lock(&d->lock);
	d->a = kmalloc(64, irq ? GFP_ATOMIC : GFP_KERNEL);
	if (!irq)
		mutex_unlock(&d->lock);
	return d->a ? 0 : -ENOMEM;
}`,
      },
    ],
  },

  check(flow, rule) {
    if (flow.ref.facts.marks.some((m) => m.kind === 'init')) return;
    for (const site of flow.sites) {
      const kind = plainMask(site, behaviour(rule.profile).nowaitHasNowarn);
      if (!kind || restricted(flow, site) || reserved(flow, site) || secondAttempt(flow, site) || aboutToWait(flow, site)) continue;
      const reason = bestOf(lockHeld(flow, site), sleepsAnyway(flow, site), entered(flow));
      if (!reason || ruledOut(flow, site, rule)) continue;
      rule.report({
        at: site.at,
        confidence: reason.confidence,
        message:
          `'${site.api}' with ${maskName(site.gfpText)} may not sleep although its context may: ${reason.why}. ` +
          (kind === 'GFP_ATOMIC'
            ? `${kernelName(rule.profile)} serves it from the atomic reserve and fails where GFP_KERNEL would reclaim.`
            : `${kernelName(rule.profile)} fails it at the min watermark where GFP_KERNEL would reclaim.`),
        contexts: rule.context(site.states),
        path: [...reason.path, stepAt(flow, site.at, `'${site.api}' with ${maskName(site.gfpText)}`)],
        data: { api: site.api, gfp: site.gfpText },
      });
    }
  },
};

/** GFP_ATOMIC or GFP_NOWAIT with no more than harmless modifiers, written at the call. */
function plainMask(site: Site, nowaitIsSilent: boolean): 'GFP_ATOMIC' | 'GFP_NOWAIT' | undefined {
  if (site.states.length === 0 || site.apiClass === 'mempool' || site.apiClass === 'bio' || site.traits?.tracks) return undefined;
  const base = names(site.gfpText, 'GFP_ATOMIC') ? 'GFP_ATOMIC' : names(site.gfpText, 'GFP_NOWAIT') ? 'GFP_NOWAIT' : undefined;
  if (!base || /[?~]/.test(site.gfpText)) return undefined;
  // GFP_NOWAIT is also the mask of an optimistic try: with __GFP_NOWARN spelled out it says so.
  if (base === 'GFP_NOWAIT' && names(site.gfpText, '__GFP_NOWARN')) return undefined;
  // Both together were chosen with care.
  if (base === 'GFP_ATOMIC' && names(site.gfpText, 'GFP_NOWAIT')) return undefined;
  const fine = HIGH | ATOMIC_BIT | KSWAPD_RECLAIM | ZERO | ACCOUNT | COMP | ZONES | (base === 'GFP_ATOMIC' || nowaitIsSilent ? NOWARN : 0);
  return site.requested.every((m) => isExact(m) && (m.must & KSWAPD_RECLAIM) !== 0 && (m.must & ~fine) === 0) ? base : undefined;
}

/** Something makes not sleeping right: an atomic section, reclaim, a section that must not block. */
function restricted(flow: FunctionFlow, site: Site): boolean {
  const bad = (s: PathState): boolean =>
    atomicHeld(s) !== undefined || s.nonBlock > 0 || s.scopes.some((o) => o.kind === 'noreclaim') || s.held.some(mustNotReclaim);
  if (site.states.some(bad)) return true;
  return flow.contexts.some(
    (c) =>
      c.task === 'reclaim' ||
      c.nonBlock ||
      c.scopes.some((o) => o.kind === 'noreclaim') ||
      c.held.some(mustNotReclaim) ||
      ['softirq', 'hardirq', 'nmi'].includes(c.task) ||
      site.states.some((s) => compatible(s, c) && atomicBrought(s, c) !== undefined),
  );
}

/** A lock is held of which lockdep is told that reclaim takes it: no request under it may reclaim. */
function ruledOut(flow: FunctionFlow, site: Site, rule: RuleContext): boolean {
  const held = [...site.states, ...flow.contexts].flatMap((s) => s.held);
  return held.some((h) => h.class !== '' && rule.reclaimTakes?.(h.class).some((taking) => taking.told) === true);
}

/** Page faults are off, or others wait for a fence that is signalled after this: reclaim may wait for it too. */
const mustNotReclaim = (h: Held): boolean => h.kind === 'pagefault_off' || h.kind === 'signalling';

/** The task has put itself on a wait queue: sleeping here would wake it up too early. */
function aboutToWait(flow: FunctionFlow, site: Site): boolean {
  let waiting = false;
  for (const c of flow.calls) {
    if (!alwaysBefore(flow, c, site)) continue;
    if (/^(__)?set_current_state$/.test(c.name)) waiting = c.args[0] !== 'TASK_RUNNING';
    else if (/^prepare_to_s?wait/.test(c.name)) waiting = true;
    else if (/^(finish_s?wait|schedule|schedule_timeout\w*|io_schedule\w*)$/.test(c.name)) waiting = false;
  }
  return waiting;
}

interface Reason {
  why: string;
  path: Step[];
  confidence: Confidence;
}

/** The first of the surest. Two that are possible and have nothing to do with each other (what the function does next, who enters it) are likely. */
function bestOf(held: Reason | undefined, sleeping: Reason | undefined, entry: Reason | undefined): Reason | undefined {
  const list = [held, sleeping, entry].filter((r) => r !== undefined);
  const sure = list.find((r) => r.confidence === 'likely');
  if (sure || list.length < 2) return sure ?? list[0];
  return { why: list.map((r) => r.why).join('; '), path: entry!.path, confidence: 'likely' };
}

/** A sleeping lock is held on every path. */
function lockHeld(flow: FunctionFlow, site: Site): Reason | undefined {
  const held = site.states.map((s) => s.held.find((h: Held) => SLEEPING_LOCKS.has(h.kind) && h.tried !== true));
  const first = held[0];
  if (!first || !held.every((h) => h !== undefined)) return undefined;
  return {
    why: `the ${lockName(first)} is held${first.origin === 'local' ? ` since line ${first.at.line}` : ''}`,
    path: [stepAt(flow, first.at, `takes the ${lockName(first)}`)],
    confidence: 'likely',
  };
}

/** Another call of the function sleeps for sure in the same circumstances. */
function sleepsAnyway(flow: FunctionFlow, site: Site): Reason | undefined {
  for (const call of callsOf(flow)) {
    if (call === site || call.states.length === 0 || (call.at.line === site.at.line && call.at.column === site.at.column)) continue;
    const before = alwaysBefore(flow, call, site);
    if (!before && !(alwaysBefore(flow, site, call) && onlyErrorChecks(flow, site, call))) continue;
    if (
      call.states.some(
        (s) => atomicHeld(s) !== undefined || s.nonBlock > 0 || (s.dropped.length > 0 && !site.states.some((t) => t.dropped.length > 0)),
      )
    )
      continue;
    const sleep = call.states.map((_, i) =>
      sleeps(flow, call, i).find((w) => w.how === 'must' && w.sure && w.when.length === 0 && w.path.length === 0),
    );
    const found = sleep[0];
    if (!found || !sleep.every((w) => w !== undefined)) continue;
    // What a wrapper's mask allows is no proof that it sleeps.
    if (isSite(call) && call.apiClass === 'wrapper' && found.path.length === 0) continue;
    const what =
      found.kind === 'alloc'
        ? `'${callName(call)}' allocates with a mask that may sleep`
        : `'${callName(call)}' ${found.path.length > 0 ? `leads to '${found.api}'` : found.why}`;
    return {
      why: `${what} at line ${call.at.line} of the same function`,
      path: before ? [stepAt(flow, call.at, what)] : [],
      confidence: !before && found.kind === 'alloc' ? 'possible' : 'likely',
    };
  }
  return undefined;
}

/** What is assumed at `later` beyond what is assumed at the site tests only results that the function got meanwhile. */
function onlyErrorChecks(flow: FunctionFlow, site: Site, later: CallPoint): boolean {
  const locals = Object.keys(flow.ref.facts.body?.vars ?? {});
  const known = new Set(site.states.flatMap((s) => [...s.assume].map(([k, v]) => `${k}=${String(v)}`)));
  return later.states.some((s) =>
    [...s.assume].every(
      ([text, value]) =>
        known.has(`${text}=${String(value)}`) ||
        text.replace(/\s/g, '').includes(site.to) ||
        locals.some((l) => new RegExp(`^(IS_ERR(_OR_NULL)?\\()?${l}\\b`).test(text)),
    ),
  );
}

/** Every known way in may sleep. */
function entered(flow: FunctionFlow): Reason | undefined {
  const contexts = flow.contexts;
  if (contexts.length === 0) return undefined;
  const task = (c: EntryContext): boolean =>
    ['process', 'kthread', 'workqueue'].includes(c.task) || c.held.some((h) => SLEEPING_LOCKS.has(h.kind));
  const sleepable = (c: EntryContext): boolean => task(c) && !c.held.some((h) => h.atomic);
  if (!contexts.every(sleepable)) return undefined;
  const all = flow.callersComplete || contexts.every((c) => c.from === 'callback');
  const shortest = [...contexts].sort((a, b) => a.path.length - b.path.length)[0]!;
  // One call in two contexts is one way in.
  const last = ({ path }: EntryContext): string => `${path.at(-1)?.file}:${path.at(-1)?.line}`;
  const ways = new Set(contexts.map(last)).size;
  return {
    why: `${reasonOf(shortest)}${ways === 1 ? '' : `, and so for all ${ways} known ways in`}`,
    path: shortest.path.map((s) => ({ ...s })),
    // Where every way in is a task's, the conditions on it do not matter.
    confidence: all && contexts.every((c) => c.open !== true) ? 'likely' : 'possible',
  };
}
