/** How a function is told that it must not fail: by a mask, by a bit of its flags, by a truth value, or by a parameter that it gets anew. */
import { GFP } from '../../../../simulator/src/index.js';
import type { Body, Expr, Param } from '../../facts/model.js';
import type { CallPoint, FunctionRef, Site } from '../../flow/model.js';
import { identifiersOf, textOf, walkExpr } from '../../flow/text.js';
import type { Chain, Link, Weak } from './find.js';

export type Carrier =
  | { kind: 'mask'; index: number; name: string }
  | { kind: 'bit'; index: number; name: string; bit: string }
  | { kind: 'bool'; index: number; name: string }
  /** A whole mask as a new last parameter; `base` is what every other caller gives. */
  | { kind: 'new-mask'; name: string; base: string }
  | { kind: 'new-bool'; name: string };

/** What is planned for one function. */
export interface Told {
  carrier: Carrier;
  /** Calls that hear of it without any change. */
  covered: ReadonlySet<Weak>;
}

export const isNew = (c: Carrier): c is Extract<Carrier, { kind: 'new-mask' | 'new-bool' }> =>
  c.kind === 'new-mask' || c.kind === 'new-bool';

/** Plans every function of a chain, callees before callers. */
export function carriers(chain: Chain): Map<FunctionRef['facts'], Told> {
  const out = new Map<FunctionRef['facts'], Told>();
  for (const link of chain.links)
    out.set(
      link.ref.facts,
      told(link, (ref) => out.get(ref.facts)?.carrier),
    );
  return out;
}

function told(link: Link, of: (ref: FunctionRef) => Carrier | undefined): Told {
  const hears = new Map<Weak, Carrier>();
  for (const weak of link.weak) {
    const carrier = weak.kind === 'site' ? siteHears(link, weak.site) : callHears(link, weak.point, of(weak.callee));
    if (carrier) hears.set(weak, carrier);
  }
  const [first] = hears.values();
  const carrier = first ?? ownMask(link.ref) ?? fresh(link, of);
  return { carrier, covered: new Set([...hears].filter(([, c]) => key(c) === key(carrier)).map(([w]) => w)) };
}

const key = (c: Carrier): string => `${c.kind} ${c.name} ${c.kind === 'bit' ? c.bit : ''}`;

const isMask = (p: Param): boolean => /\bgfp_t\b/.test(p.type) && !p.type.includes('*');

function ownMask(ref: FunctionRef): Carrier | undefined {
  const index = ref.facts.params.findIndex(isMask);
  return index < 0 ? undefined : { kind: 'mask', index, name: ref.facts.params[index]!.name };
}

/** The parameter by which an allocation can be told already. */
function siteHears(link: Link, site: Site): Carrier | undefined {
  const { params } = link.ref.facts;
  const passed = site.requested.find((m) => m.params.length > 0)?.params.find((p) => !(p.cleared & GFP.__GFP_NOFAIL));
  if (passed && params[passed.index]) return { kind: 'mask', index: passed.index, name: params[passed.index]!.name };
  // Reached only when the caller did not ask for more.
  const avoided = site.states[0]?.paramAssume.find((c) => site.states.every((s) => s.paramAssume.some((o) => same(o, c))) && negative(c));
  if (avoided && params[avoided.index]) {
    const { name } = params[avoided.index]!;
    if (avoided.op === '==' && avoided.value === 0 && /nofail/i.test(name)) return { kind: 'bool', index: avoided.index, name };
    if (avoided.op === 'nobit' && /NOFAIL/i.test(String(avoided.value)))
      return { kind: 'bit', index: avoided.index, name, bit: String(avoided.value) };
  }
  if (!site.requested.some((m) => m.may & GFP.__GFP_NOFAIL)) return undefined;
  const body = link.flow.ref.facts.body;
  const index = site.traits?.gfp;
  const mask = index === undefined || index === null ? undefined : site.args[index];
  if (!body || mask === undefined) return undefined;
  for (const condition of nofailConditions(body, mask)) {
    const carrier = asked(condition, params);
    if (carrier) return carrier;
  }
  return undefined;
}

const same = (a: { index: number; op: string; value: unknown }, b: { index: number; op: string; value: unknown }): boolean =>
  a.index === b.index && a.op === b.op && a.value === b.value;
const negative = (c: { op: string; value: unknown }): boolean => (c.op === '==' && c.value === 0) || c.op === 'nobit';

/** Conditions under which __GFP_NOFAIL gets into a mask: `c ? __GFP_NOFAIL : 0`, or `if (c) gfp |= __GFP_NOFAIL`. */
function nofailConditions(body: Body, mask: Expr): Expr[] {
  const out: Expr[] = [];
  const choices = (e: Expr): void =>
    walkExpr(e, (x) => {
      if (Array.isArray(x) && x[0] === '?' && names(x[2], '__GFP_NOFAIL') && !names(x[3], '__GFP_NOFAIL')) out.push(x[1]);
    });
  choices(mask);
  const locals = new Set(identifiersOf(textOf(mask)));
  body.blocks.forEach((block, b) => {
    for (const ev of block.ev) {
      if (ev.k !== 'set' || !locals.has(textOf(ev.to))) continue;
      choices(ev.value);
      if (!names(ev.value, '__GFP_NOFAIL')) continue;
      const into = body.blocks.flatMap((from) => from.next.filter((e) => e.to === b));
      const [edge] = into;
      if (into.length === 1 && edge!.when !== undefined && edge!.is === true) out.push(edge!.when);
    }
  });
  return out;
}

const names = (e: Expr, name: string): boolean => {
  let found = false;
  walkExpr(e, (x) => {
    if (x === name) found = true;
  });
  return found;
};

/** `flags & BIT`, or a parameter itself, as a way to be told. */
function asked(condition: Expr, params: readonly Param[]): Carrier | undefined {
  const at = (e: Expr): number => (typeof e === 'string' ? params.findIndex((p) => p.name === e) : -1);
  if (Array.isArray(condition) && condition[0] === 'b' && condition[1] === '&' && typeof condition[3] === 'string') {
    const index = at(condition[2]);
    return index < 0 ? undefined : { kind: 'bit', index, name: params[index]!.name, bit: condition[3] };
  }
  const index = at(condition);
  return index < 0 || /\*/.test(params[index]!.type) ? undefined : { kind: 'bool', index, name: params[index]!.name };
}

/** The parameter that a function hands on to a callee that can be told. */
function callHears(link: Link, point: CallPoint, callee: Carrier | undefined): Carrier | undefined {
  if (!callee || isNew(callee)) return undefined;
  const arg = point.args[callee.index];
  if (arg === undefined) return undefined;
  const { params } = link.ref.facts;
  if (callee.kind === 'mask') {
    const index = params.findIndex((p) => isMask(p) && handsOn(arg, p.name));
    return index < 0 ? undefined : { kind: 'mask', index, name: params[index]!.name };
  }
  const index = params.findIndex((p) => p.name !== '' && handsOn(arg, p.name));
  if (index < 0) return undefined;
  const { name } = params[index]!;
  return callee.kind === 'bit' ? { kind: 'bit', index, name, bit: callee.bit } : { kind: 'bool', index, name };
}

/** `name`, or `name | MORE`. */
const handsOn = (e: Expr, name: string): boolean =>
  e === name || (Array.isArray(e) && e[0] === 'b' && e[1] === '|' && (handsOn(e[2], name) || handsOn(e[3], name)));

/** A new parameter: a whole mask where all below ask with one and the same, else a truth value. */
function fresh(link: Link, of: (ref: FunctionRef) => Carrier | undefined): Carrier {
  const bases = new Set<string>();
  for (const weak of link.weak) bases.add(weak.kind === 'site' ? siteBase(weak.site) : callBase(weak.point, of(weak.callee)));
  const [base] = bases;
  const whole = bases.size === 1 && base !== undefined && base !== '';
  const taken = namesIn(link);
  const free = (wanted: readonly string[]): string => wanted.find((n) => !taken.has(n)) ?? `${wanted[0]}_arg`;
  return whole
    ? { kind: 'new-mask', name: free(['gfp', 'gfp_mask', 'gfp_flags']), base }
    : { kind: 'new-bool', name: free(['nofail', 'must_succeed']) };
}

function namesIn({ flow, ref }: Link): Set<string> {
  return new Set([...ref.facts.params.map((p) => p.name), ...Object.keys(flow.ref.facts.body?.vars ?? {})]);
}

/** A mask made of flag names alone, blanks as the kernel writes them; '' for any other. */
function constantMask(text: string): string {
  const parts = text.split('|').map((p) => p.trim());
  return parts.every((p) => /^(__)?GFP_[A-Z0-9_]+$/.test(p)) ? parts.join(' | ') : '';
}

const siteBase = (site: Site): string => constantMask(site.gfpText);

function callBase(point: CallPoint, callee: Carrier | undefined): string {
  if (callee?.kind === 'new-mask') return callee.base;
  if (callee?.kind !== 'mask') return '';
  const arg = point.args[callee.index];
  return arg === undefined ? '' : constantMask(textOfMask(arg));
}

const textOfMask = (e: Expr): string =>
  Array.isArray(e) && e[0] === 'b' && e[1] === '|' ? `${textOfMask(e[2])} | ${textOfMask(e[3])}` : textOf(e);
