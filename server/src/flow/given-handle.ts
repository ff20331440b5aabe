/**
 * Functions that are given an open transaction: it opened a scope, which they run in whoever calls them. A parameter that the function looks into
 * without asking whether it is there is such a transaction; one that is only handed on may be absent (xfs reads without one).
 */
import type { Body, Expr, FunctionFacts } from '../facts/model.js';
import type { ScopeEntry } from '../catalog/model.js';
import type { FlowCatalogue } from './knowledge.js';

/** The scopes of the handles that a function is certainly given, each once. */
export function givenScopes({ params, body }: FunctionFacts, cat: FlowCatalogue): ScopeEntry[] {
  const out: ScopeEntry[] = [];
  if (!body) return out;
  for (const { name, type } of params) {
    const handle = name === '' ? undefined : /^(?:struct )?(\w+) \*$/.exec(type)?.[1];
    const scope = handle === undefined ? undefined : cat.scopeOfHandle(handle);
    if (scope && !out.includes(scope) && isTakenAsOpen(body, name, cat)) out.push(scope);
  }
  return out;
}

function isTakenAsOpen(body: Body, name: string, cat: FlowCatalogue): boolean {
  let looksInside = false;
  /** False: it is asked whether there is a handle, here or by a predicate, or it is opened here. */
  const fits = (e: Expr | undefined, asked: boolean): boolean => {
    if (e === name) return !asked;
    if (!Array.isArray(e)) return true;
    switch (e[0]) {
      case '->':
        if (e[1] === name) {
          looksInside = true;
          return true;
        }
        return fits(e[1], false);
      case 'call':
        return (e.slice(2) as Expr[]).every((arg) => fits(arg, asked));
      case '?':
        return fits(e[1], true) && fits(e[2], false) && fits(e[3], false);
      case 'b':
        return fits(e[2], asked || COMPARES.has(e[1])) && fits(e[3], asked || COMPARES.has(e[1]));
      case 'u':
        return fits(e[2], asked || e[1] === '!');
      case '.':
        return fits(e[1], asked);
      case '[]':
        return fits(e[1], false) && fits(e[2], false);
      case 'cast':
        return fits(e[2], asked);
      default:
        return true;
    }
  };
  for (const { ev, next } of body.blocks) {
    for (const e of ev) {
      if (e.k === 'set' && !(fits(e.value, false) && fits(e.to, false))) return false;
      if (e.k === 'ret' && !fits(e.value, false)) return false;
      if (e.k !== 'call') continue;
      // `ASSERT(tp != NULL)` says that there is one.
      if (e.fn === 'ASSERT' || e.fn === 'J_ASSERT') continue;
      const opens = typeof e.fn === 'string' && cat.scope(e.fn)?.op === 'open';
      for (const arg of e.args) if (!fits(arg, false) || (opens && mentions(arg, name))) return false;
    }
    for (const { when } of next) if (!fits(when, true)) return false;
  }
  return looksInside;
}

const COMPARES: ReadonlySet<string> = new Set(['==', '!=', '&&', '||']);

const mentions = (e: Expr, name: string): boolean =>
  e === name || (Array.isArray(e) && e.slice(1).some((part) => mentions(part as Expr, name)));
