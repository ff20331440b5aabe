/** Which variables a trip round a loop changes, so that the next try asks for something else, or for the next item. */
import type { Body, Event, Expr } from '../../facts/model.js';
import { identifiersOf, textOf, walkExpr } from '../text.js';

type SetEvent = Event & { k: 'set' };

/** Steps found in a condition (`--order > 0`), as lvalue texts. */
export function stepsIn(e: Expr): string[] {
  const out: string[] = [];
  walkExpr(e, (x) => {
    if (Array.isArray(x) && x[0] === 'u' && /\+\+|--/.test(x[1])) out.push(targetOf(x[2]));
    if (Array.isArray(x) && x[0] === '=' && x[1] !== '=') out.push(textOf(x[2]));
  });
  return out;
}

/** The lvalue a set event writes; `!n--` is read by the parser as a step of `!n`. */
export const targetOf = (to: Expr): string =>
  Array.isArray(to) && to[0] === 'u' && to[1] !== '*' && to[1] !== '&' ? targetOf(to[2]) : textOf(to);

const isStep = (ev: SetEvent): boolean => ev.op !== '=' || mentionsText(ev.value, targetOf(ev.to));

function mentionsText(e: Expr, text: string): boolean {
  let found = false;
  walkExpr(e, (x) => {
    if (typeof x !== 'number' && textOf(x) === text) found = true;
  });
  return found;
}

const holdsCallOrLoad = (e: Expr): boolean => {
  let found = false;
  walkExpr(e, (x) => {
    if (Array.isArray(x) && ['call', '->', '[]', 'opaque'].includes(x[0])) found = true;
  });
  return found;
};

/** Takes one thing out of a set of things to do: `__clear_bit(i, &todo)`. */
const BIT_STEP = /^_*(?:test_and_)?(?:clear|set|change)_bit(?:_le)?$/;
const bitStep = (ev: Event): string[] =>
  ev.k === 'call' && typeof ev.fn === 'string' && BIT_STEP.test(ev.fn) ? filledBy(ev.args[1] ?? 0) : [];

const filledBy = (arg: Expr): string[] =>
  Array.isArray(arg) && arg[0] === 'u' && arg[1] === '&' && typeof arg[2] === 'string' ? [arg[2]] : [];

/** Base name of an lvalue: `fio.retry` gives `fio`, `dn->x` gives '' (what a pointer points to is not the request itself). */
const baseOf = (e: Expr): string => {
  if (typeof e === 'string') return e;
  if (Array.isArray(e) && (e[0] === '.' || e[0] === '[]')) return baseOf(e[1]);
  return '';
};

export interface Changes {
  /** Lvalues stepped in place (`order--`, `size >>= 1`, `p = p->next`) without being set anew on the way. */
  stepped: Set<string>;
  /** Lvalues whose value differs in the next round. */
  changed: Set<string>;
  /** Lvalues computed anew from calls or memory: they may differ. */
  recomputed: Set<string>;
}

/**
 * @param blocks blocks on the way round
 * @param failing those of them that only a failure reaches: what they set was different before
 * @param skip lvalues that hold the call's result
 */
export function changesOn(body: Body, blocks: readonly number[], failing: ReadonlySet<number>, skip: ReadonlySet<string>): Changes {
  const sets: { ev: SetEvent; failing: boolean }[] = [];
  const stepped = new Set<string>();
  for (const b of blocks) {
    for (const ev of body.blocks[b]!.ev) if (ev.k === 'set' && !skip.has(targetOf(ev.to))) sets.push({ ev, failing: failing.has(b) });
    for (const edge of body.blocks[b]!.next) if (edge.when !== undefined) for (const t of stepsIn(edge.when)) stepped.add(t);
  }
  // What a call fills in (`&b`) is set anew by it.
  const filled = new Set(
    blocks.flatMap((b) => body.blocks[b]!.ev.flatMap((ev) => (ev.k === 'call' && !bitStep(ev).length ? ev.args.flatMap(filledBy) : []))),
  );
  const fresh = new Set(sets.filter((s) => !isStep(s.ev) && !s.failing).map((s) => targetOf(s.ev.to)));
  for (const { ev } of sets) if (isStep(ev)) stepped.add(targetOf(ev.to));
  for (const b of blocks) for (const ev of body.blocks[b]!.ev) for (const t of bitStep(ev)) stepped.add(t);
  for (const t of [...fresh, ...filled]) stepped.delete(t);
  const changed = new Set(stepped);
  const recomputed = new Set<string>();
  for (const { ev, failing: only } of sets) if (only && !isStep(ev)) changed.add(targetOf(ev.to));
  // A value computed from what changed has changed too; one read anew from memory or a call may have.
  for (let size = -1; size !== changed.size + recomputed.size;) {
    size = changed.size + recomputed.size;
    for (const { ev } of sets) {
      const t = targetOf(ev.to);
      if (changed.has(t)) continue;
      const ids = identifiersOf(textOf(ev.value));
      if ([...changed].some((c) => (/^\w+$/.test(c) ? ids.includes(c) : mentionsText(ev.value, c)))) changed.add(t);
      else if (holdsCallOrLoad(ev.value) || [...recomputed].some((c) => ids.includes(c))) recomputed.add(t);
    }
  }
  return { stepped, changed, recomputed };
}

/** Does an argument depend on one of the lvalues? A plain pointer passed on does not change with what it points to. */
export function argDependsOn(arg: Expr, lvalues: ReadonlySet<string>): boolean {
  for (const t of lvalues) {
    if (mentionsText(arg, t)) return true;
  }
  // `&fio` is the request itself: its members count.
  let hit = false;
  walkExpr(arg, (x) => {
    if (Array.isArray(x) && x[0] === 'u' && x[1] === '&') {
      const base = baseOf(x[2]);
      if (base && [...lvalues].some((t) => t.startsWith(`${base}.`) || t === base)) hit = true;
    }
  });
  return hit;
}
