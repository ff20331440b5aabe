import { isSite } from '../flow/sites.js';
import type { FunctionFlow, Held, MaskValue, PathState, Site } from '../flow/model.js';
import type { Confidence, ReclaimTaking, Rule, RuleContext, Step } from './model.js';
import { kernelName } from './behaviour.js';
import { canHave, DIRECT_RECLAIM, FS, IO, mustHave } from './gfp.js';
import { beginSteps, callName, callsOf, doubtful, sleeps, sleepSteps, type Sleep } from './query.js';
import { lockName, maskName } from './words.js';

export const reclaimRecursion: Rule = {
  meta: {
    id: 'reclaim-recursion',
    summary: 'an allocation that may enter reclaim while holding what reclaim takes',
    severity: 'error',
    doc: `
Direct reclaim runs in the task that allocates. It calls shrinkers, writes pages, drops inodes, calls MMU notifiers, and these take locks. A task that allocates under one of these
locks with a mask that lets reclaim get there waits for itself, or for another task that waits for it: a deadlock that needs memory pressure at one place and is therefore found in
production. At run time lockdep finds it with a pseudo lock (\`fs_reclaim\`), on paths that were run; this rule does it for paths that are in the source.

| reclaim needs | to reach |
|---|---|
| \`__GFP_FS\` | shrinkers of file systems, inode eviction, \`writepage\` of file systems |
| \`__GFP_IO\` | swap, block-level writeout |
| direct reclaim only | other shrinkers, MMU notifiers (lockdep checks the notifier map for every blocking mask since 5.10) |

The message spells out the cycle: what is held, where reclaim takes it.

**What to do.** Open \`memalloc_nofs_save()\` (or \`noio\`) where the lock is taken, so that everything under it is covered; move the allocation before the lock; or use a trylock in the
reclaim path.

**Silent** in a matching scope or journal handle, with \`PF_MEMALLOC\`, with \`__GFP_NOLOCKDEP\` (a stated intent), where reclaim only tries the lock, and without a whole tree: what reclaim
takes is known from the tree alone.`,
    examples: [
      {
        title: 'a shrinker that takes the lock',
        bad: `
struct cache {
	struct mutex lock;
	struct list_head items;
	void *page;
};

static unsigned long cache_count(struct shrinker *s, struct shrink_control *sc)
{
	return 1;
}

static unsigned long cache_scan(struct shrinker *s, struct shrink_control *sc)
{
	struct cache *c = s->private_data;

	mutex_lock(&c->lock);
	list_del(&c->items);
	mutex_unlock(&c->lock);
	return 1;
}

static struct shrinker cache_shrinker = {
	.count_objects = cache_count,
	.scan_objects = cache_scan,
};

int cache_fill(struct cache *c)
{
	mutex_lock(&c->lock);
	c->page = kmalloc(4096, GFP_KERNEL); // finds
	mutex_unlock(&c->lock);
	return c->page ? 0 : -ENOMEM;
}`,
        good: `
struct cache {
	struct mutex lock;
	struct list_head items;
	void *page;
};

static unsigned long cache_count(struct shrinker *s, struct shrink_control *sc)
{
	return 1;
}

static unsigned long cache_scan(struct shrinker *s, struct shrink_control *sc)
{
	struct cache *c = s->private_data;

	if (!mutex_trylock(&c->lock))
		return SHRINK_STOP;
	list_del(&c->items);
	mutex_unlock(&c->lock);
	return 1;
}

static struct shrinker cache_shrinker = {
	.count_objects = cache_count,
	.scan_objects = cache_scan,
};

int cache_fill(struct cache *c)
{
	mutex_lock(&c->lock);
	c->page = kmalloc(4096, GFP_KERNEL);
	mutex_unlock(&c->lock);
	return c->page ? 0 : -ENOMEM;
}`,
      },
      {
        title: 'a scope and a stated intent',
        good: `
struct cache { struct mutex lock; void *page, *spare; };

int cache_fill(struct cache *c)
{
	unsigned int flags;

	mutex_lock(&c->lock);
	flags = memalloc_nofs_save();
	c->page = kmalloc(4096, GFP_KERNEL);
	c->spare = kmalloc(4096, GFP_KERNEL);
	memalloc_nofs_restore(flags);
	mutex_unlock(&c->lock);
	return c->page && c->spare ? 0 : -ENOMEM;
}

void cache_boot(struct cache *c)
{
	mutex_lock(&c->lock);
	c->page = kmalloc(4096, GFP_KERNEL | __GFP_NOLOCKDEP);
	mutex_unlock(&c->lock);
}`,
      },
    ],
  },

  check(flow, rule) {
    if (!rule.reclaimTakes || onlyFromReclaim(flow)) return;
    for (const call of callsOf(flow)) {
      const site = isSite(call) ? call : undefined;
      if (site && /__GFP_NOLOCKDEP\b/.test(site.gfpText)) continue;
      for (let i = 0; i < call.states.length; i++) {
        const state = call.states[i]!;
        if (state.scopes.some((o) => o.kind === 'noreclaim')) continue;
        const surest = (all: Closed[]): Closed | undefined => all.find((c) => c.confidence === 'likely') ?? all[0];
        const found = surest(
          sleeps(flow, call, i)
            .filter((s) => s.kind === 'alloc' && s.how === 'must')
            .flatMap((s, _, all) => closed(flow, rule, site, state, i, s, all) ?? []),
        );
        if (!found) continue;
        const { held, taking, needs, sleep, confidence } = found;
        const path: Step[] = [
          ...beginSteps(flow, { held, from: 'local' }),
          ...sleepSteps(flow, call, sleep),
          ...taking.path.map((s) => ({ ...s })),
        ];
        rule.report({
          at: call.at,
          confidence,
          path,
          message:
            `'${callName(call)}'${site ? ` with ${maskName(site.gfpText)}` : ''} may enter reclaim while the ${lockName(held)} is held, which ${taking.by} takes too. ` +
            `In ${kernelName(rule.profile)} the cycle is: ${lockName(held)} -> reclaim -> ${taking.by} -> ${lockName(held)}.`,
          contexts: rule.context(call.states),
          data: { lock: held.class, by: taking.by, needs },
        });
        break;
      }
    }
  },
};

interface Closed {
  held: Held;
  taking: ReclaimTaking;
  needs: ReclaimTaking['needs'];
  sleep: Sleep;
  confidence: Confidence;
}

/** The cycle that an allocation closes in one state, and how sure it is. */
function closed(
  flow: FunctionFlow,
  rule: RuleContext,
  site: Site | undefined,
  state: PathState,
  i: number,
  sleep: Sleep,
  all: readonly Sleep[],
): Closed | undefined {
  const found = cycle(state, rule, site?.effective[i] ?? fromScopes(state), sleep.drops);
  if (!found) return undefined;
  const { held, taking, needs } = found;
  // The kernel's own check (fs_reclaim_acquire, mm/page_alloc.c) knows reclaim by __GFP_FS alone: without it the author has ruled the file
  // systems out, and shrinkers that run all the same mostly try their locks.
  const full = site ? mustHave(site.effective[i]!, FS) : deepReach(sleep, state, 'fs');
  const certain = full && sleep.sure && taking.sure && (site ? mustReach(site.effective[i]!, needs) : deepReach(sleep, state, needs));
  // Every inode has such a lock: whether reclaim takes the one that is held nobody can tell from its class.
  const sameObject = !SHARED.test(held.class);
  const likely = certain && sameObject && !doubtful(flow, held) && !(all.some(isRestrained) && scopedByCallers(flow, needs));
  return { held, taking, needs, sleep, confidence: likely ? 'likely' : 'possible' };
}

/** Written by somebody who kept file systems out. */
const isRestrained = (s: Sleep): boolean => /\bGFP_(NOFS|NOIO)\b/.test(s.why);

/** Every known way in has a scope open that keeps reclaim from where it would take the lock. */
const scopedByCallers = (flow: FunctionFlow, needs: ReclaimTaking['needs']): boolean =>
  flow.contexts.length > 0 &&
  flow.contexts.every((c) =>
    c.scopes.some((o) => o.kind === 'noreclaim' || (needs === 'fs' && o.kind === 'nofs') || (needs !== 'any' && o.kind === 'noio')),
  );

/** What open scopes leave of GFP_KERNEL: the mask of a call whose own masks are inside it. */
function fromScopes(state: PathState): MaskValue {
  const kinds = state.scopes.map((o) => o.kind);
  const bits = DIRECT_RECLAIM | (kinds.includes('noio') ? 0 : IO) | (kinds.includes('noio') || kinds.includes('nofs') ? 0 : FS);
  return { must: DIRECT_RECLAIM, may: bits, params: [], unknown: false };
}

const needed = { fs: FS, io: IO, any: DIRECT_RECLAIM } as const;
const mustReach = (mask: MaskValue, needs: ReclaimTaking['needs']): boolean => mustHave(mask, DIRECT_RECLAIM | needed[needs]);

/** Calls down to the allocation within which its mask, as written there, is believed. */
const NEAR = 4;

/** The same for an allocation inside a callee, by the mask that it is written with. */
const deepReach = (sleep: Sleep, state: PathState, needs: ReclaimTaking['needs']): boolean =>
  sleep.path.length <= NEAR &&
  state.scopes.length === 0 &&
  (needs === 'any' || (needs === 'fs' ? /\bGFP_(KERNEL|USER|HIGHUSER)/ : /\bGFP_(KERNEL|USER|HIGHUSER|NOFS)/).test(sleep.why));

/** Structures of the core: one file system's locks in them are not another's. */
const SHARED = /^(?:inode|address_space|super_block|dentry|file|block_device|gendisk|request_queue)\b/;
/** Both are in arch/, of two architectures: no kernel has both. */
function otherMachine(a = '', b: string): boolean {
  const [one, other] = [archOf(a), archOf(b)];
  return one !== undefined && other !== undefined && one !== other;
}
const archOf = (file: string): string | undefined => /^arch\/(\w+)\//.exec(file)?.[1];
/** Two file systems: what one evicts is none of the other's, whatever structures they share (struct dquot). */
function otherFileSystem(a = '', b: string): boolean {
  const [one, other] = [fileSystemOf(a), fileSystemOf(b)];
  return one !== undefined && other !== undefined && one !== other;
}
/** Folder below fs/; undefined for those that serve several file systems. */
const fileSystemOf = (file: string): string | undefined => {
  const name = /^fs\/(\w+)\//.exec(file)?.[1];
  return name !== undefined && !/^(quota|jbd2|iomap|crypto|verity|netfs|nfs_common|nls|lockd|notify|cachefiles|dlm)$/.test(name)
    ? name
    : undefined;
};

/** The code at hand names its own file system's way into reclaim, where it has one. */
function nearestFirst(takings: readonly ReclaimTaking[], file: string): readonly ReclaimTaking[] {
  const own = (t: ReclaimTaking): boolean => folderOf(t.path[0]?.file) === folderOf(file);
  return takings.length < 2 || !takings.some(own) ? takings : [...takings.filter(own), ...takings.filter((t) => !own(t))];
}
const folderOf = (file = ''): string => file.slice(0, file.lastIndexOf('/'));

/** The first thing held that reclaim takes with such a mask. */
function cycle(
  state: PathState,
  rule: RuleContext,
  mask: MaskValue,
  drops: readonly Held[],
): { held: Held; taking: ReclaimTaking; needs: ReclaimTaking['needs'] } | undefined {
  for (const held of state.held) {
    if (held.atomic || held.class === '' || drops.some((d) => d.class === held.class)) continue;
    for (const taking of nearestFirst(rule.reclaimTakes?.(held.class) ?? [], held.at.file)) {
      if (SHARED.test(held.class) && folderOf(taking.path[0]?.file) !== folderOf(held.at.file)) continue;
      if (otherMachine(taking.path[0]?.file, held.at.file) || otherFileSystem(taking.path[0]?.file, held.at.file)) continue;
      // Readers on both sides only meet through a writer in between: not claimed.
      if (taking.mode === 'read' && (held.kind.endsWith('read') || held.kind === 'srcu')) continue;
      if (canHave(mask, needed[taking.needs])) return { held, taking, needs: taking.needs };
    }
  }
  return undefined;
}

/** Reclaim itself is the only way in: such a function runs with PF_MEMALLOC and cannot recurse. */
const onlyFromReclaim = (flow: FunctionFlow): boolean => flow.contexts.length > 0 && flow.contexts.every((c) => c.task === 'reclaim');
