/** Which of the offered fixes are made together: no two edits of one place, and the result of all of them audited. */
import { tryEdits, type Audited } from '../fix/trial.js';
import type { Finding, Fix, FixSafety, TextEdit } from '../rules/model.js';

/** A fix to make, and the finding that it mends. */
export interface Chosen {
  finding: Finding;
  fix: Fix;
}

export interface Plan {
  made: Chosen[];
  /** Fixes of the asked class that cannot be made beside the others, and why. */
  left: (Chosen & { reason: string })[];
}

/** What one finding can be mended by. */
export interface Offer {
  finding: Finding;
  fixes: readonly Fix[];
}

/**
 * Of each finding its first fix of the asked class, in order of position; the first of two that touch one place wins. What is left
 * is tried together, by files that fixes share; where that does not hold, one after another.
 */
export async function planFixes(audited: Audited, offers: readonly Offer[], safety: FixSafety): Promise<Plan> {
  const plan: Plan = { made: [], left: [] };
  const chosen: Chosen[] = [];
  for (const { finding, fixes } of offers) {
    const fix = fixes.find((f) => f.safety === 'safe' || safety === 'review');
    if (!fix) continue;
    const other = chosen.find((c) => overlap(c.fix.edits, fix.edits));
    if (other)
      plan.left.push({
        finding,
        fix,
        reason: `touches the text that the fix of line ${other.finding.at.line} changes; run again after it`,
      });
    else chosen.push({ finding, fix });
  }
  for (const group of groups(chosen)) {
    if (await holds(audited, group)) plan.made.push(...group);
    else await oneByOne(audited, group, plan);
  }
  // Groups share no file, yet one may change what the other's callers see.
  if (plan.made.length > 1 && !(await holds(audited, plan.made))) {
    const { made } = plan;
    plan.made = [];
    await oneByOne(audited, made, plan);
  }
  return plan;
}

async function oneByOne(audited: Audited, group: readonly Chosen[], plan: Plan): Promise<void> {
  let taken: Chosen[] = [];
  for (const one of group) {
    const trial = await tryAll(audited, [...taken, one]);
    if (trial.ok) taken = [...taken, one];
    else plan.left.push({ ...one, reason: `does not hold beside the other fixes: ${trial.reason}` });
  }
  plan.made.push(...taken);
}

const holds = async (audited: Audited, group: readonly Chosen[]): Promise<boolean> =>
  group.length === 1 || (await tryAll(audited, group)).ok;

const tryAll = (audited: Audited, group: readonly Chosen[]): ReturnType<typeof tryEdits> =>
  tryEdits(
    audited,
    group.map((c) => c.finding),
    mergedEdits(group.map((c) => c.fix)),
  );

/** Edits of several fixes; what two of them do alike (an #include) is done once. */
export function mergedEdits(fixes: readonly Fix[]): TextEdit[] {
  const merged = new Map<string, TextEdit>();
  for (const { edits } of fixes) for (const e of edits) merged.set(`${e.file}\0${e.start}\0${e.end}\0${e.text}`, e);
  return [...merged.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.start - b.start || a.end - b.end));
}

function overlap(a: readonly TextEdit[], b: readonly TextEdit[]): boolean {
  return a.some((x) =>
    b.some((y) => {
      if (x.file !== y.file) return false;
      if (x.start === y.start && x.end === y.end) return x.text !== y.text || x.start !== x.end;
      return x.start <= y.end && y.start <= x.end;
    }),
  );
}

/** Fixes that are tied together by files that they share. */
function groups(chosen: readonly Chosen[]): Chosen[][] {
  const byFile = new Map<string, Chosen[]>();
  const result = new Set<Chosen[]>();
  for (const one of chosen) {
    let group: Chosen[] = [one];
    for (const { file } of one.fix.edits) {
      const other = byFile.get(file);
      if (!other || other === group) continue;
      result.delete(other);
      group = [...other, ...group.filter((c) => !other.includes(c))];
    }
    result.add(group);
    for (const c of group) for (const { file } of c.fix.edits) byFile.set(file, group);
  }
  return [...result];
}
