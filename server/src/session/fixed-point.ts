/**
 * Fixes upon fixes: a mend may let another one hold, and of two that touch one text the second can only follow the first. What one
 * round of fixes leaves is audited as a whole and asked for fixes again, until nothing is offered.
 */
import type { Finding, Fix } from '../rules/model.js';
import { exactKey, identitiesOf, identityOf, matchIdentities } from './identity.js';
import type { Chosen, Plan } from './plan.js';

/** One state of a tree, audited, and what is to be done next. */
export interface Seen<State> {
  /** All findings, with those that another one says: what a fix lets come to light is not new. */
  findings: readonly Finding[];
  plan: Plan;
  /** The state with the plan's fixes made; the same one when there are none. */
  next: State;
}

/** Why a fix may not be made, though it held on trial; undefined when it may. */
export type Barred = (finding: Finding, fix: Fix) => string | undefined;

export interface End<State, Look extends Seen<State>> {
  /** In the order made; each finding as it stood at first, where it stood there. */
  made: Chosen[];
  left: Plan['left'];
  /** The last state: nothing more is made in it. */
  last: Look;
  /** A finding of the last state as it stood at first. */
  original(finding: Finding): Finding;
}

/** Rounds, each a whole audit. Every one takes findings away and adds none, so it ends anyway; this is against a tree that flickers. */
const MAX_ROUNDS = 12;

/**
 * Goes on from `first`, the look at `start`, until a look plans nothing. A round whose audit has a finding that was not there before is taken back,
 * and planned again without the fixes of that file.
 */
export async function toFixedPoint<State, Look extends Seen<State>>(
  start: State,
  first: Look,
  look: (state: State, barred: Barred) => Promise<Look>,
): Promise<End<State, Look>> {
  const made: Chosen[] = [];
  const bars = new Map<string, string>();
  const barred: Barred = (finding, fix) => bars.get(keyOf(finding, fix));
  let state = start;
  let seen = first;
  for (let round = 0; round < MAX_ROUNDS && seen.plan.made.length > 0; round++) {
    const next = await look(seen.next, barred);
    const [fresh] = freshIn(seen.findings, next.findings);
    if (fresh) {
      const near = seen.plan.made.filter(({ fix }) => fix.edits.some((e) => e.file === fresh.at.file));
      for (const { finding, fix } of near.length > 0 ? near : seen.plan.made)
        bars.set(
          keyOf(finding, fix),
          `the whole result would have a new finding: ${fresh.message} [${fresh.ruleId}] in ${fresh.function}()`,
        );
      seen = await look(state, barred);
      continue;
    }
    const was = originals(first.findings, seen.findings);
    made.push(...seen.plan.made.map(({ finding, fix }) => ({ finding: was(finding), fix })));
    state = seen.next;
    seen = next;
  }
  const was = originals(first.findings, seen.findings);
  const left = seen.plan.left.map((one) => ({ ...one, finding: was(one.finding) }));
  return { made, left, last: seen, original: was };
}

const keyOf = (finding: Finding, fix: Fix): string => `${exactKey(identityOf(finding))}\0${fix.title}`;

/** Findings of which a function has more than before, by rule: the law that each fix was tried by, over the whole tree. */
function freshIn(before: readonly Finding[], after: readonly Finding[]): Finding[] {
  const left = new Map<string, number>();
  const place = (f: Finding): string => `${f.at.file}\0${f.function}\0${f.ruleId}`;
  for (const f of before) left.set(place(f), (left.get(place(f)) ?? 0) + 1);
  return after.filter((f) => {
    const n = left.get(place(f)) ?? 0;
    left.set(place(f), n - 1);
    return n <= 0;
  });
}

/** A finding of a later state as the first had it: where the user knows it to be. */
function originals(first: readonly Finding[], now: readonly Finding[]): (finding: Finding) => Finding {
  if (first === now) return (finding) => finding;
  const { pairs } = matchIdentities(identitiesOf({ findings: first }), identitiesOf({ findings: now }));
  const by = new Map(pairs.map(([old, later]) => [now[later]!, first[old]!]));
  return (finding) => by.get(finding) ?? finding;
}
