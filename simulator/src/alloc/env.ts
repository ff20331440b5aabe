/** What the allocator's code sees of its surroundings, and how it hands time and waiting to whoever drives it. */
import type { Machine } from '../machine/machine.js';
import type { Profile } from '../profiles/types.js';
import type { Task } from './alloc-flags.js';
import type { Grant } from './freelist.js';

/** Timer ticks per second of the kernels measured (CONFIG_HZ=250). */
export const HZ = 250;
/** Milliseconds of one jiffy. */
export const JIFFY_MS = 1000 / HZ;

/** A place to wait at; waiters are woken by whoever holds the queue. */
export interface WaitQueue {
  readonly name: string;
}

/**
 * What a generator of the model asks of its driver: to spend cpu time, to sleep for a time, to wait for a wake-up, to take or
 * release a lock, or to note that it starts another round of a loop that has no bound of its own.
 */
export type Effect =
  | { do: 'run'; ms: number }
  | { do: 'sleep'; ms: number; why: string; killable?: boolean }
  | { do: 'wait'; on: WaitQueue; ms: number; why: string; killable?: boolean }
  | { do: 'lock'; lock: string }
  | { do: 'unlock'; lock: string }
  | { do: 'round'; why: string };

/** A step of the model: yields effects, is resumed with whether a wait ended by wake-up (true) or by timeout. */
export type Step<T> = Generator<Effect, T, boolean>;

/** What became of a call to the OOM killer. */
export type OomVerdict = 'killed' | 'pending' | 'notifier' | 'self' | 'not-with-nofs' | 'disabled' | 'panic';

export interface OomControl {
  /** oom_lock is held by another allocating task. */
  busy(): boolean;
  /** out_of_memory(): picks and kills a victim, or says why not. */
  call(gfp: number, task: Task): OomVerdict;
}

export interface Env {
  readonly machine: Machine;
  readonly profile: Profile;
  /** Milliseconds since the run began. */
  now(): number;
  event(name: string, data?: Record<string, string | number | boolean>): void;
  /** Whether anybody reads the events; details that cost time are left out otherwise. */
  readonly traced: boolean;
  readonly oom: OomControl;
  /** Wakes kswapd where there is one; nothing otherwise. */
  wakeKswapd(): void;
  /** Locks the caller holds that reclaim may need; taking one inside reclaim is a wait on oneself. */
  reclaimLocks(gfp: number): readonly string[];
  readonly pfmemallocWait: WaitQueue;
}

/** What one request went through. */
export interface Attempt {
  /** WARN ids raised. */
  warned: string[];
  reclaimRounds: number;
  compactRounds: number;
  oomPasses: number;
  oomKills: number;
  sleptMs: number;
  sleeps: number;
  /** Reserve the page came from, as a fraction of the min watermark left after it; 1 or more: none. */
  lowestOverMin: number;
}

export function newAttempt(): Attempt {
  return { warned: [], reclaimRounds: 0, compactRounds: 0, oomPasses: 0, oomKills: 0, sleptMs: 0, sleeps: 0, lowestOverMin: Infinity };
}

export function warn(env: Env, a: Attempt, id: string): void {
  if (a.warned.includes(id)) return;
  a.warned.push(id);
  env.event('warn', { id });
}

export type FailReason =
  | 'order-too-large'
  | 'non-blocking'
  | 'noreclaim'
  | 'noretry'
  | 'costly'
  | 'retries-exhausted'
  | 'oom-victim'
  | 'oom-not-allowed'
  | 'nofail-non-blocking'
  | 'memcg'
  | 'panic'
  | 'size-too-large'
  | 'unsupported'
  | 'no-element'
  | 'nolock';

export interface PageResult {
  grant?: Grant;
  reason?: FailReason;
  attempt: Attempt;
  /** Last mask and order the page allocator saw. */
  gfp: number;
  order: number;
}

export interface PageRequest {
  gfp: number;
  order: number;
  task: Task;
}

export const sleepFor = function* (a: Attempt, ms: number, why: string): Step<void> {
  a.sleptMs += ms;
  a.sleeps++;
  yield { do: 'sleep', ms, why };
};
