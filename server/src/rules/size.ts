/** How large a request can get, as far as the types of what it is computed from tell. */
import { SMALL_TYPES, WIDE_TYPES } from '../catalog/scalars.js';
import type { Expr } from '../facts/model.js';
import type { FunctionFlow } from '../flow/model.js';
import { mentions } from './expr.js';

/**
 * 'constant': sizes and numbers only. 'small': at most 32-bit counts times constants. 'wide': something of 64 bits flows in, which
 * can exceed any limit of an allocator. 'unknown': a type that is not known here.
 */
export type Extent = 'constant' | 'small' | 'wide' | 'unknown';

const worst = (...all: Extent[]): Extent =>
  all.includes('wide') ? 'wide' : all.includes('unknown') ? 'unknown' : all.includes('small') ? 'small' : 'constant';

const ofType = (type: string | undefined): Extent =>
  type === undefined || type.includes('*') ? 'unknown' : WIDE_TYPES.test(type) ? 'wide' : SMALL_TYPES.test(type) ? 'small' : 'unknown';

/** Extent of a size or count expression. */
export function extentOf(flow: FunctionFlow, expr: Expr): Extent {
  if (typeof expr === 'number') return 'constant';
  if (typeof expr === 'string') {
    if (/^[A-Z_][A-Z0-9_]*$/.test(expr)) return 'constant';
    const type =
      flow.ref.facts.body?.vars[expr] ??
      flow.ref.facts.params.find((p) => p.name === expr)?.type ??
      flow.ref.file.globals.find((g) => g.name === expr)?.type;
    const extent = ofType(type);
    const only = extent === 'wide' ? onlyValue(flow, expr) : undefined;
    if (only === undefined) return extent;
    // A size_t that is computed once is as large as what it is computed from; a macro turns a count of units into bytes.
    const computed = extentOf(flow, only);
    return computed === 'unknown' && !isMacroCall(only) ? extent : computed;
  }
  switch (expr[0]) {
    case 'sizeof':
    case 'str':
      return 'constant';
    case 'b':
    case 'u':
    case '?':
    case ',': {
      const parts = (
        expr[0] === 'u' ? [expr[2]] : expr[0] === 'b' ? [expr[2], expr[3]] : expr[0] === '?' ? [expr[2], expr[3]] : [expr[2]]
      ) as Expr[];
      return worst(...parts.map((p) => extentOf(flow, p)));
    }
    case 'cast':
      return SMALL_TYPES.test(expr[1]) && !WIDE_TYPES.test(expr[1]) ? 'small' : extentOf(flow, expr[2]);
    case '->':
    case '.':
      return fieldExtent(flow, expr[2]);
    case 'call': {
      const args = expr.slice(2) as Expr[];
      if (
        typeof expr[1] === 'string' &&
        /^(min|max|max_t|min_t|clamp|round_up|roundup|ALIGN|DIV_ROUND_UP|BITS_TO_LONGS|size_add|size_mul|array_size|be32_to_cpu|le32_to_cpu|be16_to_cpu|le16_to_cpu|roundup_pow_of_two)$/.test(
          expr[1],
        )
      ) {
        return worst(...args.filter((a) => !(typeof a === 'string' && /_t$|^u\d|^int$/.test(a))).map((a) => extentOf(flow, a)));
      }
      if (expr[1] === 'struct_size' || expr[1] === 'flex_array_size' || expr[1] === 'struct_size_t')
        return worst('constant', extentOf(flow, args[2] ?? 0));
      if (typeof expr[1] === 'string' && /_(count|to_cpu)$/.test(expr[1])) return 'small';
      return 'unknown';
    }
    default:
      return 'unknown';
  }
}

const isMacroCall = (e: Expr): boolean => Array.isArray(e) && e[0] === 'call' && typeof e[1] === 'string' && /^[A-Z][A-Z0-9_]*$/.test(e[1]);

/** What a local is given, where it is given something once and its address to nobody. */
function onlyValue(flow: FunctionFlow, name: string): Expr | undefined {
  const { body } = flow.ref.facts;
  if (body?.vars[name] === undefined) return undefined;
  let value: Expr | undefined;
  for (const block of body.blocks)
    for (const ev of block.ev) {
      if (ev.k === 'call' && ev.args.some((a) => Array.isArray(a) && a[0] === 'u' && a[1] === '&' && a[2] === name)) return undefined;
      if (ev.k !== 'set' || ev.to !== name) continue;
      if (value !== undefined || ev.op !== '=' || mentions(ev.value, name)) return undefined;
      value = ev.value;
    }
  return value;
}

/** Extent of a structure's field, by the field's name among the structures of the file; unknown when they disagree. */
function fieldExtent(flow: FunctionFlow, field: string): Extent {
  const types = new Set(flow.ref.file.structs.flatMap((s) => (s.fields[field] !== undefined ? [ofType(s.fields[field])] : [])));
  return types.size === 1 ? [...types][0]! : 'unknown';
}
