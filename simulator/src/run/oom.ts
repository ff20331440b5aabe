/**
 * The OOM killer and the oom_reaper among actors. Read in mm/oom_kill.c of 5.10 to 7.2: a victim frees its memory when it
 * exits; when it cannot (it waits for a lock), the reaper takes its anonymous pages after two seconds, up to ten tries of a
 * tenth of a second, and then gives it up so that the next victim may be chosen.
 */
import type { OomVerdict } from '../alloc/env.js';
import type { Task } from '../alloc/alloc-flags.js';
import { allowsFs } from '../gfp.js';
import type { Actor, World } from './world.js';
import { makeTask } from '../alloc/alloc-flags.js';

const REAPER_TRIES = 10;
const REAPER_PAUSE_MS = 100;
/** Time a killed process needs to exit when nothing is in its way. */
const EXIT_MS = 20;
/** Time oom_lock is held by a kill. */
const KILL_MS = 1;

export interface Process {
  name: string;
  /** Anonymous pages that exit or the reaper frees. */
  pages: number;
  /** Lock it waits for and needs before it can exit. */
  blockedOn?: string;
  /** The reaper cannot take its mmap lock. */
  mmapLocked?: boolean;
  /** What the reaper runs into in the notifiers of the address space: a lock it waits for, or a refusal. */
  notifier?: { lock: string; blocks: boolean };
  state: 'running' | 'victim' | 'gone' | 'skipped';
}

const reaperOf = (p: Process): string => `oom_reaper(${p.name})`;

export class OomKiller {
  readonly processes: Process[] = [];
  kills = 0;
  /** Processes given up by the reaper. */
  skipped = 0;
  private busyUntil = -1;

  constructor(private readonly world: World) {}

  busy(): boolean {
    return this.world.clock < this.busyUntil;
  }

  addProcess(p: Omit<Process, 'state'>): Process {
    const process: Process = { ...p, state: 'running' };
    this.processes.push(process);
    return process;
  }

  /** out_of_memory() on behalf of an actor. */
  call(actor: Actor, gfp: number, task: Task): OomVerdict {
    if (task.dying) return 'self';
    if (!allowsFs(gfp)) return 'not-with-nofs';
    const pending = this.processes.find((p) => p.state === 'victim');
    if (pending) {
      this.world.noteWait(actor, { what: `the memory of the OOM victim ${pending.name}`, holders: [pending.name, reaperOf(pending)] });
      return 'pending';
    }
    const victim = this.processes.filter((p) => p.state === 'running').sort((a, b) => b.pages - a.pages)[0];
    if (!victim) return 'panic';
    this.kill(victim);
    return 'killed';
  }

  private kill(victim: Process): void {
    const { world } = this;
    victim.state = 'victim';
    this.kills++;
    this.busyUntil = world.clock + KILL_MS;
    world.event('oom-killer', 'kills', { victim: victim.name, pages: victim.pages });
    const self = this;
    world.spawn(
      victim.name,
      makeTask('oom-victim', []),
      function* () {
        if (victim.blockedOn !== undefined) {
          yield { do: 'lock', lock: victim.blockedOn };
          yield { do: 'unlock', lock: victim.blockedOn };
        }
        yield { do: 'run', ms: EXIT_MS };
        self.free(victim, 'exits');
      },
      { at: world.clock, background: true },
    );
    const reaper = reaperOf(victim);
    world.spawn(
      reaper,
      makeTask('kthread', []),
      function* () {
        yield { do: 'sleep', ms: world.machine.profile.oomReaperDelayHz * 1000, why: 'oom_reaper delay' };
        for (let i = 0; i < REAPER_TRIES && victim.state === 'victim'; i++) {
          if (!victim.mmapLocked && (!victim.notifier || victim.notifier.blocks)) {
            if (victim.notifier) {
              yield { do: 'lock', lock: victim.notifier.lock };
              yield { do: 'unlock', lock: victim.notifier.lock };
            }
            self.free(victim, 'is reaped');
            return;
          }
          yield { do: 'sleep', ms: REAPER_PAUSE_MS, why: 'oom_reaper tries again' };
        }
        if (victim.state !== 'victim') return;
        victim.state = 'skipped';
        self.skipped++;
        world.event('oom-killer', 'gives-up', { victim: victim.name });
      },
      { at: world.clock, background: true },
    );
  }

  private free(victim: Process, how: string): void {
    if (victim.state !== 'victim') return;
    victim.state = 'gone';
    this.world.machine.freePages(victim.pages);
    this.world.event('oom-killer', 'freed', { victim: victim.name, pages: victim.pages, how });
    this.world.wake(this.world.pfmemallocWait);
  }
}
