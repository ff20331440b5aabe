/** From what rules report to what is shown: each thing once, in an order of its own. */
import { byPlace, compareText } from './order.js';
import type { Context, Finding } from './model.js';

const CONTEXTS_SHOWN = 8;

/**
 * Leaves out what another finding says already: one whose path runs through the statement of another finding of the same
 * rule that begins at the same place. It is the same sleep, seen one call deeper.
 * @param least confidence of what is to be shown: findings that doubt falls on here may sink below it
 */
export function withoutEchoes(findings: readonly Finding[], least: Finding['confidence'] = 'possible'): Finding[] {
  const key = (f: Finding, at: { file: string; line: number }): string => {
    const begin = f.path[0];
    return `${f.ruleId}|${begin ? `${begin.file}:${begin.line}` : ''}|${at.file}:${at.line}`;
  };
  const stands = new Map<string, Finding>();
  /** Few findings stand, many steps are asked about. */
  const lines = new Set<number>();
  for (const f of findings) {
    if (f.path.length < 2 || RANK[f.confidence] === 0) continue;
    stands.set(key(f, f.at), f);
    lines.add(f.at.line);
  }
  return onePerCause(
    onePerWay(doubted(findings)).filter(
      (f) =>
        !f.path.slice(1, -1).some((step) => {
          const other = lines.has(step.line) ? stands.get(key(f, step)) : undefined;
          return other !== undefined && other !== f && (other.at.file !== f.at.file || other.at.line !== f.at.line);
        }),
    ),
  ).filter((f) => RANK[f.confidence] >= RANK[least]);
}

/** Files from which a sleep must be reached for it to be taken as one that these callers exclude. */
const FILES_DOUBTED = 3;

/**
 * A statement deep in shared code that would sleep under the locks of many files which have nothing to do with each other: what so many callers
 * get wrong alike is mostly a condition (a flag in a request, a timeout of 0, an address that is mapped already) that the chain does not show.
 */
function doubted(findings: readonly Finding[]): readonly Finding[] {
  const from = new Map<string, Set<string>>();
  const endOf = (f: Finding): string | undefined => {
    if (RANK[f.confidence] === 0 || f.path.length < 4 || f.data['lock'] === undefined || !SLEEPS.has(f.ruleId)) return undefined;
    const [begin, end] = [f.path[0]!, f.path[f.path.length - 1]!];
    return begin.file === end.file ? undefined : `${end.file}:${end.line}`;
  };
  for (const f of findings) {
    const end = endOf(f);
    if (end !== undefined) from.set(end, (from.get(end) ?? new Set()).add(f.path[0]!.file));
  }
  return findings.map((f) => {
    const end = endOf(f);
    return end !== undefined && from.get(end)!.size >= FILES_DOUBTED ? { ...f, confidence: 'possible' } : f;
  });
}
const SLEEPS = new Set(['sleep-in-atomic', 'sleeping-call-in-atomic']);

/** Findings of one rule that are shown for one call that a callback makes. */
const WAYS_SHOWN = 2;

/**
 * A callback that may not sleep and calls what it must not: one mistake, however many statements below would sleep. The nearest are shown, the others
 * are what else there is to see.
 */
function onePerWay(findings: readonly Finding[]): readonly Finding[] {
  const ways = new Map<string, Finding[]>();
  for (const f of findings) {
    const [begin, callback, call] = f.path;
    if (f.path.length < 4 || !SLEEPS.has(f.ruleId) || RANK[f.confidence] === 0 || !call || callback!.what.startsWith('calls ')) continue;
    if (call.function !== callback!.function) continue;
    const key = `${f.ruleId}|${begin!.file}:${begin!.line}|${call.file}:${call.line}`;
    ways.set(key, [...(ways.get(key) ?? []), f]);
  }
  const more = new Set<Finding>();
  for (const list of ways.values()) {
    list.sort(
      (a, b) => a.path.length - b.path.length || compareText(a.at.file, b.at.file) || a.at.line - b.at.line || a.at.column - b.at.column,
    );
    for (const f of list.slice(WAYS_SHOWN)) more.add(f);
  }
  return findings.map((f) => (more.has(f) ? { ...f, confidence: 'possible' } : f));
}

/** Functions of one file in which one cause is shown. */
const FUNCTIONS_SHOWN = 3;

/**
 * One statement deep below that sleeps under one lock is one cause, however many calls lead there: one finding in a function, and in a
 * file those of a few functions, with the others counted.
 */
function onePerCause(findings: readonly Finding[]): Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const f of findings) {
    const end = f.path[f.path.length - 1];
    if (f.path.length < 3 || !end || RANK[f.confidence] === 0 || f.data['lock'] === undefined) continue;
    const key = `${f.ruleId}|${f.at.file}|${String(f.data['lock'])}|${end.file}:${end.line}`;
    groups.set(key, [...(groups.get(key) ?? []), f]);
  }
  const dropped = new Set<Finding>();
  const told = new Map<Finding, Finding>();
  for (const group of groups.values()) {
    const functions = new Map<string, Finding[]>();
    for (const f of [...group].sort(
      (a, b) => a.path.length - b.path.length || compareText(a.function, b.function) || a.at.line - b.at.line || a.at.column - b.at.column,
    ))
      functions.set(f.function, [...(functions.get(f.function) ?? []), f]);
    const lists = [...functions.values()];
    for (const [i, [first, ...others]] of lists.entries()) {
      for (const f of others) dropped.add(f);
      if (i >= FUNCTIONS_SHOWN) dropped.add(first!);
    }
    const folded = lists.slice(FUNCTIONS_SHOWN).map((list) => list[0]!.function);
    if (folded.length === 0) continue;
    const [first] = lists[0]!;
    const more = folded.length === 1 ? 'One more function of this file gets' : `${folded.length} more functions of this file get`;
    const message = `${first!.message} ${more} there under the same lock: ${folded.join(', ')}.`;
    told.set(first!, { ...first!, message, data: { ...first!.data, folded } });
  }
  return findings.filter((f) => !dropped.has(f)).map((f) => told.get(f) ?? f);
}

/** There is one finding of a rule at a place. */
const placeOf = (f: Finding): string => `${f.at.file}:${f.at.line}:${f.at.column}:${f.ruleId}:${String(f.data['part'] ?? '')}`;

/** All that was found, from what is shown of it and what is not: what is shown in other words, or as less sure, is in both. */
export function foundOf(shown: readonly Finding[], echoes: readonly Finding[]): Finding[] {
  const places = new Set(echoes.map(placeOf));
  const lines = new Set(echoes.map(({ at }) => at.line));
  return [...shown.filter((f) => !lines.has(f.at.line) || !places.has(placeOf(f))), ...echoes];
}

const RANK = { possible: 0, likely: 1, certain: 2 } as const;

/**
 * One finding per rule and statement, the surest one with the shortest path, with the contexts of all of them; in order of
 * position, then rule, so that the result does not depend on the order of the checks.
 */
export function dedupe(findings: readonly Finding[]): Finding[] {
  const best = new Map<string, Finding>();
  for (const f of findings) {
    const key = placeOf(f);
    const old = best.get(key);
    if (!old) {
      best.set(key, f);
      continue;
    }
    const first = RANK[f.confidence] - RANK[old.confidence] || old.path.length - f.path.length || (f.message < old.message ? 1 : -1);
    best.set(key, first > 0 ? { ...f, contexts: merge(f.contexts, old.contexts) } : { ...old, contexts: merge(old.contexts, f.contexts) });
  }
  return [...best.values()].sort(byPlace);
}

function merge(a: Context[], b: Context[]): Context[] {
  const seen = new Set(a.map((c) => JSON.stringify(c)));
  return [...a, ...b.filter((c) => !seen.has(JSON.stringify(c)))].slice(0, CONTEXTS_SHOWN);
}
