/** What the HTML report's script works on: findings in compact form, each string and each simulation once. */
import { RESULT_WORDS, STATES } from '../../../../simulator/src/index.js';
import type { Finding } from '../../rules/model.js';
import type { Simulation } from '../../session/simulation.js';
import type { SubsystemOf } from '../../session/subsystems.js';

/** Lines shown above and below a finding; fewer when the report would grow too large for a browser to be quick. */
const AROUND = [4, 2, 1, 0] as const;
/** Characters of data that a report may hold: under 5 MB as a file. */
const LIMIT = 4_600_000;

type Code = [first: number, lines: string[]] | null;

/** Compact data of all findings; `around` is how many lines of code stand on either side. */
export function reportData(
  findings: readonly Finding[],
  source: ReadonlyMap<string, readonly string[]>,
  subsystemOf: SubsystemOf,
): { json: unknown; around: number } {
  for (const around of AROUND) {
    const json = compact(findings, source, subsystemOf, around);
    if (around === 0 || JSON.stringify(json).length <= LIMIT) return { json, around };
  }
  throw new Error('AROUND ends in 0');
}

function compact(
  findings: readonly Finding[],
  source: ReadonlyMap<string, readonly string[]>,
  subsystemOf: SubsystemOf,
  around: number,
): unknown {
  const strings: string[] = [];
  const numbers = new Map<string, number>();
  const S = (text: string): number => {
    let i = numbers.get(text);
    if (i === undefined) numbers.set(text, (i = strings.push(clean(text)) - 1));
    return i;
  };
  const simulations: unknown[] = [];
  const known = new Map<string, number>();
  const simulationOf = (simulation: Simulation | undefined): number => {
    if (!simulation) return -1;
    const { reserveFloor: floor, text, states, killsIn } = simulation;
    const record = {
      floor,
      text,
      states: STATES.flatMap(({ id, words }) => (states[id] === undefined ? [] : [[words, states[id], killsIn.includes(id) ? 1 : 0]])),
    };
    const key = JSON.stringify(record);
    let i = known.get(key);
    if (i === undefined) known.set(key, (i = simulations.push(record) - 1));
    return i;
  };
  const rows = findings.map(({ ruleId, severity, confidence, at, function: fn, message, path, fixes, data }) => [
    S(ruleId),
    severity,
    confidence,
    S(at.file),
    at.line,
    at.column,
    S(fn),
    clean(message),
    S(subsystemOf(at.file)),
    path.map((step) => [S(step.file), step.line, S(step.function), S(step.what)]),
    codeOf(source.get(at.file), at.line, around),
    simulationOf(data['simulation'] as Simulation | undefined),
    fixes.map(({ title, safety }) => [clean(title), safety]),
  ]);
  return { strings, simulations, results: RESULT_WORDS, findings: rows };
}

function codeOf(lines: readonly string[] | undefined, line: number, around: number): Code {
  if (lines?.[line - 1] === undefined) return null;
  const first = Math.max(1, line - around);
  return [first, lines.slice(first - 1, line + around).map((text) => clean(text).slice(0, 240))];
}

/** Control characters as dots, tabs kept: the text is set as text, but may be copied into a terminal. */
const clean = (text: string): string => text.replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, '\u00b7');
