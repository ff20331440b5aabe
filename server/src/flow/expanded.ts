/**
 * A macro among a call's arguments may stand for several of them: `request(c, MASK_AND_VALUE(conn, TIMEOUT), FLAGS)` of a function with four
 * parameters. What follows it then stands further on than it is written.
 */
import type { Expr } from '../facts/model.js';

const isMacro = (arg: Expr): boolean =>
  Array.isArray(arg) && arg[0] === 'call' && typeof arg[1] === 'string' && /^[A-Z][A-Z0-9_]*$/.test(arg[1]);

/**
 * The arguments in the places of the callee's parameters.
 *
 * @param parameters asked for only where an argument may be such a macro; undefined: the callee is not known, or takes any number of arguments
 */
export function inPlaces(args: readonly Expr[], parameters: () => number | undefined): Expr[] {
  const macros = args.filter(isMacro);
  const takes = macros.length === 1 ? parameters() : undefined;
  if (takes === undefined || takes <= args.length) return args as Expr[];
  const at = args.indexOf(macros[0]!);
  const rest = Array.from({ length: takes - args.length }, (): Expr => ['opaque', '']);
  return [...args.slice(0, at + 1), ...rest, ...args.slice(at + 1)];
}
