/** What one event does to one state: what any call or assignment undoes of what was known, then what its kind adds. */
import type { CallEvent, Event, Expr } from '../facts/model.js';
import { assign } from './assignments.js';
import { calledIn, type Called } from './called.js';
import { FunctionMasks } from './function-masks.js';
import { NEGATIVE, NONZERO, ZERO } from './know.js';
import type { FlowCatalogue, Knowledge, NetEffect } from './knowledge.js';
import { lockCall } from './lock-calls.js';
import { acquire, release } from './locks.js';
import { UNKNOWN_MASK } from './masks.js';
import type { FunctionRef, PathState, Where } from './model.js';
import { closeScope, scopeCall, type ScopeListener } from './scope-calls.js';
import { forget, forgetGiven, learn, withMask, type State } from './state.js';
import { subjectsOf } from './subjects.js';
import { fromTemplate } from './templates.js';
import { textOf } from './text.js';

/** What a call event says whatever the state. */
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
/** The states behind a call that does not come back. */
const NOBODY: readonly State[] = [];

/** One run over one function: what is asked of its names and masks, and what its events do. */
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
    const out = ev.k === 'call' ? this.call(s, ev, this.planOf(ev)) : assign(this, s, ev);
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
    if (does.ends) return NOBODY;
    const { lock, scope } = does;
    if (lock || scope) {
      // A journal start takes a handle and opens a scope: one call, both effects.
      const states = lock ? lockCall(this, next, ev, lock, subject) : [next];
      return scope ? states.flatMap((x) => scopeCall(this, x, ev, scope, subject)) : states;
    }
    if (ev.fn === 'non_block_start') return [{ ...next, nonBlock: next.nonBlock + 1 }];
    if (ev.fn === 'non_block_end') return [{ ...next, nonBlock: Math.max(0, next.nonBlock - 1) }];
    return this.calleeEffects(next, ev, plan);
  }

  /** What a function of the tree leaves taken, released, opened and closed: a state for each of its ways out. */
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
      for (const t of effect.releases) next = release(next, fromTemplate(this, t, ev), t.class === t.text && /^[A-Za-z_]\w*$/.test(t.text));
      for (const t of effect.acquires) next = acquire(next, fromTemplate(this, t, ev));
      const at = this.where(ev.pos);
      for (const kind of effect.closes) next = closeScope(this.listener, next, kind, '', at, true);
      for (const o of effect.scopes) {
        const cookie = ev.to === undefined ? '' : textOf(ev.to);
        next = {
          ...next,
          scopes: [...next.scopes, { kind: o.kind, cookie, at, origin: 'local', by: o.by, ...(o.implied ? { implied: true } : {}) }],
        };
      }
      if (effect.nonBlock) next = { ...next, nonBlock: Math.max(0, next.nonBlock + effect.nonBlock) };
      if (net.length > 1 && effect.value !== 'any') {
        next = learn(next, subject, effect.value === 'zero' ? ZERO : effect.value === 'negative' ? NEGATIVE : NONZERO);
      }
      out.push(next);
    }
    return out;
  }
}

/** Not `current->flags`, by which scopes are opened and closed by hand. */
const isPlainName = (to: Expr): boolean => typeof to === 'string';
