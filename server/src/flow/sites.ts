/** An allocation site: what a call asks the allocator for, in each state that reaches it, and what becomes of the answer. */
import type { CallEvent, Expr } from '../facts/model.js';
import type { CallPoint, MaskValue, Site } from './model.js';
import { fateOf } from './nullcheck.js';
import { pageOrder } from './order.js';
import type { State } from './state.js';
import { textOf } from './text.js';
import type { Transfer } from './transfer.js';

/** Whether a call is an allocation site. */
export const isSite = (call: CallPoint): call is Site => 'api' in call;

/** The site at a call of a catalogued allocator, or a function of the tree that takes a gfp mask. */
export function siteOf(t: Transfer, ev: CallEvent, point: CallPoint, states: readonly State[], index: number): Site | undefined {
  if (!point.name) return undefined;
  const entry = t.called(point.name).allocator;
  const wrapper = entry ? undefined : t.gfpParameter(point.name);
  if (entry?.helper || (!entry && wrapper === undefined)) return undefined;
  if (!entry && t.cat.maskHelper(point.name)) return undefined;
  const gfp = entry ? entry.gfp : wrapper!;
  const requested: MaskValue[] = states.map((s) => t.masks.requested(s, ev.args, gfp, entry?.implied));
  const effective = states.map((s, i) => t.masks.effective(s, requested[i]!));
  const fate = fateOf(t.ref.facts.body!, point.block, index, ev);
  const { body, params } = t.ref.facts;
  const own = (name: string): boolean => name in (body?.vars ?? {}) || params.some((p) => p.name === name);
  const order = entry ? pageOrder(entry, ev.args, (name) => (own(name) ? undefined : t.know.constant(name, t.ref.file))) : null;
  const { name, target, args, to, use, at, pos, masks, block } = point;
  const site: Site = {
    name,
    target,
    args,
    to,
    use,
    at,
    pos,
    states: point.states,
    masks,
    block,
    api: name,
    apiClass: entry?.class ?? 'wrapper',
    gfpText: gfp !== null && ev.args[gfp] !== undefined ? sourceText(ev.args[gfp]) : '',
    requested,
    effective,
    order,
    nullChecked: fate.tested !== undefined && fate.testIsOwn,
  };
  if (entry) site.traits = entry;
  if (point.effects) site.effects = point.effects;
  if (fate.tested && fate.testIsOwn) site.nullCheck = t.where(fate.tested);
  if (fate.deref) site.uncheckedDeref = t.where(fate.deref);
  if (fate.fatal) site.fatalOnFailure = t.where(fate.fatal);
  return site;
}

/** A mask as its author wrote it, near enough. */
function sourceText(e: Expr): string {
  if (typeof e === 'string') return e;
  if (typeof e === 'number') return String(e);
  switch (e[0]) {
    case 'b':
      return `${group(e[2], e[1])} ${e[1]} ${group(e[3], e[1])}`;
    case 'u':
      return `${e[1]}${Array.isArray(e[2]) && (e[2][0] === 'b' || e[2][0] === '?') ? `(${sourceText(e[2])})` : sourceText(e[2])}`;
    case '?':
      return `${sourceText(e[1])} ? ${sourceText(e[2])} : ${sourceText(e[3])}`;
    case 'cast':
      return `(${e[1]})${sourceText(e[2])}`;
    case '->':
      return `${sourceText(e[1])}->${e[2]}`;
    case '.':
      return `${sourceText(e[1])}.${e[2]}`;
    case 'call':
      return `${sourceText(e[1])}(${(e.slice(2) as Expr[]).map(sourceText).join(', ')})`;
    default:
      return textOf(e);
  }
}
const group = (e: Expr, op: string): string =>
  Array.isArray(e) && (e[0] === '?' || (e[0] === 'b' && e[1] !== op)) ? `(${sourceText(e)})` : sourceText(e);
