/** How a function ends: what a return gives back, in the words that callers ask in, and the state it leaves. */
import type { Expr, Pos } from '../facts/model.js';
import { toPathState } from './conditions.js';
import type { ExitState, PathState } from './model.js';
import type { State } from './state.js';
import { textOf } from './text.js';
import type { Transfer } from './transfer.js';

/** One way out: `value` is what is returned (absent at the end of a void function), `pos` counts lines from the function's first. */
export function exitOf(t: Transfer, s: State, value: Expr | undefined, pos: Pos): ExitState {
  const at = t.where(pos);
  const state: PathState = toPathState(t, s);
  if (value === undefined) return { at, state, value: 'void' };
  const exit: ExitState = { at, state, value: 'unknown' };
  const text = textOf(value);
  const know = s.know.get(text);
  if (value === 'NULL') exit.value = 'null';
  else if (value === 'true' || value === 'false') exit.value = value;
  else if (text === '-ENOMEM' || text === 'ERR_PTR(-ENOMEM)') exit.value = 'enomem';
  else if (Array.isArray(value) && value[0] === 'call' && value[1] === 'ERR_PTR') exit.value = 'errptr';
  else if (typeof value === 'number') exit.value = value === 0 ? 'zero' : value < 0 ? 'negative' : 'nonzero';
  else if (Array.isArray(value) && value[0] === 'u' && value[1] === '-' && typeof value[2] === 'string' && /^E[A-Z0-9]+$/.test(value[2]))
    exit.value = 'negative';
  else if (know) {
    if (know.lo === 0 && know.hi === 0) exit.value = 'zero';
    else if (know.lo === -12 && know.hi === -12) exit.value = 'enomem';
    else if (know.hi < 0) exit.value = 'negative';
    else if (know.lo > 0 || know.ne.includes(0)) exit.value = 'nonzero';
  }
  if (exit.value === 'unknown' && typeof value === 'string' && t.paramIndex(value) !== undefined) exit.value = 'param';
  if (Array.isArray(value) && value[0] === 'call' && typeof value[1] === 'string') exit.from = value[1];
  return exit;
}
