/** A call that takes a lock, in words: what happens under it. */
import type { LockKind, SleepWitness } from '../flow/model.js';
import type { Step } from '../rules/model.js';
import { code, prose } from './markdown.js';
import type { StepLink } from './hover.js';

/** A call made under the lock. Plain data. */
export interface UnderLock {
  line: number;
  column: number;
  call: string;
  /** The lock is held on every path to it. */
  always: boolean;
  /** An allocation made here, with its masks by name. */
  mask?: { text: string; effective: string[] };
  /** How it may sleep; absent when it does not. */
  sleeps?: { kind: SleepWitness['kind']; why: string; sure: boolean; path: Step[] };
}

export interface LockRecord {
  /** 'spinlock 'x->lock'' */
  name: string;
  kind: LockKind;
  class: string;
  line: number;
  /** Sleeping is forbidden under it; on PREEMPT_RT too. */
  atomic: boolean;
  rtAtomic: boolean;
  under: UnderLock[];
  /** Reclaim takes a lock of this class too, on these ways. */
  reclaim: { by: string; path: Step[] }[];
}

/** More calls than these belong on a page. */
const MAX_CALLS = 12;
const MAX_STEPS = 6;

export function lockHover(lock: LockRecord, rt: boolean, link: StepLink): string {
  const forbids = lock.atomic || (rt && lock.rtAtomic);
  const stays = forbids && rt && !lock.rtAtomic ? ' (with PREEMPT_RT it is a sleeping lock: this holds for every other build)' : '';
  const name = lock.name.replace(/'([^']*)'/, (_, text: string) => code(text));
  const lines = [
    `**Takes the ${name}**${isKnown(lock.class) && !lock.name.includes(`'${lock.class}'`) ? `, class ${code(lock.class)}` : ''}`,
    '',
    forbids ? `Until it is dropped nothing may sleep${stays}.` : 'Sleeping is allowed under it; whoever waits for it waits as long.',
  ];
  if (lock.under.length === 0) lines.push('', 'Nothing in this function allocates or sleeps under it.');
  else {
    lines.push('', '**Under it, in this function**');
    for (const call of lock.under.slice(0, MAX_CALLS)) lines.push(...callLines(call, forbids, link));
    if (lock.under.length > MAX_CALLS) lines.push(`- and ${lock.under.length - MAX_CALLS} more`);
  }
  const [way] = lock.reclaim;
  if (way) {
    lines.push('', `**Reclaim takes it too**, in ${code(way.by)}: an allocation under it that enters reclaim can wait for itself.`);
    lines.push(...way.path.slice(0, MAX_STEPS).map((step) => `- ${link(step)}${step.what === '' ? '' : `: ${prose(step.what)}`}`));
  }
  return lines.join('\n');
}

function callLines({ line, call, always, mask, sleeps }: UnderLock, forbids: boolean, link: StepLink): string[] {
  const masks =
    mask && mask.effective.length > 0 && mask.effective.join(' | ') !== mask.text ? [`in effect ${code(mask.effective.join(' | '))}`] : [];
  const asked = mask && mask.text !== '' ? ` with ${code(mask.text)}` : '';
  const state = sleeps
    ? `${forbids ? '**may sleep**' : 'may sleep'}${mask ? '' : ` (${prose(sleeps.why)})`}${sleeps.sure ? '' : ', not on every path'}`
    : 'does not sleep';
  const words = [...masks, state, ...(always ? [] : ['held on some paths to it only'])].join(', ');
  return [
    `- line ${line}: ${code(`${call}()`)}${asked}${mask ? ',' : ''} ${words}`,
    ...(sleeps?.path ?? []).slice(0, MAX_STEPS).map((step) => `  - ${link(step)}${step.what === '' ? '' : `: ${prose(step.what)}`}`),
  ];
}

/** '?.lock' is a field of an unknown structure. */
const isKnown = (lockClass: string): boolean => lockClass !== '' && !lockClass.startsWith('?');
