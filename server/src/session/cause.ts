/** Which line of a change a finding comes from: where it stands, on its path, or in a function that its path runs through. */
import type { Finding } from '../rules/model.js';
import type { Origin } from '../patch/apply.js';
import { functionAround, type SideLine } from '../patch/sides.js';

export interface Cause {
  origin: Origin;
  /** Line of the side at hand that the change touched, or stands beside. */
  file: string;
  line: number;
  /**
   * 'here': the finding stands on it; 'path': its path runs over it; 'function': it stands in a function of the path;
   * 'name': it names one; 'change': nothing ties them but the change itself.
   */
  how: 'here' | 'path' | 'function' | 'name' | 'change';
}

/** Lines of the files that a change touched, on one of its sides. */
export type Side = ReadonlyMap<string, readonly SideLine[]>;

interface Place {
  file: string;
  line: number;
}

/** The line of the change that a finding of this side comes from; undefined when the change touched nothing on this side. */
export function causeOf(finding: Finding, side: Side): Cause | undefined {
  const { at, path, contexts } = finding;
  const here = Array.from({ length: Math.min(at.endLine - at.line, 60) + 1 }, (_, i) => ({ file: at.file, line: at.line + i }));
  const steps = [...[...path].reverse(), ...contexts.flatMap((context) => [...context.path].reverse())];
  return (
    onLine(here, side, 'here') ??
    onLine(steps, side, 'path') ??
    inFunction([at, ...steps], side) ??
    byName([new Set([finding.function, ...path.map((step) => step.function)]), spokenOf(finding)], side)
  );
}

function onLine(places: readonly Place[], side: Side, how: Cause['how']): Cause | undefined {
  for (const { file, line } of places) {
    const origin = side.get(file)?.[line - 1]?.origin;
    if (origin) return { origin, file, line, how };
  }
  return undefined;
}

/** The nearest change in a function that the finding, or its path, stands in. */
function inFunction(places: readonly Place[], side: Side): Cause | undefined {
  for (const { file, line } of places) {
    const lines = side.get(file);
    const around = lines && functionAround(lines, line - 1);
    if (!around) continue;
    let best: Cause | undefined;
    for (let i = around.from; i <= around.to && i < lines.length; i++) {
      const origin = lines[i]!.origin ?? lines[i]!.beside;
      if (origin && (!best || Math.abs(i + 1 - line) < Math.abs(best.line - line))) best = { origin, file, line: i + 1, how: 'function' };
    }
    if (best) return best;
  }
  return undefined;
}

/** Names of macros, masks, locks and functions that the finding's words hold. */
function spokenOf({ message, path, data }: Finding): Set<string> {
  const words = [message, ...path.map(({ what }) => what), ...Object.values(data).filter((value) => typeof value === 'string')].join(' ');
  return new Set(words.match(/[A-Za-z]\w*_\w+/g) ?? []);
}

/** A changed line that holds one of the names, the first kind of names first; else the first changed line. */
function byName(kinds: readonly ReadonlySet<string>[], side: Side): Cause | undefined {
  const changed = [...side].flatMap(([file, lines]) =>
    lines.flatMap(({ origin, beside, text }, i) => {
      const change = origin ?? beside;
      return change ? [{ origin: change, file, line: i + 1, names: text.match(/[A-Za-z_]\w*/g) ?? [] }] : [];
    }),
  );
  for (const names of kinds) {
    const hit = changed.find((line) => line.names.some((name) => names.has(name)));
    if (hit) return { origin: hit.origin, file: hit.file, line: hit.line, how: 'name' };
  }
  const [first] = changed;
  return first && { origin: first.origin, file: first.file, line: first.line, how: 'change' };
}
