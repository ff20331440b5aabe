/**
 * A call through an operation that its object is asked about before: `if (c->type == IN_READ_SECTION) c->run(c)`. Which of its implementations are
 * called there the members of the object decide, so what most of them do says nothing.
 */
import type { Body, Expr } from '../facts/model.js';
import { reached } from '../facts/reached.js';
import { textOf } from './text.js';

/**
 * Whether every way to the block passes a test of a scalar member of the object, or of an object that leads to it.
 *
 * @param target what is called through: `x->ops->run`
 * @param isPointer of a member, where it is known
 */
export function toldApart(body: Body, block: number, target: Expr, isPointer: (member: Expr) => boolean): boolean {
  const objects = new Set<string>();
  const own = new Set([textOf(target)]);
  for (let e = target; Array.isArray(e) && (e[0] === '->' || e[0] === '.'); e = e[1]) {
    own.add(textOf(e));
    objects.add(textOf(e[1]));
  }
  const asks = (e: Expr): boolean => {
    // What a call asks (a bit that is set, a state) is the object's state, not its kind.
    if (!Array.isArray(e) || e[0] === 'call') return false;
    if (e[0] === '->' || e[0] === '.') {
      if (own.has(textOf(e))) return false;
      return (objects.has(textOf(e[1])) && !isPointer(e)) || asks(e[1]);
    }
    return e.slice(1).some((part) => part !== undefined && typeof part !== 'number' && asks(part as Expr));
  };
  return !reached(body.blocks, ({ when }) => when === undefined || !asks(when)).has(block);
}
