/** What is held at a call and forbids sleeping: taken here, stated by the author, or brought by a caller, less what was let go. */
import { entersFor } from '../flow/enters.js';
import type { EntryContext, FunctionFlow, Held, LockKind, PathState } from '../flow/model.js';

/** Kinds that have no object to name. */
const NAMELESS: readonly LockKind[] = [
  'irq_off',
  'bh_off',
  'preempt_off',
  'rcu',
  'srcu',
  'kmap_atomic',
  'hardirq',
  'softirq',
  'nmi',
  'local_lock',
  'seq_write',
];
/** The primitives that switch interrupts or softirqs off. */
const SWITCHES = /^(raw_)?local_|(spin|read|write)_(try)?lock|^(guard|class):|^(disable_irq|get_cpu|hard_irq_disable|arch_local_irq)/;

/**
 * A lock that cannot be relied on: one without a name, or named by a variable of somebody else, came out of a helper that knows it by a
 * local of its own; one that a function leaves taken that is not made for that has been left on some of its paths only.
 */
export function doubtful(flow: FunctionFlow, held: Held): boolean {
  if (held.origin !== 'local') return false;
  if (held.text === '' && !NAMELESS.includes(held.kind)) return true;
  const base = /^\w+/.exec(held.text)?.[0] ?? '';
  if (base.startsWith('_') && !(base in (flow.ref.facts.body?.vars ?? {})) && !flow.ref.facts.params.some((p) => p.name === base))
    return true;
  const taken = flow.calls.filter((c) => c.at.line === held.at.line && c.at.column === held.at.column);
  // Interrupts left off by a helper that takes locks: its counterpart switches them on in a way that was not matched.
  if ((held.kind === 'irq_off' || held.kind === 'bh_off') && taken.length > 0 && !taken.some((c) => SWITCHES.test(c.name))) return true;
  return taken.length > 0 && !taken.some((c) => entersFor(c.name));
}

/** What forbids sleeping at a call in one state. */
export interface Cause {
  held: Held;
  /** 'local': taken in this function; 'author': stated by annotation; else how it came. */
  from: 'local' | EntryContext['from'];
  context?: EntryContext;
}

const sameThing = (a: Held, b: Held): boolean => a.kind === b.kind && (a.class === b.class || (a.text !== '' && a.text === b.text));
/** Whether the list holds this very thing. */
export const among = (list: readonly Held[], h: Held): boolean => list.some((d) => sameThing(d, h));

const SPINS: readonly string[] = ['spin', 'raw_spin', 'bit_spin'];
const lastField = (text: string): string => /(?:^|\.)(\w+)$/.exec(text)?.[1] ?? '';

/**
 * Whether a callee that releases `dropped` may release `held`: both names are of different functions, so a plain name, an
 * unnamed object or the same last member is enough. Taking one lock for another costs a finding, not taking it a false alarm.
 */
function mayDrop(dropped: Held, held: Held): boolean {
  // A callback that is called with some lock held, and releases one that it did not take, released that one.
  if (held.kind === 'preempt_off' && held.text === '' && held.origin === 'entry') return dropped.atomic && dropped.kind !== 'rcu';
  const kin =
    dropped.kind === held.kind ||
    // What an author states as held may be of another kind in another configuration.
    (held.origin === 'entry' && dropped.class !== '' && dropped.class === held.class) ||
    (SPINS.includes(dropped.kind) && SPINS.includes(held.kind)) ||
    (dropped.irq !== undefined && held.kind === (dropped.irq === 'irq' ? 'irq_off' : 'bh_off'));
  if (!kin) return false;
  if (dropped.text === '' || held.text === '' || dropped.text === held.text) return true;
  // A lock inside a structure that is itself locked by name: a lockref, an xarray.
  if (dropped.text.startsWith(`${held.text}.`) || held.text.startsWith(`${dropped.text}.`)) return true;
  if (dropped.class !== '' && dropped.class === held.class) return true;
  if (/^\w+$/.test(dropped.text) || /^\w+$/.test(held.text) || /[([]/.test(dropped.text + held.text)) return true;
  return lastField(dropped.text) === lastField(held.text);
}
/** Whether one of the list may be the release of this. */
export const mayBeDropped = (list: readonly Held[], h: Held): boolean => list.some((d) => mayDrop(d, h));

/** A lock that the author says is held on entry, and that was released by a function of another kind: its type depends on the configuration. */
const givenBack = (state: PathState, h: Held): boolean =>
  h.origin === 'entry' && h.class !== '' && state.dropped.some((d) => d.class === h.class && d.kind !== h.kind);

/** Innermost thing held in a state that forbids sleeping, less what the callee drops before it sleeps. */
export function atomicHeld(
  state: PathState,
  drops: readonly Held[] = [],
  forbids: (h: Held) => boolean = (h) => h.atomic,
): Held | undefined {
  const held = state.held.filter((h) => forbids(h) && !mayBeDropped(drops, h) && !givenBack(state, h));
  return [...held].reverse().find((h) => h.origin === 'local') ?? held[held.length - 1];
}

/** The same for what came with the caller, less what this function dropped. */
export function atomicBrought(
  state: PathState,
  context: EntryContext,
  drops: readonly Held[] = [],
  forbids: (h: Held) => boolean = (h) => h.atomic,
): Held | undefined {
  const held = context.held.filter((h) => forbids(h) && !mayBeDropped(drops, h) && !mayBeDropped(state.dropped, h));
  return held[held.length - 1];
}

/**
 * Whether the finding for a context that came down a call path belongs to a function further up: one that took a lock, or whose
 * author states one, reports what it calls under it itself. Only what a callback brings has no such function.
 */
export function openedByCaller(
  context: EntryContext,
  drops: readonly Held[] = [],
  forbids: (h: Held) => boolean = (h) => h.atomic,
): boolean {
  if (context.from !== 'caller') return false;
  if (context.held.some((h) => forbids(h) && h.origin === 'local' && !mayBeDropped(drops, h))) return true;
  return context.begins !== 'callback';
}
