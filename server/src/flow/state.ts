/** One abstract state of the flow analysis and the operations that keep states few: keys, joins, copies. */
import { CONTEXT_QUESTIONS, type ContextQuestion } from '../catalog/questions.js';
import type { Expr } from '../facts/model.js';
import { atomOf, decide, join, refine, sameKnow, type Know } from './know.js';
import { either, sameMask } from './masks.js';
import type { Held, MaskValue, OpenScope, ScopeKind } from './model.js';
import { identifiersOf, isWord } from './text.js';

export interface State {
  readonly held: readonly Held[];
  /** Things of the caller that were released here. */
  readonly dropped: readonly Held[];
  readonly scopes: readonly OpenScope[];
  /** Scopes of the caller that were closed here. */
  readonly closed: readonly ScopeKind[];
  readonly nonBlock: number;
  /** Sleeping locks (their texts) that some of the paths joined here hold and others do not. */
  readonly doubtful: ReadonlySet<string>;
  readonly know: ReadonlyMap<string, Know>;
  /** Values of variables that carry gfp masks. */
  readonly masks: ReadonlyMap<string, MaskValue>;
  /** Objects that local pointers are known to point to, as canonical text. */
  readonly alias: ReadonlyMap<string, string>;
}

export const EMPTY_STATE: State = {
  held: [],
  dropped: [],
  scopes: [],
  closed: [],
  nonBlock: 0,
  doubtful: new Set(),
  know: new Map(),
  masks: new Map(),
  alias: new Map(),
};

export const withMask = (s: State, name: string, m: MaskValue): State => ({ ...s, masks: new Map(s.masks).set(name, m) });

/** Differences that keep states apart: what forbids sleeping, and scopes that are opened by name. */
const hard = (h: Held): boolean => h.atomic || h.kind === 'pagefault_off';

/**
 * States with one key are joined. What forbids sleeping, which scopes are open and how masks stand is never blurred; of sleeping
 * locks, handles and conditions only what holds on all paths is kept. (The scheme is that of property simulation: path-sensitive
 * exactly where the property differs.)
 */
export function keyOf(s: State, withMasks: boolean): string {
  if (!s.held.length && !s.dropped.length && !s.scopes.length && !s.closed.length && s.nonBlock === 0 && !(withMasks && s.masks.size))
    return PLAIN_KEY;
  let key = '';
  for (const h of s.held) if (hard(h)) key += `${h.kind}:${h.text}:${h.irq ?? ''}${h.again ? '+' : ''};`;
  key += '|';
  for (const h of s.dropped) if (hard(h)) key += `${h.kind}:${h.text};`;
  key += '|';
  for (const o of s.scopes) if (!o.implied) key += `${o.kind}:${o.cookie};`;
  key += `|${s.closed.join()}|${s.nonBlock}`;
  if (withMasks && s.masks.size) {
    for (const [name, m] of [...s.masks].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
      key += `|${name}=${m.must}/${m.may}/${m.unknown ? 'u' : ''}${m.params.map((p) => `${p.index}~${p.cleared}${p.maybe ? '?' : ''}`).join()}`;
    }
  }
  return key;
}

/** The key of a state in which nothing is held, dropped or open: what the scheme above gives for it. */
const PLAIN_KEY = '||||0';

const sameHeld = (a: Held, b: Held): boolean => a.kind === b.kind && a.text === b.text;

/** Sleeping locks that both states hold, hard things as they are (the key says that they agree); null when nothing changes. */
function commonHeld(a: readonly Held[], b: readonly Held[]): Held[] | null {
  if (a === b) return null;
  const out = a.filter((h) => hard(h) || b.some((o) => sameHeld(h, o)));
  return out.length === a.length ? null : out;
}

/** Join of two states with the same key; the first one itself when it already covers the second. */
export function joinStates(a: State, b: State): State {
  if (a === b) return a;
  if (
    a.know === b.know &&
    a.masks === b.masks &&
    a.alias === b.alias &&
    a.held === b.held &&
    a.dropped === b.dropped &&
    a.scopes === b.scopes
  )
    return a.doubtful === b.doubtful ? a : withDoubts(a, mergeDoubts(a, b));
  const know = joinMaps(a.know, b.know, join, sameKnow);
  const masks = joinMaps(a.masks, b.masks, (x, y) => (y ? either(x, y) : undefined), sameMask);
  const alias = joinMaps(
    a.alias,
    b.alias,
    (x, y) => (x === y ? x : undefined),
    (x, y) => x === y,
  );
  const changed = know !== a.know || masks !== a.masks || alias !== a.alias;
  const held = commonHeld(a.held, b.held);
  const dropped = commonHeld(a.dropped, b.dropped);
  const scopes = a.scopes.some((o) => o.implied && !b.scopes.some((p) => p.kind === o.kind && p.by === o.by))
    ? a.scopes.filter((o) => !o.implied || b.scopes.some((p) => p.kind === o.kind && p.by === o.by))
    : a.scopes;
  const doubtful = held || b.doubtful !== a.doubtful || b.held.length !== a.held.length ? mergeDoubts(a, b) : a.doubtful;
  if (!changed && !held && !dropped && scopes === a.scopes && doubtful === a.doubtful) return a;
  return { ...a, know, masks, alias, held: held ?? a.held, dropped: dropped ?? a.dropped, scopes, doubtful };
}

const withDoubts = (s: State, doubtful: ReadonlySet<string>): State => (doubtful === s.doubtful ? s : { ...s, doubtful });

/** Entries of `a` joined with those of `b`; `a` itself, uncopied, where that changes none. */
function joinMaps<T>(
  a: ReadonlyMap<string, T>,
  b: ReadonlyMap<string, T>,
  joined: (x: T, y: T | undefined) => T | undefined,
  same: (x: T, y: T) => boolean,
): ReadonlyMap<string, T> {
  if (a === b) return a;
  let out: Map<string, T> | undefined;
  for (const [key, x] of a) {
    const y = b.get(key);
    if (x === y) continue;
    const both = joined(x, y);
    if (both === undefined) (out ??= new Map(a)).delete(key);
    else if (!same(both, x)) (out ??= new Map(a)).set(key, both);
  }
  return out ?? a;
}

/** Sleeping locks held on some of the joined paths only: releasing one of them is no business of the caller's. */
function mergeDoubts(a: State, b: State): ReadonlySet<string> {
  const out = new Set(a.doubtful);
  for (const d of b.doubtful) out.add(d);
  for (const [x, y] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const h of x.held) if (!hard(h) && !y.held.some((o) => sameHeld(h, o))) out.add(h.text);
  }
  return out.size === a.doubtful.size ? a.doubtful : out;
}

/** Calls that ask for the context they run in and that what is held answers: with the contrary of what says that code may sleep. */
const ANSWERED: ReadonlyMap<string, ContextQuestion> = new Map(
  CONTEXT_QUESTIONS.filter(({ by }) => by !== undefined).map((question) => [`${question.name}()`, question]),
);

/** Truth of a condition in a state; undefined when it is not decided. */
export function truthOf(s: State, e: Expr): boolean | undefined {
  if (Array.isArray(e) && e[0] === 'u' && e[1] === '!') {
    const t = truthOf(s, e[2]);
    return t === undefined ? undefined : !t;
  }
  if (Array.isArray(e) && e[0] === 'b' && (e[1] === '&&' || e[1] === '||')) {
    const [a, b] = [truthOf(s, e[2]), truthOf(s, e[3])];
    if (e[1] === '&&') return a === false || b === false ? false : a === true && b === true ? true : undefined;
    return a === true || b === true ? true : a === false && b === false ? false : undefined;
  }
  const atom = atomOf(e, true);
  if (!atom) return undefined;
  const asked = ANSWERED.get(atom.subject);
  if (asked && atom.value === 0 && (atom.rel === '!=' || atom.rel === '==')) {
    const held = s.held.some(asked.by === 'irq' ? (h) => h.kind === 'irq_off' || h.irq === 'irq' : (h) => h.atomic && h.kind !== 'rcu');
    if (held) return (atom.rel === '!=') !== asked.maySleep;
  }
  return decide(s.know.get(atom.subject), atom);
}

/**
 * The state on the branch where `when` is `is`; null when that branch cannot be taken. Only subjects that `tracks` accepts are
 * remembered: one that is never asked about again would only make states larger.
 */
export function assume(s: State, when: Expr, is: boolean, tracks: (subject: string) => boolean): State | null {
  const truth = truthOf(s, when);
  if (truth !== undefined) return truth === is ? s : null;
  const atom = atomOf(when, is);
  if (!atom || !tracks(atom.subject)) return s;
  const refined = refine(s.know.get(atom.subject), atom);
  if (!refined) return null;
  const know = new Map(s.know);
  know.set(atom.subject, refined);
  return { ...s, know };
}

/** Sets what is known of a subject outright (undefined forgets it). */
export function learn(s: State, subject: string, k: Know | undefined): State {
  if (!k && !s.know.has(subject)) return s;
  const know = new Map(s.know);
  if (k) know.set(subject, k);
  else know.delete(subject);
  return { ...s, know };
}

/** Forgets values that were given to members which begin like this. */
export function forgetGiven(s: State, members: readonly string[]): State {
  let know: Map<string, Know> | undefined;
  for (const [subject, k] of s.know) {
    if (k.given && members.some((begin) => subject.startsWith(begin))) (know ??= new Map(s.know)).delete(subject);
  }
  return know ? { ...s, know } : s;
}

/** Forgets all that depends on an object being overwritten. `text` is a canonical lvalue. */
export function forget(s: State, text: string): State {
  if (s.know.size === 0 && s.alias.size === 0) return s;
  const plain = isWord(text);
  const stale = (subject: string) => subject === text || (plain ? identifiersOf(subject).includes(text) : subject.includes(text));
  let know: Map<string, Know> | undefined;
  for (const subject of s.know.keys()) {
    if (stale(subject)) (know ??= new Map(s.know)).delete(subject);
  }
  let alias: Map<string, string> | undefined;
  for (const [name, to] of s.alias) {
    if (name === text || (plain && identifiersOf(to).includes(text))) (alias ??= new Map(s.alias)).delete(name);
  }
  if (!know && !alias) return s;
  return { ...s, know: know ?? s.know, alias: alias ?? s.alias };
}
