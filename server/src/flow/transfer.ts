/** What one event does to one state. */
import type { CallEvent, Event, Expr, SetEvent } from '../facts/model.js';
import type { LockEntry, ScopeEntry } from '../catalog/model.js';
import { constantOf, type Know, range } from './know.js';
import { calledIn, type Called } from './called.js';
import type { FlowCatalogue, Knowledge, LockTemplate, NetEffect } from './knowledge.js';
import { acquire, release } from './locks.js';
import { FunctionMasks } from './function-masks.js';
import { UNKNOWN_MASK } from './masks.js';
import type { FunctionRef, Held, MaskValue, OpenScope, PathState, ScopeKind, Where } from './model.js';
import { assume, forget, forgetGiven, learn, truthOf, type State } from './state.js';
import { isWord, lockText, RESULT, substitute, substituteFields, textOf } from './text.js';
import { subjectsOf } from './subjects.js';
import { isAtomicKind, isRtAtomicKind, lockClass, lockKindOfType, typeOf } from './types.js';

const ZERO: Know = range(0, 0);
const NONZERO: Know = range(-Infinity, Infinity, [0]);
/** Scopes open at a time; more is a loop that opens one each round. */
const MAX_SCOPES = 6;

/** Told of scope events while states are recorded (see scopes.ts). */
export interface ScopeListener {
  closed(scope: OpenScope, at: Where): void;
  wrong(at: Where, why: 'other-cookie' | 'order' | 'other-kind' | 'unopened', scope: OpenScope | undefined): void;
}

/** What a call event says whatever the state, and what it did to the state seen last. */
interface CallPlan {
  /** Text of the call: what is known of its result stands under it. */
  subject: string;
  /** Text of what gets the result; undefined when nothing does. */
  to: string | undefined;
  /** Variables whose address it is given. */
  addressed: readonly string[];
  /** Beginnings of the members that it may change: those of structures that it is handed and that no catalogue knows it to leave alone. */
  reaches: readonly string[];
  /** Undefined for a call through a pointer. */
  does: Called | undefined;
  /** Effects of a function of the tree; none for what the catalogue knows. */
  net: readonly NetEffect[];
  /** May close a scope: a listener must be told each time. */
  closes: boolean;
}

/** How the members of what an argument points to begin, as text. */
function membersOf(arg: Expr): string[] {
  if (typeof arg === 'string') return [`${arg}.`];
  return Array.isArray(arg) && arg[0] === 'u' && arg[1] === '&' && typeof arg[2] === 'string' ? [`${arg[2]}.`] : [];
}

/** What an event made of a state. Blocks are run again to record what they do, mostly from the very states they were solved with. */
interface Outcome {
  of: State;
  out: readonly State[];
}

const NOTHING: readonly NetEffect[] = [];

const withMask = (s: State, name: string, m: MaskValue): State => ({ ...s, masks: new Map(s.masks).set(name, m) });

export class Transfer {
  readonly masks: FunctionMasks;
  private readonly params = new Map<string, number>();
  private readonly assigned = new Set<string>();
  /** Subjects worth remembering: see subjects.ts. */
  private readonly subjects: ReadonlySet<string>;
  listener: ScopeListener | undefined;
  /** What rules see of a state, made once. */
  readonly pathStates = new Map<State, PathState>();
  readonly called: (name: string) => Called;
  private readonly plans = new Map<CallEvent, CallPlan>();
  private readonly outcomes = new Map<Event, Outcome>();

  constructor(
    readonly ref: FunctionRef,
    readonly cat: FlowCatalogue,
    readonly know: Knowledge,
  ) {
    const { facts } = ref;
    this.called = calledIn(cat);
    facts.params.forEach((p, i) => this.params.set(p.name, i));
    for (const block of facts.body?.blocks ?? [])
      for (const ev of block.ev) if (ev.k === 'set' && typeof ev.to === 'string') this.assigned.add(ev.to);
    this.masks = new FunctionMasks(ref, cat, know, this.params);
    this.subjects = subjectsOf(facts, this.masks.isName);
  }

  tracks = (subject: string): boolean => this.subjects.has(subject);

  isAssigned = (name: string): boolean => this.assigned.has(name);
  paramIndex = (name: string): number | undefined => this.params.get(name);

  private readonly gfpParameters = new Map<string, number | undefined>();
  /** Index of the gfp_t parameter of a function of the tree. */
  gfpParameter(name: string): number | undefined {
    let at = this.gfpParameters.get(name);
    if (at === undefined && !this.gfpParameters.has(name)) this.gfpParameters.set(name, (at = this.know.gfpParameter(name, this.ref.file)));
    return at;
  }

  where(pos: readonly [number, number, number, number]): Where {
    const base = this.ref.facts.line;
    return { file: this.ref.file.path, line: base + pos[0], column: pos[1], endLine: base + pos[2], endColumn: pos[3] };
  }

  apply(s: State, ev: Event): readonly State[] {
    if (ev.k !== 'call' && ev.k !== 'set') return [s];
    const heard = this.listener !== undefined && (ev.k === 'call' ? this.planOf(ev).closes : !isPlainName(ev.to));
    const known = this.outcomes.get(ev);
    if (known !== undefined && known.of === s && !heard) return known.out;
    const out = ev.k === 'call' ? this.call(s, ev, this.planOf(ev)) : this.setSplit(s, ev);
    if (known === undefined) this.outcomes.set(ev, { of: s, out });
    else {
      known.of = s;
      known.out = out;
    }
    return out;
  }

  private planOf(ev: CallEvent): CallPlan {
    let plan = this.plans.get(ev);
    if (plan) return plan;
    const does = typeof ev.fn === 'string' ? this.called(ev.fn) : undefined;
    const addressed: string[] = [];
    for (const arg of ev.args)
      if (Array.isArray(arg) && arg[0] === 'u' && arg[1] === '&' && typeof arg[2] === 'string') addressed.push(arg[2]);
    // Allocators and waits of the core give back what they take.
    const ours = does && !does.lock && !does.scope && !does.allocator && !does.sleeper;
    const net = ours ? (this.know.net(ev.fn as string, this.ref.file) ?? NOTHING) : NOTHING;
    plan = {
      subject: textOf(['call', ev.fn, ...ev.args]),
      to: ev.to === undefined ? undefined : textOf(ev.to),
      addressed,
      reaches: does && (does.lock || does.scope || does.allocator || does.sleeper) ? [] : ev.args.flatMap(membersOf),
      does,
      net,
      closes: does?.scope?.op === 'close' || net.some((e) => e.closes.length > 0),
    };
    this.plans.set(ev, plan);
    return plan;
  }

  private call(s: State, ev: CallEvent, plan: CallPlan): readonly State[] {
    const { subject, does } = plan;
    // A new call of the same text may answer differently.
    let next = learn(s, subject, undefined);
    if (plan.to !== undefined) next = forget(next, plan.to);
    for (const name of plan.addressed) {
      next = forget(next, name);
      if (next.masks.has(name)) next = withMask(next, name, UNKNOWN_MASK);
    }
    if (plan.reaches.length > 0 && next.know.size > 0) next = forgetGiven(next, plan.reaches);
    if (!does) return [next];
    const { lock, scope } = does;
    if (lock || scope) {
      // A journal start takes a handle and opens a scope: one call, both effects.
      const states = lock ? this.lock(next, ev, lock, subject) : [next];
      return scope ? states.flatMap((x) => this.scope(x, ev, scope, subject)) : states;
    }
    if (ev.fn === 'non_block_start') return [{ ...next, nonBlock: next.nonBlock + 1 }];
    if (ev.fn === 'non_block_end') return [{ ...next, nonBlock: Math.max(0, next.nonBlock - 1) }];
    return this.calleeEffects(next, ev, plan);
  }

  /** The lock object's text, with a local pointer replaced by what it is known to point to. */
  private lockObject(s: State, e: Expr | undefined): string {
    const text = lockText(e);
    return isWord(text) ? (s.alias.get(text) ?? text) : text;
  }

  private held(s: State, ev: CallEvent, lock: LockEntry): Held {
    const arg = lock.lock === null ? undefined : ev.args[lock.lock];
    const text = this.lockObject(s, arg);
    return {
      kind: lock.kind,
      text,
      class: lock.class ?? (arg === undefined ? '' : lockClass(arg, this.ref.facts, this.ref.file, this.know)),
      atomic: isAtomicKind(lock.kind),
      rtAtomic: isRtAtomicKind(lock.kind),
      ...(lock.irq ? { irq: lock.irq } : {}),
      at: this.where(ev.pos),
      origin: 'local',
    };
  }

  private lock(s: State, ev: CallEvent, lock: LockEntry, subject: string): readonly State[] {
    const h = this.held(s, ev, lock);
    if (lock.op === 'close') return [release(s, h)];
    if (lock.op === 'assert') return [this.assertHeld(s, ev, h, lock)];
    if (lock.op === 'open' && !lock.heldIf) return [acquire(s, h)];
    // Trylocks and interruptible locks: one state where it is held, one where it is not, each knowing the result.
    const heldIf = lock.heldIf ?? 'nonzero';
    const got = learn(acquire(s, lock.op === 'try' ? { ...h, tried: true } : h), subject, heldIf === 'zero' ? ZERO : NONZERO);
    const not = learn(s, subject, heldIf === 'zero' ? NONZERO : ZERO);
    return [got, not];
  }

  /** `lockdep_assert_held(&l)`: from here on the lock counts as held by the caller, unless this function took it. */
  private assertHeld(s: State, ev: CallEvent, h: Held, lock: LockEntry): State {
    const arg = ev.args[0];
    // The kind follows from the object's type; an assertion about an object of unknown type says nothing about sleeping.
    const kind = lock.anyKind ? lockKindOfType(typeOf(arg, this.ref.facts, this.ref.file, this.know)) : h.kind;
    if (!kind) return s;
    if (s.held.some((o) => o.text === h.text && o.kind === kind) || s.dropped.some((d) => d.text === h.text)) return s;
    if (s.held.some((o) => o.class !== '' && o.class === h.class)) return s;
    return {
      ...s,
      held: [...s.held, { ...h, kind, atomic: isAtomicKind(kind), rtAtomic: isRtAtomicKind(kind), origin: 'entry' }],
    };
  }

  /** A journal or transaction handle is held like a lock: reclaim that starts one of the same log waits for its holders. */
  private handle(name: string, at: Where): Held {
    return { kind: 'handle', text: '', class: name, atomic: false, rtAtomic: false, at, origin: 'local' };
  }

  private scope(s: State, ev: CallEvent, scope: ScopeEntry, subject: string): readonly State[] {
    const at = this.where(ev.pos);
    if (scope.op === 'close') {
      const cookie = scope.cookie === undefined ? '' : textOf(ev.args[scope.cookie]);
      const closed = this.closeScope(s, scope.kind, cookie, at, scope.implied === true);
      return [scope.handle ? release(closed, this.handle(scope.handle, at)) : closed];
    }
    if (s.scopes.length >= MAX_SCOPES) return [s];
    const cookie = scope.implied || ev.to === undefined ? '' : textOf(ev.to);
    const taken = scope.handle ? acquire(s, this.handle(scope.handle, at)) : s;
    const open: State = {
      ...taken,
      scopes: [
        ...s.scopes,
        { kind: scope.kind, cookie, at, origin: 'local', by: ev.fn as string, ...(scope.implied ? { implied: true } : {}) },
      ],
    };
    if (!scope.fails) return [open];
    // A handle that could not be started opens nothing; the test of the result tells the two apart.
    const failed = scope.fails === 'nonzero' ? NONZERO : ZERO;
    const result = scope.fails === 'nonzero' ? subject : `IS_ERR(${ev.to === undefined ? subject : textOf(ev.to)})`;
    if (scope.fails === 'nonzero') return [learn(open, subject, ZERO), learn(s, subject, failed)];
    return [learn(open, result, ZERO), learn(s, result, NONZERO)];
  }

  closeScope(s: State, kind: ScopeKind, cookie: string, at: Where, implied: boolean): State {
    let i = -1;
    for (let k = s.scopes.length - 1; k >= 0; k--) {
      const o = s.scopes[k]!;
      if (o.kind === kind && (o.cookie === cookie || implied || cookie === '')) {
        i = k;
        break;
      }
    }
    if (i < 0) {
      const sameCookie = s.scopes.find((o) => o.cookie === cookie && cookie !== '');
      const sameKind = s.scopes.find((o) => o.kind === kind);
      if (sameCookie) this.listener?.wrong(at, 'other-kind', sameCookie);
      else if (sameKind) this.listener?.wrong(at, 'other-cookie', sameKind);
      const hit = sameCookie ?? sameKind;
      if (!hit) {
        this.listener?.wrong(at, 'unopened', undefined);
        return s.closed.length < 4 ? { ...s, closed: [...s.closed, kind] } : s;
      }
      this.listener?.closed(hit, at);
      return { ...s, scopes: s.scopes.filter((o) => o !== hit) };
    }
    const scope = s.scopes[i]!;
    // The caller's own: it is told.
    if (scope.origin === 'entry') return { ...s, scopes: s.scopes.filter((_, k) => k !== i), closed: [...s.closed, kind] };
    if (!implied && s.scopes.slice(i + 1).some((o) => !o.implied)) {
      this.listener?.wrong(at, 'order', scope);
    }
    this.listener?.closed(scope, at);
    return { ...s, scopes: s.scopes.filter((_, k) => k !== i) };
  }

  /** A callee's lock in this function's words: its $0, $1, ... replaced by the arguments. */
  instantiate(h: Held, args: readonly Expr[]): Held {
    return h.text.includes('$') ? { ...h, text: this.argumentText(h.text, args) } : h;
  }

  private argumentText(text: string, args: readonly Expr[]): string {
    const given = new Map(args.map((arg, i) => [`$${i}`, textOf(arg)]));
    return substituteFields(substitute(text, given), given).replace(/^&/, '');
  }

  /** A lock inside what the call returns, in the words of this function: by the variable that gets the result. */
  private inResult(text: string, ev: CallEvent): string {
    if (!text.startsWith(RESULT)) return text;
    if (ev.to !== undefined) return textOf(ev.to) + text.slice(RESULT.length);
    return this.ref.facts.macro || ev.use === 'returned' ? text : '';
  }

  private fromTemplate(t: LockTemplate, ev: CallEvent): Held {
    const text = this.inResult(this.argumentText(t.text, ev.args), ev);
    return {
      kind: t.kind,
      text,
      class: t.class,
      atomic: t.atomic,
      rtAtomic: t.rtAtomic,
      ...(t.irq ? { irq: t.irq } : {}),
      ...(t.tried ? { tried: true } : {}),
      at: this.where(ev.pos),
      origin: 'local',
    };
  }

  private calleeEffects(s: State, ev: CallEvent, { net, subject }: CallPlan): readonly State[] {
    if (!net.length) return [s];
    const out: State[] = [];
    // `unlock_cluster(ci)` that does nothing for NULL: whoever holds the lock calls it for that.
    const unlocks = /unlock/.test(ev.fn as string)
      ? net.filter((e) => e.releases.some((t) => s.held.some((h) => h.origin === 'local' && h.kind === t.kind)))
      : [];
    for (const effect of unlocks.length ? unlocks : net) {
      let next = s;
      // A lock of the callee's file is none that is a member here.
      for (const t of effect.releases) next = release(next, this.fromTemplate(t, ev), t.class === t.text && /^[A-Za-z_]\w*$/.test(t.text));
      for (const t of effect.acquires) next = acquire(next, this.fromTemplate(t, ev));
      const at = this.where(ev.pos);
      for (const kind of effect.closes) next = this.closeScope(next, kind, '', at, true);
      for (const o of effect.scopes) {
        const cookie = ev.to === undefined ? '' : textOf(ev.to);
        next = {
          ...next,
          scopes: [...next.scopes, { kind: o.kind, cookie, at, origin: 'local', by: o.by, ...(o.implied ? { implied: true } : {}) }],
        };
      }
      if (effect.nonBlock) next = { ...next, nonBlock: Math.max(0, next.nonBlock + effect.nonBlock) };
      if (net.length > 1 && effect.value !== 'any') {
        next = learn(
          next,
          subject,
          effect.value === 'zero' ? range(0, 0) : effect.value === 'negative' ? range(-Infinity, -1) : range(-Infinity, Infinity, [0]),
        );
      }
      out.push(next);
    }
    return out;
  }

  /**
   * A mask chosen by a condition (`gfp = atomic ? GFP_ATOMIC : GFP_KERNEL`) makes two states, each knowing its choice, so
   * that a lock taken under the same condition meets the right mask.
   */
  private setSplit(s: State, ev: SetEvent): readonly State[] {
    if (typeof ev.to === 'string' && this.masks.isName(ev.to)) {
      const condition = undecided(ev.value, (c) => truthOf(s, c));
      if (condition !== undefined) {
        const [yes, no] = [assume(s, condition, true, () => true), assume(s, condition, false, () => true)];
        if (yes && no && yes !== s && no !== s) return [this.set(yes, ev), this.set(no, ev)];
      }
    }
    return [this.set(s, ev)];
  }

  private set(s: State, ev: SetEvent): State {
    const to = textOf(ev.to);
    const before = s;
    let next = forget(s, to);
    if (to === 'current.flags') return this.taskFlags(next, ev);
    if (typeof ev.to !== 'string') {
      if (ev.op !== '=' || !this.tracks(to)) return next;
      const c = constantOf(ev.value);
      // `vmf->pte = pte_offset_map_lock(...)`: whether the lock is held is asked of the field afterwards.
      const known = c !== undefined ? range(c, c) : before.know.get(textOf(ev.value));
      return known ? learn(next, to, c === undefined ? known : range(known.lo, known.hi, known.ne, known.named, true)) : next;
    }
    if (this.masks.isName(ev.to)) next = withMask(next, ev.to, this.masks.assigned(before, ev));
    if (ev.op === '=') {
      const c = constantOf(ev.value);
      if (c !== undefined) return this.tracks(to) ? learn(next, to, range(c, c)) : next;
      if (Array.isArray(ev.value) && ev.value[0] === 'u' && ev.value[1] === '&') return this.setAlias(next, ev.to, textOf(ev.value[2]));
      const source = textOf(ev.value);
      const truth = this.tracks(to) ? truthOf(before, ev.value) : undefined;
      if (!this.tracks(to)) {
        // Nobody asks for the value.
      } else if (truth === false) next = learn(next, to, range(0, 0));
      else {
        const copied = before.know.get(source);
        if (copied) next = learn(next, to, copied);
        else if (typeof ev.value === 'string' && /^[A-Z_][A-Z0-9_]*$/.test(ev.value)) {
          next = learn(next, to, range(-Infinity, Infinity, [], new Map([[ev.value, true]])));
        }
      }
      if (Array.isArray(ev.value) && (ev.value[0] === '->' || ev.value[0] === '.')) return this.setAlias(next, ev.to, source);
      if (typeof ev.value === 'string' && before.alias.has(ev.value)) return this.setAlias(next, ev.to, before.alias.get(ev.value)!);
      return next;
    }
    if (ev.op === '|=') {
      const c = this.tracks(to) ? constantOf(ev.value) : undefined;
      if (c) return learn(next, to, range(-Infinity, Infinity, [0]));
    }
    return next;
  }

  private setAlias(s: State, name: string, to: string): State {
    if (to.length > 100) return s;
    const alias = new Map(s.alias);
    alias.set(name, to);
    return { ...s, alias };
  }

  /** PF_MEMALLOC set and cleared by hand is a scope like memalloc_noreclaim_save. */
  private taskFlags(s: State, ev: SetEvent): State {
    const text = textOf(ev.value);
    const at = this.where(ev.pos);
    const kind: ScopeKind | null = /\bPF_MEMALLOC\b/.test(text)
      ? 'noreclaim'
      : /\bPF_MEMALLOC_NOFS\b/.test(text)
        ? 'nofs'
        : /\bPF_MEMALLOC_NOIO\b/.test(text)
          ? 'noio'
          : null;
    if (!kind) return s;
    if (ev.op === '|=') return { ...s, scopes: [...s.scopes, { kind, cookie: '', at, origin: 'local', by: 'PF_MEMALLOC' }] };
    if (ev.op === '&=') return this.closeScope(s, kind, '', at, true);
    return s;
  }
}

/** Not `current->flags`, by which scopes are opened and closed by hand. */
const isPlainName = (to: Expr): boolean => typeof to === 'string';

/** The first condition in a mask expression that the state does not decide. */
function undecided(e: Expr, truth: (condition: Expr) => boolean | undefined): Expr | undefined {
  if (!Array.isArray(e)) return undefined;
  switch (e[0]) {
    case '?': {
      const t = truth(e[1]);
      return t === undefined ? e[1] : undecided(t ? e[2] : e[3], truth);
    }
    case 'b':
      return undecided(e[2], truth) ?? undecided(e[3], truth);
    case 'u':
    case 'cast':
      return undecided(e[2], truth);
    default:
      return undefined;
  }
}
