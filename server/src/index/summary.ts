/** What one function does to its callers: net effect on what is held, how it may sleep, how it fails. */
import { BESIDE_QUESTIONS, CONTEXT_QUESTIONS } from '../catalog/questions.js';
import type { ChainStep, CallPoint, FieldGuard, Held, ParamCondition, PathState, Site, SleepChain } from '../flow/model.js';
import type { LockTemplate, NetEffect } from '../flow/knowledge.js';
import type { Analysis } from '../flow/analyse.js';
import { GFP } from '../../../simulator/src/index.js';
import { blocking } from '../flow/masks.js';
import { lockText, RESULT, substitute, substituteFields } from '../flow/text.js';
import { behind, behindAbsence, betweenRounds, forSomeCallers, isPutOffElse } from '../flow/asked.js';
import { entersFor } from '../flow/enters.js';
import { guardsAt } from '../flow/commands.js';
import { bindConditions, conditionKey } from '../flow/bind.js';
import { Way } from './way.js';

export interface Summary {
  net: readonly NetEffect[];
  sleeps: readonly SleepChain[];
  /** Chain to an allocation whose failure is passed on to the caller. */
  enomem?: ChainStep[] | undefined;
}

/** Witnesses kept per function, longest chain followed. */
const MAX_SLEEPS = 4;
const MAX_DEPTH = 24;

/** @param failure chain to an allocation through a call's callee, when the callee can fail for want of memory */
export function summarise(a: Analysis, failure: (point: CallPoint) => ChainStep[] | undefined): Summary {
  const enomem = enomemOf(a, failure);
  return { net: netEffects(a), sleeps: sleepsOf(a), ...(enomem ? { enomem } : {}) };
}

const MAX_ENOMEM_CHAIN = 10;

/** Shortest chain to an allocation that can fail and whose failure the function passes on by its return value. */
function enomemOf(a: Analysis, failure: (point: CallPoint) => ChainStep[] | undefined): ChainStep[] | undefined {
  if (a.exits.every((e) => e.value === 'void')) return undefined;
  const { ref } = a;
  const step = (point: CallPoint, what: string): ChainStep => ({
    file: ref.file.path,
    line: point.at.line,
    function: ref.facts.name,
    what,
  });
  if (
    a.exits.some(
      (e) => e.value === 'enomem' || e.value === 'null' || e.value === 'errptr' || e.value === 'unknown' || e.value === 'negative',
    )
  ) {
    const site = a.sites.find(
      (s) =>
        s.states.length > 0 &&
        s.apiClass !== 'wrapper' &&
        s.effective.some((m) => !(m.must & GFP.__GFP_NOFAIL)) &&
        (s.nullChecked || s.use === 'returned'),
    );
    if (site) return [step(site, `${site.api}(${site.gfpText || 'GFP_KERNEL implied'}) can fail`)];
  }
  let best: ChainStep[] | undefined;
  for (const point of a.calls) {
    if (!point.states.length || point.use === 'discarded') continue;
    const chain = failure(point);
    if (chain && chain.length < MAX_ENOMEM_CHAIN && (!best || chain.length + 1 < best.length))
      best = [step(point, `calls ${point.name}`), ...chain];
  }
  return best;
}

/** Outcomes of a function that are told apart. */
const MAX_OUTCOMES = 4;

/** Of a function with more outcomes: the caller's locks that it releases in each. */
function alwaysReleased(nets: readonly NetEffect[]): NetEffect[] {
  const releases = nets[0]!.releases.filter((t) => nets.every((n) => n.releases.some((o) => o.kind === t.kind && o.text === t.text)));
  return releases.length ? [{ acquires: [], releases, scopes: [], closes: [], nonBlock: 0, value: 'any' }] : [];
}

/** Net effects of the exits, the caller's view: parameters become $0, $1, ... */
function netEffects(a: Analysis): NetEffect[] {
  const names = new Map(a.ref.facts.params.map((p, i) => [p.name, `$${i}`]));
  const { macro } = a.ref.facts;
  const template = (h: Held): LockTemplate => ({
    // A macro may be given the name of a member: `spin_lock(&(ptr)->member)`.
    text: macro ? substituteFields(substitute(h.text, names), names) : substitute(h.text, names),
    class: h.class,
    kind: h.kind,
    atomic: h.atomic,
    rtAtomic: h.rtAtomic,
    ...(h.irq ? { irq: h.irq } : {}),
    ...(h.tried ? { tried: true } : {}),
  });
  const seen = new Map<string, NetEffect>();
  let any = false;
  for (const exit of a.exits) {
    const s = exit.state;
    const net: NetEffect = {
      acquires: s.held.filter((h) => h.origin === 'local' && !h.again).map(template),
      releases: s.dropped.map(template),
      scopes: s.scopes
        .filter((o) => o.origin === 'local')
        .map((o) => ({ kind: o.kind, by: o.by, ...(o.implied ? { implied: true } : {}) })),
      closes: s.closed ?? [],
      nonBlock: s.nonBlock,
      value:
        exit.value === 'zero' || exit.value === 'null' || exit.value === 'false'
          ? 'zero'
          : exit.value === 'negative' || exit.value === 'enomem'
            ? 'negative'
            : exit.value === 'nonzero' || exit.value === 'true' || exit.value === 'errptr'
              ? 'nonzero'
              : 'any',
    };
    if (net.acquires.length || net.releases.length || net.scopes.length || net.closes.length || net.nonBlock) any = true;
    const key = JSON.stringify([
      net.acquires.map((t) => t.kind + t.text),
      net.releases.map((t) => t.kind + t.text),
      net.scopes,
      net.closes,
      net.nonBlock,
    ]);
    const old = seen.get(key);
    if (!old) seen.set(key, net);
    else if (old.value !== net.value)
      old.value = old.value !== 'any' && net.value !== 'any' && old.value !== 'zero' && net.value !== 'zero' ? 'nonzero' : 'any';
  }
  if (!any) return [];
  forgetRefusals(a.ref.facts.name, seen);
  if (a.ref.facts.marks.some((m) => m.kind === 'acquires')) forgetReentries(seen);
  if (seen.size > MAX_OUTCOMES) return alwaysReleased([...seen.values()]);
  if (undecided(a, [...seen.values()])) return [];
  // A lock of an object that only this function knows cannot be held on return, unless the object is what it returns: what looks
  // so is an unlock that the analysis did not recognise.
  // kref_put_lock(): the function that it is given and calls under the lock gives the lock back.
  const handedOn = a.calls.filter((c) => a.transfer.paramIndex(c.name) !== undefined).flatMap((c) => c.states.flatMap((s) => s.held));
  const locals = { ...a.ref.facts.body?.vars, ...declaredByMacros(a) };
  const returned = returnedNames(a);
  const nets = [...seen.values()];
  if (!a.ref.facts.macro && !entersFor(a.ref.facts.name) && !a.ref.facts.marks.some((m) => /acquires/.test(m.kind))) {
    // A function that is not made to take something and leaves it taken on some of its paths, or without a name to tell what, has
    // released it in a way that the analysis did not follow: handed up, such a rest would cling to everything that calls it.
    const always = (t: LockTemplate) =>
      /^\$\d/.test(t.text) && nets.every((n) => n.acquires.some((o) => o.kind === t.kind && o.text === t.text));
    for (const net of nets) net.acquires = net.acquires.filter((t) => !t.atomic || always(t));
  }
  for (const net of nets) {
    for (const key of ['acquires', 'releases'] as const) {
      net[key] = net[key].flatMap((t) => {
        if (handedOn.some((h) => h.origin === 'local' && h.kind === t.kind && h.text !== '' && substitute(h.text, names) === t.text))
          return [];
        const base = /^[A-Za-z_]\w*/.exec(t.text)?.[0];
        if (!base || !(base in locals)) return [t];
        // What a macro keeps in a variable of its own is mostly its value.
        return macro || returned.has(base) ? [{ ...t, text: RESULT + t.text.slice(base.length) }] : [];
      });
    }
  }
  // What returns the object whose lock it took returns nothing where it did not take it.
  const holds = (n: NetEffect): boolean => n.acquires.some((t) => t.text.startsWith(RESULT));
  if (nets.some(holds) && !nets.every(holds)) for (const n of nets) if (n.value === 'any') n.value = holds(n) ? 'nonzero' : 'zero';
  return nets.some((n) => n.acquires.length || n.releases.length || n.scopes.length || n.closes.length || n.nonBlock) ? nets : [];
}

/**
 * An unlock that gives the lock back on some of its ways gives it back: on the others a check of its own has failed
 * (`if (WARN_ON(owner != current)) return;`), or its counterpart took nothing either, or interrupts alone were off.
 */
function forgetRefusals(name: string, nets: Map<string, NetEffect>): void {
  if (!/unlock/i.test(name)) return;
  const gives = [...nets.values()].filter((n) => n.releases.length > 0 && n.acquires.length === 0);
  const less = (net: NetEffect, n: NetEffect): boolean =>
    isNeutral({ ...net, releases: [] }) &&
    n.releases.some((o) => o.text !== '' && !net.releases.some((t) => o.kind === t.kind && o.text === t.text)) &&
    net.releases.every((t) => t.text === '' || n.releases.some((o) => o.kind === t.kind && o.text === t.text));
  for (const [key, net] of nets) {
    const full = gives.find((n) => n !== net && (n.value === net.value || n.value === 'any') && less(net, n));
    if (!full) continue;
    nets.delete(key);
    full.releases = [...full.releases, ...net.releases.filter((t) => !full.releases.some((o) => o.kind === t.kind && o.text === t.text))];
  }
}

/** A lock function that its author says acquires has it on every way out: where it takes nothing it had it already (`if (owner == current) { count++; return; }`). */
function forgetReentries(nets: Map<string, NetEffect>): void {
  const takes = [...nets.values()].filter((n) => n.acquires.length > 0 && n.releases.length === 0);
  for (const [key, net] of nets) if (isNeutral(net) && takes.some((n) => n.value === net.value && n.value === 'any')) nets.delete(key);
}

/** Names of functions made to enter or leave something for their caller, on some of their ways out only. */
const MADE_FOR_IT =
  /lock|acquire|release|enter|exit|leave|begin|end|try|grab|hold|guard|pin|map|atomic|get|put|pause|freeze|thaw|commit|done|restart|(save|restore|preempt|irq|bh)(_?(off|on|disable|enable))?$|disable|relax/i;

/**
 * Ways out that leave different things behind without a word of which is which. A function that takes on one what it gives back on another,
 * or is not made to take anything for its caller, has a condition that both ends share and that was not followed: it is balanced.
 */
function undecided(a: Analysis, nets: readonly NetEffect[]): boolean {
  if (a.ref.facts.macro) return false;
  const made = MADE_FOR_IT.test(a.ref.facts.name);
  const nameless = nets.every(
    (n) => [...n.acquires, ...n.releases].every((t) => t.text === '' && t.class === '') && !n.scopes.length && !n.closes.length,
  );
  if (nameless && !made && nets.every((n) => n.nonBlock === 0)) return true;
  if (nets.length < 2) return false;
  const values = new Set(nets.map((n) => n.value));
  if (values.size === nets.length && !values.has('any')) return false;
  const same = (x: LockTemplate, y: LockTemplate): boolean => x.kind === y.kind && x.text === y.text;
  if (nets.some((n) => n.acquires.some((t) => nets.some((o) => o !== n && o.releases.some((r) => same(t, r)))))) return true;
  return values.size === 1 && nets.some(isNeutral) && !made;
}
const isNeutral = (n: NetEffect): boolean =>
  !n.acquires.length && !n.releases.length && !n.scopes.length && !n.closes.length && !n.nonBlock;

/** Variables that a macro declares: `XA_STATE(xas, &ida->xa, 0);`. */
function declaredByMacros(a: Analysis): Record<string, string> {
  const out: Record<string, string> = {};
  for (const { name, args } of a.calls) {
    const first = args[0];
    if (!/^[A-Z][A-Z0-9_]*$/.test(name) || typeof first !== 'string' || a.transfer.paramIndex(first) !== undefined) continue;
    out[first] = '';
  }
  return out;
}

/** Locals that the function returns, or stores through a parameter. */
function returnedNames(a: Analysis): Set<string> {
  const names = new Set<string>();
  for (const block of a.ref.facts.body?.blocks ?? []) {
    for (const ev of block.ev) {
      if (ev.k === 'ret' && typeof ev.value === 'string') names.add(ev.value);
      else if (ev.k === 'set' && typeof ev.to !== 'string' && typeof ev.value === 'string') names.add(ev.value);
    }
  }
  return names;
}

function sleepsOf(a: Analysis): SleepChain[] {
  const out = new FewSleeps();
  const { ref } = a;
  const names = new Map(ref.facts.params.map((p, i) => [p.name, `$${i}`]));
  const template = (h: Held): Held => ({ ...h, text: substitute(h.text, names) });
  const isGuarded = remembered(guarded);
  const guards = remembered((block: number) => guardsAt(ref.facts, block));
  const add = (point: CallPoint, state: PathState, sleep: Omit<SleepChain, 'file' | 'line' | 'function'>) => {
    if (sleep.depth > MAX_DEPTH || isGuarded(state)) return;
    const drops = mergeDrops(state.dropped, sleep.drops).map(template);
    const fields = mergeFields(guards(point.block), handedOn(a, point, sleep.next?.fields));
    out.keep(
      new Way({
        kind: sleep.kind,
        api: sleep.api,
        why: sleep.why,
        when: mergeWhen(state.paramAssume, sleep.when),
        fields: fields.length ? fields : undefined,
        drops,
        sure: sleep.sure,
        depth: sleep.depth,
        file: ref.file.path,
        line: point.at.line,
        function: ref.facts.name,
        what: sleep.what,
        next: sleep.next,
      }),
    );
  };
  const body = ref.facts.body!;
  // Behind "was this the last reference?" or "may I sleep?" a caller is mostly right to call: nothing sure comes of it.
  const plain = (point: CallPoint) =>
    !behind(body, point.block, 'last-reference') &&
    !behind(body, point.block, 'may-sleep') &&
    !behind(body, point.block, 'other-task') &&
    !behind(body, point.block, 'debugging') &&
    !behind(body, point.block, 'first-use') &&
    !isPutOffElse(body, point.block, point.args);
  // `if (!x->buf) x->buf = alloc();` allocates once: callers may come later.
  const firstUse = (point: CallPoint) => /[.\]]/.test(point.to) && behindAbsence(body, point.block, point.to);
  const skipped = (point: CallPoint, api: string) =>
    a.transfer.cat.sleeper(api)?.yields === true && (betweenRounds(body, point.block) || forSomeCallers(ref.facts, point.block));
  const siteByPoint = new Map(a.sites.map((s) => [`${s.at.line}:${s.at.column}`, s]));
  for (const point of a.calls) {
    let isPlain: boolean | undefined;
    const site = siteByPoint.get(`${point.at.line}:${point.at.column}`);
    if (site && site.apiClass !== 'wrapper') {
      const sure = plain(point) && !firstUse(point);
      const drops = letGo(site);
      site.states.forEach((state, i) => {
        const mask = site.effective[i]!;
        const block = blocking(mask);
        if (block === false) return;
        const what = `${site.api}(${site.gfpText || 'GFP_KERNEL implied'})`;
        if (block)
          add(point, state, {
            kind: 'alloc',
            api: site.api,
            why: `allocates with ${site.gfpText || 'GFP_KERNEL'}`,
            when: [],
            drops,
            sure,
            depth: 0,
            what,
          });
        else {
          for (const p of mask.params) {
            add(point, state, {
              kind: 'alloc',
              api: site.api,
              why: `allocates with the mask it is given`,
              when: [{ index: p.index, op: 'blocking', value: 0 }],
              drops,
              sure,
              depth: 0,
              what,
            });
          }
        }
      });
      continue;
    }
    if (!point.effects) continue;
    // Released on some of the ways here: the others are mostly those on which it was not taken (`if (mapping) lock(); ... if (mapping) unlock();`).
    const names = (s: PathState) => s.dropped.filter((h) => h.atomic).map((h) => h.kind + h.text);
    const released = [...new Set(point.states.flatMap(names))];
    const rest = (s: PathState) => released.some((name) => !names(s).includes(name));
    for (const w of point.effects.sleeps) {
      const { tail } = w;
      if (tail?.among && !w.sure) continue;
      point.states.forEach((state, i) => {
        if (w.inStates && !w.inStates.includes(i)) return;
        const bound = bindConditions(tail ? tail.when : w.when, point, i, a.transfer);
        if (!bound) return;
        add(point, state, {
          kind: w.kind,
          api: w.api,
          why: w.why,
          when: bound.when,
          drops: w.drops,
          sure: w.sure && bound.sure && (isPlain ??= plain(point)) && !skipped(point, w.api) && !rest(state),
          depth: tail ? tail.depth + 1 : 0,
          ...(tail ? { next: tail } : { what: w.why }),
        });
      });
    }
  }
  return out.list.slice();
}

/** Answers of a question, each asked once. */
function remembered<K, V>(ask: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    let answer = known.get(key);
    if (answer === undefined) known.set(key, (answer = ask(key)));
    return answer;
  };
}

/** The lock that an API lets go of while it allocates: __xa_alloc() and its kin are called with the array's own lock held. */
function letGo(site: Site): Held[] {
  const object = site.traits?.drops === undefined ? undefined : site.args[site.traits.drops];
  if (object === undefined) return [];
  return [
    { kind: 'spin', text: lockText(object), class: site.traits?.lock ?? '', atomic: true, rtAtomic: false, at: site.at, origin: 'local' },
  ];
}

/** A sleep that only happens after the function has asked for its context does not count against callers. */
const GUARDS: ReadonlyMap<string, boolean> = new Map([
  ...CONTEXT_QUESTIONS.flatMap(({ name, maySleep, ofCallers }) => (ofCallers ? [[name, maySleep] as const] : [])),
  ...BESIDE_QUESTIONS.map((name) => [name, false] as const),
]);
function guarded(state: PathState): boolean {
  for (const [subject, truth] of state.assume) {
    if (GUARDS.get(/^\w*/.exec(subject)![0]) === truth) return true;
    if (/^\(?system_state\b/.test(subject)) return true;
  }
  return false;
}

/** Conditions on fields that a callee has of an object that is this function's own parameter. */
function handedOn(a: Analysis, point: CallPoint, fields: readonly FieldGuard[] | undefined): FieldGuard[] {
  return (fields ?? []).flatMap((g) => {
    const arg = point.args[g.index];
    const index = typeof arg === 'string' && !a.transfer.isAssigned(arg) ? a.transfer.paramIndex(arg) : undefined;
    return index === undefined ? [] : [{ ...g, index }];
  });
}

const MAX_GUARDS = 6;
function mergeFields(a: readonly FieldGuard[], b: readonly FieldGuard[]): FieldGuard[] {
  return [...a, ...b.filter((g) => !a.some((o) => o.index === g.index && o.field === g.field))].slice(0, MAX_GUARDS);
}

function mergeDrops(a: readonly Held[], b: readonly Held[]): Held[] {
  return b.length ? [...a, ...b.filter((h) => !a.some((o) => o.kind === h.kind && o.text === h.text))] : [...a];
}
function mergeWhen(a: readonly ParamCondition[], b: readonly ParamCondition[]): ParamCondition[] {
  if (!b.length) return [...a];
  if (!a.length) return [...b];
  const have = new Set(a.map(conditionKey));
  return [...a, ...b.filter((c) => !have.has(conditionKey(c)))];
}

/** Keeps the best few: fewer conditions, sure before unsure, nothing dropped, shorter chains; one per set of conditions. */
class FewSleeps {
  readonly list: SleepChain[] = [];
  private readonly keys: string[] = [];

  keep(s: SleepChain): void {
    const { list, keys } = this;
    const key = conditionsOf(s);
    const same = keys.indexOf(key);
    if (same >= 0) {
      if (s.depth < list[same]!.depth) list[same] = s;
      return;
    }
    list.push(s);
    keys.push(key);
    if (list.length <= MAX_SLEEPS + (list.some((x) => x.sure && isRestrained(x)) ? 1 : 0)) return;
    let worst = 0;
    for (let i = 1; i < list.length; i++) if (cost(list[i]!) > cost(list[worst]!)) worst = i;
    list.splice(worst, 1);
    keys.splice(worst, 1);
  }
}

/** Chains with equal texts tell callers the same. */
function conditionsOf(x: SleepChain): string {
  const when = x.when.map(conditionKey);
  return (
    (when.length > 1 ? when.sort().join() : (when[0] ?? '')) +
    (x.fields ?? []).map((g) => `${g.index}.${g.field}${g.is}`).join() +
    x.drops.map((d) => d.kind + d.class).join() +
    x.sure +
    (x.kind === 'alloc') +
    (x.sure && isRestrained(x) ? 'restrained' : '')
  );
}

/**
 * An allocation that keeps out of file systems or I/O. It hides none that does not: what a caller holds may forbid the one and not the other
 * (the first a function makes is often the careful one, and what it calls next is not).
 */
export const isRestrained = (x: Pick<SleepChain, 'kind' | 'why'>): boolean =>
  x.kind === 'alloc' && /\bGFP_(?:NOFS|NOIO)\b/.test(x.why) && !/\bGFP_(?:KERNEL|USER|HIGHUSER)/.test(x.why);

const cost = (x: SleepChain): number => x.when.length * 8 + (x.fields?.length ?? 0) * 2 + (x.sure ? 0 : 20) + x.drops.length * 10 + x.depth;

/** Steps of a chain for messages and paths. */
export function chainOf(s: SleepChain): ChainStep[] {
  const steps: ChainStep[] = [];
  for (let x: SleepChain | undefined = s; x; x = x.next)
    steps.push({ file: x.file, line: x.line, function: x.function, what: x.what ?? `calls ${x.next?.function ?? ''}` });
  return steps;
}
