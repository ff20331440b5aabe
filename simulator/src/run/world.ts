/**
 * Several actors in one machine: a discrete-event run. Actors are generators that yield what they wait for; the world keeps
 * the clock, locks, wait queues and the trace. Ties in time are broken by order of scheduling, so a run is deterministic.
 */
import type { Effect, Env, Step, WaitQueue } from '../alloc/env.js';
import type { Task } from '../alloc/alloc-flags.js';
import { allowsFs } from '../gfp.js';
import type { Machine } from '../machine/machine.js';
import { round3, type TraceEvent } from './alone.js';
import { OomKiller } from './oom.js';
import { Rng } from './rng.js';
import { Series } from './series.js';
import { WaitGraph } from './waitgraph.js';

export interface Actor {
  readonly name: string;
  readonly task: Task;
  /** Locks that reclaim entered by this actor would take, by what the mask must allow. */
  reclaimLocks: { lock: string; needs: 'fs' | 'any' }[];
  step: Step<unknown>;
  /** Increased with every resumption: a wake-up or timeout for an older value is void. */
  turn: number;
  waitingOn: WaitQueue | undefined;
  done: boolean;
  /** Background actors (kswapd, disk) do not keep the run going. */
  background: boolean;
  sleptMs: number;
  wakeups: number;
  /** Rounds of an unbounded loop in a row, and when the last one was. */
  rounds: number;
  lastRound: number;
}

interface Due {
  t: number;
  seq: number;
  actor: Actor;
  turn: number;
  woken: boolean;
}

const MAX_EVENTS = 1000;
/** Time a looping task leaves to others per round: grows with the loop, forgotten after a gap. */
const ROUND_MS = 0.05;
const ROUND_MAX_MS = 4;
const ROUND_GAP_MS = 8;
/** Resumptions after which a run without passing time is taken for a fault of the model. */
const MAX_STEPS = 3_000_000;

export class World {
  readonly rng: Rng;
  readonly series: Series;
  readonly events: TraceEvent[] = [];
  readonly graph = new WaitGraph();
  readonly oom: OomKiller;
  readonly pfmemallocWait: WaitQueue = { name: 'pfmemalloc_wait' };
  readonly kswapdWait: WaitQueue = { name: 'kswapd_wait' };
  readonly warned: string[] = [];
  droppedEvents = 0;
  clock = 0;
  /** First cycle found in the wait-for graph. */
  cycle: string[] | undefined;
  /** The run reached its horizon with foreground actors still at work. */
  cutOff = false;
  lowestFree: number;
  private readonly due: Due[] = [];
  private seq = 0;
  private readonly actors: Actor[] = [];
  private readonly locks = new Map<string, { holder: Actor; waiters: Actor[] }>();
  private readonly sleepers = new Map<WaitQueue, Actor[]>();

  constructor(
    readonly machine: Machine,
    seed: number,
    /** Actors note the details of their requests. */
    private readonly traced = false,
  ) {
    this.rng = new Rng(seed);
    this.series = new Series(machine);
    this.oom = new OomKiller(this);
    this.lowestFree = machine.free;
  }

  event(actor: string, name: string, data: Record<string, string | number | boolean> = {}): void {
    if (name === 'warn' && typeof data.id === 'string' && !this.warned.includes(data.id)) this.warned.push(data.id);
    if (this.events.length < MAX_EVENTS) this.events.push({ t: round3(this.clock), actor, event: name, ...data });
    else this.droppedEvents++;
  }

  /** Adds an actor that starts at a time, milliseconds. `body` gets the environment its allocations run in. */
  spawn(name: string, task: Task, body: (env: Env, self: Actor) => Step<unknown>, o: { at?: number; background?: boolean } = {}): Actor {
    const actor: Actor = {
      name,
      task,
      reclaimLocks: [],
      step: undefined as unknown as Step<unknown>,
      turn: 0,
      waitingOn: undefined,
      done: false,
      background: o.background ?? false,
      sleptMs: 0,
      wakeups: 0,
      rounds: 0,
      lastRound: -Infinity,
    };
    actor.step = body(this.envFor(actor), actor);
    this.actors.push(actor);
    this.schedule(actor, o.at ?? 0, false);
    return actor;
  }

  private envFor(actor: Actor): Env {
    const world = this;
    return {
      machine: this.machine,
      profile: this.machine.profile,
      traced: this.traced,
      now: () => world.clock,
      event: (name, data) => world.event(actor.name, name, data),
      oom: { busy: () => world.oom.busy(), call: (gfp, task) => world.oom.call(actor, gfp, task) },
      wakeKswapd: () => world.wakeKswapd(),
      reclaimLocks: (gfp) => actor.reclaimLocks.filter((l) => l.needs === 'any' || allowsFs(gfp)).map((l) => l.lock),
      pfmemallocWait: this.pfmemallocWait,
    };
  }

  wakeKswapd(): void {
    if (!this.machine.kswapdHopeless) this.wake(this.kswapdWait);
  }

  /** Wakes all waiters of a queue, or the first `n`. */
  wake(queue: WaitQueue, n = Infinity): void {
    const list = this.sleepers.get(queue);
    if (!list) return;
    for (const actor of list.splice(0, Math.min(n, list.length))) {
      actor.waitingOn = undefined;
      this.graph.clear(actor.name);
      this.schedule(actor, this.clock, true);
    }
  }

  /** Whether any actor waits on the queue. */
  hasWaiters(queue: WaitQueue): boolean {
    return (this.sleepers.get(queue)?.length ?? 0) > 0;
  }

  private schedule(actor: Actor, t: number, woken: boolean): void {
    actor.turn++;
    const entry: Due = { t, seq: this.seq++, actor, turn: actor.turn, woken };
    let i = this.due.length;
    this.due.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(entry, this.due[parent]!)) break;
      this.due[i] = this.due[parent]!;
      i = parent;
    }
    this.due[i] = entry;
  }

  private pop(): Due | undefined {
    const top = this.due[0];
    const last = this.due.pop();
    if (!top || !last || this.due.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= this.due.length) break;
      if (child + 1 < this.due.length && before(this.due[child + 1]!, this.due[child]!)) child++;
      if (!before(this.due[child]!, last)) break;
      this.due[i] = this.due[child]!;
      i = child;
    }
    this.due[i] = last;
    return top;
  }

  /** Runs until every foreground actor is done, a deadlock is found, or the horizon (milliseconds) is reached. */
  run(horizonMs: number): void {
    this.series.sample(0);
    for (let steps = 0; ; steps++) {
      if (this.actors.every((a) => a.done || a.background)) return;
      if (this.cycle && this.foregroundStuck()) return;
      const next = this.pop();
      if (!next || next.t > horizonMs || steps > MAX_STEPS) {
        this.cutOff = true;
        this.clock = Math.max(this.clock, Math.min(horizonMs, next?.t ?? horizonMs));
        this.event('world', 'horizon', { ms: horizonMs });
        return;
      }
      if (next.turn !== next.actor.turn || next.actor.done) continue;
      this.clock = Math.max(this.clock, next.t);
      this.resume(next.actor, next.woken);
      this.lowestFree = Math.min(this.lowestFree, this.machine.free);
      this.series.sample(this.clock);
    }
  }

  /** Every foreground actor that is not done waits in the cycle found. */
  private foregroundStuck(): boolean {
    return this.actors.every((a) => a.done || a.background || this.graph.cycle(a.name) !== undefined);
  }

  private resume(actor: Actor, woken: boolean): void {
    if (actor.waitingOn) {
      const list = this.sleepers.get(actor.waitingOn);
      if (list) list.splice(list.indexOf(actor), 1);
      actor.waitingOn = undefined;
      this.graph.clear(actor.name);
    }
    let answer = woken;
    for (;;) {
      const next = actor.step.next(answer);
      if (next.done) {
        actor.done = true;
        this.event(actor.name, 'done');
        return;
      }
      if (this.apply(actor, next.value)) return;
      answer = false;
    }
  }

  /** Applies an effect; true when the actor has to be resumed later. */
  private apply(actor: Actor, e: Effect): boolean {
    switch (e.do) {
      case 'run':
        this.schedule(actor, this.clock + e.ms, false);
        return true;
      case 'sleep':
        actor.sleptMs += e.ms;
        actor.wakeups++;
        this.schedule(actor, this.clock + e.ms, false);
        return true;
      case 'wait':
        this.park(actor, e);
        return true;
      case 'lock':
        return this.lock(actor, e.lock);
      case 'unlock':
        this.unlock(actor, e.lock);
        return false;
      case 'round':
        this.schedule(actor, this.clock + this.roundMs(actor), false);
        return true;
    }
  }

  /** A loop yields the cpu to others at every round; the longer it loops the more of them compete with it. */
  private roundMs(actor: Actor): number {
    actor.rounds = this.clock - actor.lastRound > ROUND_GAP_MS ? 1 : actor.rounds + 1;
    actor.lastRound = this.clock;
    return Math.min(ROUND_MAX_MS, ROUND_MS * actor.rounds);
  }

  private park(actor: Actor, e: Extract<Effect, { do: 'wait' }>): void {
    const list = this.sleepers.get(e.on);
    if (list) list.push(actor);
    else this.sleepers.set(e.on, [actor]);
    actor.waitingOn = e.on;
    actor.wakeups++;
    if (e.ms === Infinity) actor.turn++;
    else this.schedule(actor, this.clock + e.ms, false);
  }

  private lock(actor: Actor, name: string): boolean {
    const held = this.locks.get(name);
    if (!held) {
      this.locks.set(name, { holder: actor, waiters: [] });
      return false;
    }
    held.waiters.push(actor);
    actor.turn++;
    this.event(actor.name, 'waits-for-lock', { lock: name, holder: held.holder.name });
    this.noteWait(actor, { what: `lock ${name}`, holders: [held.holder.name] });
    return true;
  }

  /** Enters a wait into the graph and keeps the first cycle it closes. */
  noteWait(actor: Actor, wait: { what: string; holders: readonly string[] }): void {
    this.graph.set(actor.name, wait);
    const cycle = this.graph.cycle(actor.name);
    if (cycle && !this.cycle) {
      this.cycle = cycle;
      this.event(actor.name, 'cycle', { length: cycle.length });
    }
  }

  private unlock(actor: Actor, name: string): void {
    const held = this.locks.get(name);
    if (!held || held.holder !== actor) throw new Error(`${actor.name} releases ${name} without holding it`);
    const next = held.waiters.shift();
    if (!next) {
      this.locks.delete(name);
      return;
    }
    held.holder = next;
    this.graph.clear(next.name);
    for (const w of held.waiters) this.graph.set(w.name, { what: `lock ${name}`, holders: [next.name] });
    this.schedule(next, this.clock, true);
  }
}

const before = (a: Due, b: Due): boolean => a.t < b.t || (a.t === b.t && a.seq < b.seq);
