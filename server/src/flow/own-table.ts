/**
 * An operation that the callee asks for and the caller's own table does not have: `if (x->ops->poke) mutex_lock(..)`, where the caller stands in a
 * table of operations without `poke` and hands on the object that it was called for. Both stand in one file.
 */
import type { Edge, Expr } from '../facts/model.js';
import { reached } from '../facts/reached.js';
import type { CallPoint, ChainStep, FunctionFlow } from './model.js';

/** Whether the callee gets to `step`, its own first on a way to sleep, only by way of such an operation. */
export function excludedByTable(flow: FunctionFlow, call: CallPoint, step: ChainStep | undefined): boolean {
  const { file, facts } = flow.ref;
  if (!step || !facts.static || step.file !== file.path || !file.ops.some((op) => op.fn === facts.name)) return false;
  const callee = file.functions.find((f) => f.name === step.function && f.line <= step.line && step.line <= f.endLine);
  const missing = missingIn(flow);
  if (!callee?.body || missing.size === 0) return false;
  const at = step.line - callee.line;
  const block = callee.body.blocks.findIndex((b) => b.ev.some((ev) => ev.k === 'call' && ev.pos[0] === at));
  const own = (name: string): boolean => {
    const arg = call.args[callee.params.findIndex((p) => p.name === name)];
    return typeof arg === 'string' && facts.params.some((p) => p.name === arg);
  };
  const taken = ({ when, is }: Edge): boolean => !(is === true && when !== undefined && asksFor(when, missing, own));
  return block >= 0 && !reached(callee.body.blocks, taken).has(block);
}

/** Operations that other tables of its kind in this file have and none of those that the function stands in. */
function missingIn({ ref: { file, facts } }: FunctionFlow): Set<string> {
  const mine = file.ops.filter((op) => op.fn === facts.name && op.variable !== undefined && op.struct !== '');
  const missing = new Set<string>();
  if (mine.length === 0 || file.ops.some((op) => op.fn === facts.name && !mine.includes(op))) return missing;
  const kinds = new Set(mine.map((op) => op.struct));
  for (const op of file.ops) if (kinds.has(op.struct)) missing.add(op.field);
  for (const op of file.ops) if (mine.some((m) => m.struct === op.struct && m.variable === op.variable)) missing.delete(op.field);
  return missing;
}

/** `x->ops->poke` by itself, of an object x that is the caller's own. */
function asksFor(e: Expr, missing: ReadonlySet<string>, own: (name: string) => boolean): boolean {
  if (!Array.isArray(e) || (e[0] !== '->' && e[0] !== '.') || !missing.has(e[2])) return false;
  const table = e[1];
  return Array.isArray(table) && table[0] === '->' && /ops$/.test(table[2]) && typeof table[1] === 'string' && own(table[1]);
}
