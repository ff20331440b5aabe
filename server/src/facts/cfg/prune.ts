import { CONTEXT_MEMBERS } from '../names.js';
import type { Block, Event, Expr, SetEvent } from '../model.js';

const GFP = /GFP_|^PF_MEMALLOC|^gfp/;

/** Names an expression reads: identifiers plain, members by their last name with a dot in front. */
function collect(expr: Expr, into: Set<string>): void {
  if (typeof expr === 'number') return;
  if (typeof expr === 'string') {
    into.add(expr);
    return;
  }
  switch (expr[0]) {
    case '->':
    case '.':
      into.add(`.${expr[2]}`);
      return collect(expr[1], into);
    case 'cast':
      return collect(expr[2], into);
    case 'str':
    case 'config':
    case 'sizeof':
      return;
    case 'opaque':
      for (const [name] of expr[1].matchAll(/[A-Za-z_]\w*/g)) into.add(name);
      return;
    default:
      for (let at = expr[0] === 'u' || expr[0] === 'b' || expr[0] === '=' ? 2 : 1; at < expr.length; at++) {
        collect(expr[at] as Expr, into);
      }
  }
}

function calls(expr: Expr): boolean {
  if (typeof expr !== 'object') return false;
  if (expr[0] === 'call') return true;
  for (let at = 1; at < expr.length; at++) if (calls(expr[at] as Expr)) return true;
  return false;
}

/** The name by which readers of an lvalue would be found; '' for one that is always kept. */
function keyOf(target: Expr): string {
  if (typeof target === 'string') return target;
  if (typeof target === 'number') return '';
  switch (target[0]) {
    case '->':
    case '.':
      return `.${target[2]}`;
    case '[]':
      return keyOf(target[1]);
    case 'cast':
      return keyOf(target[2]);
    default:
      return '';
  }
}

/** An assignment that says something whoever reads its target. */
function speaks(event: SetEvent): boolean {
  if (calls(event.value)) return true;
  const names = new Set<string>();
  collect(event.value, names);
  collect(event.to, names);
  for (const name of names) if (GFP.test(name)) return true;
  const key = keyOf(event.to);
  return key === '' || CONTEXT_MEMBERS.has(key.slice(1));
}

/** A flag in an object is raised: `d->in_timeout = 1`. Whoever is called next may look at it. */
const raises = (event: SetEvent): boolean =>
  event.op === '=' &&
  (event.value === 1 || event.value === 'true') &&
  typeof event.to === 'object' &&
  (event.to[0] === '->' || event.to[0] === '.');

/** A mode is put into an object: `order.cmd = ORDER_START`. Whoever is handed the object goes by it. */
const says = (event: SetEvent): boolean =>
  event.op === '=' &&
  typeof event.value === 'string' &&
  /^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/.test(event.value) &&
  memberOf(event.to) !== undefined;

/** The variable that a chain of members begins with. */
function memberOf(target: Expr): string | undefined {
  if (typeof target !== 'object' || (target[0] !== '->' && target[0] !== '.')) return undefined;
  return typeof target[1] === 'string' ? target[1] : memberOf(target[1]);
}

/** A variable, or its address, that a call is given. */
const handed = (arg: Expr): string | undefined =>
  typeof arg === 'string'
    ? arg
    : typeof arg === 'object' && arg[0] === 'u' && arg[1] === '&' && typeof arg[2] === 'string'
      ? arg[2]
      : undefined;

/**
 * Drops assignments that no later stage can miss: those whose target occurs in no condition, call, return or kept assignment of the
 * function. Assignments of call results, masks, error codes, raised flags and modes of what calls are given stay.
 */
export function prune(blocks: Block[]): void {
  const used = new Set<string>();
  const given = new Set<string>();
  const waiting: SetEvent[] = [];
  for (const block of blocks) {
    for (const edge of block.next) if (edge.when !== undefined) collect(edge.when, used);
    for (const event of block.ev) {
      if (event.k === 'call') {
        collect(event.fn, used);
        for (const arg of event.args) {
          collect(arg, used);
          const name = handed(arg);
          if (name !== undefined) given.add(name);
        }
      } else if (event.k === 'ret') {
        if (event.value !== undefined) collect(event.value, used);
      } else if (event.k === 'set') {
        waiting.push(event);
      }
    }
  }
  // What a kept assignment reads is used in turn: by name, so that every assignment is looked at once more only when its target is.
  const byTarget = new Map<string, SetEvent[]>();
  const dropped = new Set<Event>(waiting);
  const fresh: string[] = [];
  const use = (expr: Expr): void => {
    const names = new Set<string>();
    collect(expr, names);
    for (const name of names) {
      if (used.has(name)) continue;
      used.add(name);
      fresh.push(name);
    }
  };
  const keep = (event: SetEvent): void => {
    if (dropped.delete(event)) use(event.value);
  };
  for (const event of waiting) {
    const key = keyOf(event.to);
    const same = byTarget.get(key);
    if (same) same.push(event);
    else byTarget.set(key, [event]);
  }
  // A scope's cookie that is put away somewhere: whoever closes the scope finds it there.
  const cookies = new Set<Expr>();
  for (const block of blocks) {
    for (const event of block.ev) {
      if (event.k === 'call' && event.to !== undefined && typeof event.fn === 'string' && /_save$/.test(event.fn)) cookies.add(event.to);
    }
  }
  for (const event of waiting) if (cookies.has(event.value)) keep(event);
  // What lowers a raised flag again is kept with it.
  const flags = new Set(waiting.filter(raises).map((event) => keyOf(event.to)));
  for (const event of waiting) if (says(event) && given.has(memberOf(event.to)!)) keep(event);
  for (const event of waiting) if (used.has(keyOf(event.to)) || flags.has(keyOf(event.to)) || speaks(event)) keep(event);
  for (let name = fresh.pop(); name !== undefined; name = fresh.pop()) for (const event of byTarget.get(name) ?? []) keep(event);
  if (dropped.size === 0) return;
  for (const block of blocks) if (block.ev.some((event) => dropped.has(event))) block.ev = block.ev.filter((event) => !dropped.has(event));
}
