/** Which calls of a function without a graph stand in which arms of its `switch (p->command)`, by text. */
import type { FunctionSpan, NameUse } from '../syntax/model.js';
import type { FunctionFacts, Param } from './model.js';

const SWITCH = /\bswitch\s*\(\s*(\w+)\s*->\s*(\w+(?:\s*\.\s*\w+)*)\s*\)\s*\{/g;
const LABEL = /^(?:case\s+([A-Za-z_]\w*)|(case\b[^:;{}]*|default))\s*:/;
/** What an arm ends in that does not go on into the next one. */
const ENDS = /(?:^|[;{}\s])(?:break|continue|goto\s+\w+|return\b[^;]*)\s*;[\s}]*$/;
/** Longer bodies are left alone: what decides there is more than one command. */
const MAX_BODY = 20_000;

/**
 * The one such switch by a member of a pointer that the function is given, and the constants under which each of its calls is made; undefined where
 * there are several, or where nothing is called in one arm only.
 */
export function casesIn(
  text: string,
  span: FunctionSpan,
  uses: readonly NameUse[],
  params: readonly Param[],
): FunctionFacts['cases'] | undefined {
  if (span.close - span.open > MAX_BODY) return undefined;
  const body = text.slice(span.open, span.close);
  const [found, ...others] = body.includes('switch') ? body.matchAll(SWITCH) : [];
  if (!found || others.length > 0) return undefined;
  const field = found[2]!.replace(/\s/g, '');
  // What the function has put there itself nobody has given it.
  const sets = new RegExp(`->\\s*${field.replace(/\./g, '\\s*\\.\\s*')}\\s*=(?!=)`);
  if (sets.test(body.slice(0, found.index))) return undefined;
  const index = parameterOf(found[1]!, body, params);
  const arms = index < 0 ? [] : armsOf(body, found.index + found[0].length);
  if (arms.length < 2) return undefined;
  const calls = new Map<string, readonly string[] | undefined>();
  for (const { how, name, at } of uses) {
    if (how !== 'call') continue;
    const arm = arms.find(({ from, to }) => from <= at - span.open && at - span.open < to);
    // Called twice, or in the default arm: whatever the command is.
    calls.set(name, calls.has(name) ? undefined : arm?.labels);
  }
  const list = [...calls].flatMap(([name, labels]): [string, string[]][] => (labels?.length ? [[name, [...labels]]] : []));
  return list.length > 0 ? { index, field, calls: list } : undefined;
}

/** The place of the parameter that a name stands for: its own, or that of the one that a local is given once; -1 for any other. */
function parameterOf(name: string, body: string, params: readonly Param[]): number {
  const place = (of: string): number => params.findIndex((p) => p.name === of && p.type.includes('*'));
  const assigned = [...body.matchAll(new RegExp(`\\b${name}\\s*=(?!=)\\s*(?:\\([\\w\\s*]*\\)\\s*)?([^;,]*)`, 'g'))];
  if (assigned.length === 0) return place(name);
  return assigned.length === 1 && place(name) < 0 ? place(assigned[0]![1]!.trim()) : -1;
}

interface Arm {
  from: number;
  to: number;
  /** Empty for the default arm, and for what goes on into it. */
  labels: string[];
}

/** The arms of the switch whose body begins at `open`; none where text alone does not tell. */
function armsOf(body: string, open: number): Arm[] {
  const arms: Arm[] = [];
  let depth = 1;
  let from = -1;
  let labels: string[] = [];
  let others = false;
  const close = (to: number): void => {
    if (from >= 0) arms.push({ from, to, labels: others ? [] : labels });
  };
  for (let at = open; at < body.length; at++) {
    const c = body[at]!;
    if (c === '"' || c === "'") {
      for (at++; at < body.length && body[at] !== c; at++) if (body[at] === '\\') at++;
    } else if (c === '/' && (body[at + 1] === '*' || body[at + 1] === '/')) {
      const end = body.indexOf(body[at + 1] === '*' ? '*/' : '\n', at + 2);
      if (end < 0) return [];
      at = end + (body[at + 1] === '*' ? 1 : 0);
    } else if (c === '#') return [];
    else if (c === '{' || c === '(') depth++;
    else if (c === '}' || c === ')') {
      if (--depth === 0) {
        close(at);
        return arms;
      }
    } else if (depth === 1 && (c === 'c' || c === 'd') && !/\w/.test(body[at - 1]!)) {
      const label = LABEL.exec(body.slice(at, at + 200));
      if (!label) continue;
      close(at);
      if (from < 0 || ENDS.test(body.slice(from, at))) {
        labels = [];
        others = false;
      }
      if (label[1] === undefined) others = true;
      else labels = [...labels, label[1]];
      at += label[0].length - 1;
      from = at + 1;
    }
  }
  return [];
}
