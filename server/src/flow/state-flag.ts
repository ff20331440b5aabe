/**
 * A flag in an object that the caller sets before a call and the callee looks at: `d->in_timeout = 1; reset(d);` where reset()
 * takes its mutex only if the flag is clear. Arguments do not show it; the texts of both functions do, when they stand in one file.
 */
import type { Body, Expr } from '../facts/model.js';
import { reached } from '../facts/reached.js';
import { dominates } from './dominators.js';
import type { CallPoint, ChainStep, FunctionFlow } from './model.js';

/** Whether flags that the caller set to constants before the call keep one of the callees on the path from its step. */
export function excludedByFlag(flow: FunctionFlow, call: CallPoint, path: readonly ChainStep[]): boolean {
  if (path.length === 0) return false;
  const flags = flagsBefore(flow, call);
  if (flags.size === 0) return false;
  return path.some((step) => {
    if (step.file !== flow.ref.file.path) return false;
    const callee = flow.ref.file.functions.find((f) => f.name === step.function && f.line <= step.line && step.line <= f.endLine);
    if (!callee?.body) return false;
    const at = step.line - callee.line;
    const block = callee.body.blocks.findIndex((b) => b.ev.some((ev) => ev.k === 'call' && ev.pos[0] === at));
    return block >= 0 && !reachable(callee.body, block, flags);
  });
}

/** Fields that hold a constant at the call, by name: the last value given on every path to it. */
function flagsBefore(flow: FunctionFlow, call: CallPoint): Map<string, number> {
  const flags = new Map<string, number>();
  const body = flow.ref.facts.body;
  if (!body) return flags;
  const set: { field: string; value: number; line: number }[] = [];
  body.blocks.forEach((block, b) => {
    if (b !== call.block && !dominates(body, b, call.block)) return;
    for (const ev of block.ev) {
      if (ev.k !== 'set' || ev.op !== '=' || !Array.isArray(ev.to) || (ev.to[0] !== '->' && ev.to[0] !== '.')) continue;
      const value = ev.value === 'true' ? 1 : ev.value === 'false' ? 0 : ev.value;
      const line = flow.ref.facts.line + ev.pos[0];
      if (typeof value === 'number' && line <= call.at.line) set.push({ field: ev.to[2], value, line });
    }
  });
  for (const { field, value } of set.sort((a, b) => a.line - b.line)) flags.set(field, value);
  return flags;
}

/** Truth of a test of such a field; undefined for all other conditions. */
function truth(when: Expr, flags: ReadonlyMap<string, number>): boolean | undefined {
  if (!Array.isArray(when)) return undefined;
  if (when[0] === '->' || when[0] === '.') {
    const value = flags.get(when[2]);
    return value === undefined ? undefined : value !== 0;
  }
  if (
    when[0] === 'b' &&
    (when[1] === '==' || when[1] === '!=') &&
    typeof when[3] === 'number' &&
    Array.isArray(when[2]) &&
    (when[2][0] === '->' || when[2][0] === '.')
  ) {
    const value = flags.get(when[2][2]);
    return value === undefined ? undefined : (value === when[3]) === (when[1] === '==');
  }
  return undefined;
}

/** Whether the flags leave a way to the block. */
const reachable = (body: Body, target: number, flags: ReadonlyMap<string, number>): boolean =>
  reached(body.blocks, ({ when, is }) => {
    const answer = when === undefined ? undefined : truth(when, flags);
    return answer === undefined || is === undefined || answer === is;
  }).has(target);
