/**
 * Drives one request at a time with nobody but kswapd in the machine: time passes, sleeps end by their timeout, and a loop that
 * comes round again with memory unchanged is recognised as endless.
 */
import type { Effect, Env, OomControl, OomVerdict, Step } from '../alloc/env.js';
import { allowsFs } from '../gfp.js';
import type { Task } from '../alloc/alloc-flags.js';
import { shrink, SWAP_CLUSTER_MAX } from '../alloc/reclaim.js';
import type { Machine } from '../machine/machine.js';

export interface TraceEvent {
  t: number;
  actor: string;
  event: string;
  [key: string]: string | number | boolean;
}

/** What out_of_memory() finds when it looks for a victim. 'stop' ends the run at the call. */
export type OomPolicy = 'stop' | 'frees' | 'hangs' | 'nobody';

export class LoopStopped extends Error {
  override readonly name = 'LoopStopped';
}

/** Rounds of an unbounded loop with nothing changed after which it is taken to be endless. */
const SAME_ROUNDS = 3;
/** Events kept per run; more are counted, not kept. */
const MAX_EVENTS = 500;
/** Nominal time of one balance step of kswapd, milliseconds. */
const KSWAPD_MS = 0.1;

export class AloneDriver implements Env {
  readonly events: TraceEvent[] = [];
  droppedEvents = 0;
  private clock = 0;
  private readonly kernelMask: number;
  private signature = '';
  private sameRounds = 0;
  readonly oom: OomControl;
  readonly pfmemallocWait = { name: 'pfmemalloc_wait' };
  /** The OOM killer was called and would have killed. */
  oomReached = false;
  kills = 0;
  /** WARN ids of all requests driven. */
  readonly warned: string[] = [];

  constructor(
    readonly machine: Machine,
    readonly policy: OomPolicy,
    private readonly victimPages = 0,
    readonly traced = true,
  ) {
    this.kernelMask = machine.profile.composites.get('GFP_KERNEL') ?? 0;
    this.oom = { busy: () => false, call: (gfp, task) => this.outOfMemory(gfp, task) };
  }

  get profile(): Machine['profile'] {
    return this.machine.profile;
  }

  now(): number {
    return this.clock;
  }

  event(name: string, data: Record<string, string | number | boolean> = {}): void {
    if (name === 'warn' && typeof data.id === 'string' && !this.warned.includes(data.id)) this.warned.push(data.id);
    if (!this.traced) return;
    if (this.events.length < MAX_EVENTS) this.events.push({ t: round3(this.clock), actor: 'requester', event: name, ...data });
    else this.droppedEvents++;
  }

  wakeKswapd(): void {
    this.machine.kswapdAwake = true;
  }

  reclaimLocks(): readonly string[] {
    return [];
  }

  /** Tests of out_of_memory() in the kernel's order. */
  private outOfMemory(gfp: number, task: Task): OomVerdict {
    if (task.dying && !task.oomVictim) return 'self';
    if (task.oomVictim) return 'self';
    if (!allowsFs(gfp)) return 'not-with-nofs';
    this.oomReached = true;
    if (this.policy === 'nobody') return 'panic';
    if (this.policy === 'stop') throw new LoopStopped('oom');
    if (this.policy === 'hangs' || this.kills > 0) {
      const first = this.kills === 0;
      this.kills = 1;
      return first ? 'killed' : 'pending';
    }
    this.kills = 1;
    this.machine.freePages(this.victimPages);
    return 'killed';
  }

  /**
   * kswapd between two rounds of a looping request: it reclaims with every right until all zones are above high, or gives up
   * after sixteen fruitless runs. Whether waiters may go on.
   */
  private kswapd(): boolean {
    const m = this.machine;
    const before = m.free;
    while (!m.kswapdHopeless && m.zones.some((z) => z.buddy.free <= z.high + z.boost)) {
      if (shrink(m, this.kernelMask, SWAP_CLUSTER_MAX) === 0) m.kswapdHopeless = true;
      this.clock += KSWAPD_MS;
    }
    if (m.free > before) this.event('kswapd', { freed: m.free - before });
    return m.free > before || m.kswapdHopeless;
  }

  /** Runs a step to its end. Throws LoopStopped when it loops without change, or at the OOM call under policy 'stop'. */
  drive<T>(step: Step<T>): T {
    this.signature = '';
    this.sameRounds = 0;
    let answer = false;
    for (;;) {
      const next = step.next(answer);
      if (next.done) return next.value;
      answer = this.apply(next.value);
    }
  }

  private apply(effect: Effect): boolean {
    switch (effect.do) {
      case 'run':
        this.clock += effect.ms;
        return false;
      case 'sleep':
        this.clock += effect.ms;
        this.event('sleep', { why: effect.why, ms: effect.ms });
        return false;
      case 'wait':
        if (effect.on === this.pfmemallocWait && this.kswapd()) return true;
        if (effect.ms === Infinity) throw new LoopStopped(`waits for ever: ${effect.why}`);
        this.clock += effect.ms;
        this.event('sleep', { why: effect.why, ms: effect.ms });
        return false;
      case 'lock':
      case 'unlock':
        return false;
      case 'round': {
        if (this.machine.kswapdAwake) this.kswapd();
        const r = this.machine.reclaimable;
        const now = `${this.machine.free}/${r.cleanFile}/${r.anon}/${r.slabAny}/${r.slabFs}/${r.writeback}/${this.kills}`;
        this.sameRounds = now === this.signature ? this.sameRounds + 1 : 0;
        this.signature = now;
        if (this.sameRounds >= SAME_ROUNDS) throw new LoopStopped(effect.why);
        return false;
      }
    }
  }
}

/** Three decimals: what a run prints must not hang on the last bits of a double. */
export const round3 = (n: number): number => Math.round(n * 1000) / 1000;
