/**
 * What makes a finding the same finding in another state of the tree: its rule, file, function, call and the shape of
 * its path. Never a line number, never the wording of a message.
 */
import type { Finding } from '../rules/model.js';

export interface Identity {
  rule: string;
  /** Relative to the tree. */
  file: string;
  /** Function that the finding stands in; '' outside of one. */
  function: string;
  /** Callee with its mask as written, 'kmalloc(GFP_KERNEL)'; where there is no call, what the finding is about. */
  call: string;
  /** What else the finding names: a lock class, a scope, a flag; '' for nothing. */
  about: string;
  /** Functions that the path runs through, repetitions joined. */
  path: string[];
  /** Functions of the file that have the same cause and no finding of their own. */
  folded?: string[] | undefined;
}

/** Fields of a finding's data that name what it is about, in the order they are taken. */
const SUBJECTS = ['lock', 'scope', 'pool', 'flag', 'parameter', 'fatal'] as const;

/** Identities of findings, in their order. */
export const identitiesOf = ({ findings }: { findings: readonly Finding[] }): Identity[] => findings.map(identityOf);

export function identityOf(finding: Finding): Identity {
  const { ruleId, at, data, path } = finding;
  const said = (key: string): string => (typeof data[key] === 'string' ? data[key] : '');
  const gfp = said('gfp').replace(/\s+/g, '');
  const callee = said('api') || said('callee');
  const about = SUBJECTS.map(said).find((text) => text !== '') ?? '';
  const call = callee === '' ? '' : `${callee}(${gfp})`;
  const folded = Array.isArray(data['folded']) ? { folded: data['folded'].map(String) } : {};
  return {
    rule: ruleId,
    file: at.file,
    function: finding.function,
    call,
    about,
    path: shapeOf(path.map((step) => step.function)),
    ...folded,
  };
}

function shapeOf(functions: readonly string[]): string[] {
  return functions.filter((name, i) => name !== '' && name !== functions[i - 1]);
}

/** The identity as one string. */
export const exactKey = (id: Identity): string => JSON.stringify([id.rule, id.file, id.function, id.call, id.about, id.path]);

/** Short, the same on every machine: 16 hex digits of FNV-1a over UTF-16 units. Nothing secret. */
export function digest(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) value = BigInt.asUintN(64, (value ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  return value.toString(16).padStart(16, '0');
}

export interface Matching {
  /** Indices of one finding in both lists. */
  pairs: [old: number, now: number][];
  /** Indices that only the later list has. */
  fresh: number[];
  /** Indices that only the earlier list has. */
  gone: number[];
  /** Indices of the later list whose cause the earlier one had, folded into the finding of another function. */
  unfolded: number[];
}

const calleeOf = (call: string): string => call.replace(/\(.*$/s, '');
/** A finding whose context comes from a caller has as many paths as there are callers, and shows one of them. */
const fromCaller = (id: Identity): boolean => id.path.length > 0 && id.path[0] !== id.function;

/**
 * What is left over from a stricter round is tried by the next: another way to the same statement, another mask in the
 * same call, or another caller that brings the context, is still the finding that was there.
 */
const rounds: readonly ((id: Identity) => string)[] = [
  exactKey,
  (id) => JSON.stringify([id.rule, id.file, id.function, id.call, id.about]),
  (id) => JSON.stringify([id.rule, id.file, id.function, calleeOf(id.call), id.about]),
  (id) => (fromCaller(id) ? JSON.stringify([id.rule, id.file, id.function, calleeOf(id.call)]) : ''),
];

/**
 * Pairs findings of two states. Several equal ones are counted: three before and two now leave one that is gone.
 * @param moved where a function of the earlier state went, when it is known to have left its file
 */
export function matchIdentities(
  old: readonly Identity[],
  now: readonly Identity[],
  moved: (id: Identity) => string = (id) => id.file,
): Matching {
  const there = old.map((id) => ({ ...id, file: moved(id) }));
  const pairs: [number, number][] = [];
  let gone = old.map((_, i) => i);
  let fresh = now.map((_, i) => i);
  for (const key of rounds) {
    const waiting = new Map<string, number[]>();
    for (const i of gone) {
      const k = key(there[i]!);
      if (k !== '') waiting.set(k, [...(waiting.get(k) ?? []), i]);
    }
    const taken = new Set<number>();
    fresh = fresh.filter((j) => {
      const i = waiting.get(key(now[j]!))?.shift();
      if (i === undefined) return true;
      pairs.push([i, j]);
      taken.add(i);
      return false;
    });
    gone = gone.filter((i) => !taken.has(i));
  }
  // Which functions of one cause are shown depends on how many there are.
  const [wasFolded, isFolded] = [foldedOf(there), foldedOf(now)];
  const unfolded = fresh.filter((j) => wasFolded.has(placeOf(now[j]!)));
  return {
    pairs,
    fresh: fresh.filter((j) => !wasFolded.has(placeOf(now[j]!))),
    gone: gone.filter((i) => !isFolded.has(placeOf(there[i]!))),
    unfolded,
  };
}

const placeOf = ({ rule, file, function: name, about }: Identity): string => JSON.stringify([rule, file, name, about]);

const foldedOf = (list: readonly Identity[]): ReadonlySet<string> =>
  new Set(list.flatMap((id) => (id.folded ?? []).map((name) => placeOf({ ...id, function: name }))));
