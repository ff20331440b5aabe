/** How a call may sleep, before its arguments have their say: by the catalogue, by what the tree knows of the callee, by the functions it is given. */
import type { AllocatorEntry, SleeperEntry } from '../catalog/model.js';
import type { CallEvent, Expr, FunctionFacts } from '../facts/model.js';
import { isNonzero } from './bind.js';
import type { CallEffects, Held, ParamCondition, SleepWitness } from './model.js';
import { lockText } from './text.js';
import type { Transfer } from './transfer.js';
import { lockClass, structOf, typeOf } from './types.js';

/** Whether code of that file is an architecture's own, where the call need not sleep. */
export const isMappedIn = ({ unsureIn }: SleeperEntry, path: string): boolean =>
  unsureIn?.some((folder) => path.startsWith(folder)) === true;

/** What a call does itself and through the functions that it is given to run. */
export function effectsOf(t: Transfer, ev: CallEvent): CallEffects | undefined {
  const own = ownEffects(t, ev);
  const runs = typeof ev.fn === 'string' ? t.called(ev.fn).runs : [];
  if (!runs.length) return own;
  const given = runs.flatMap((i) => runEffects(t, ev.args[i]));
  return given.length ? { ...own, sleeps: [...(own?.sleeps ?? []), ...given] } : own;
}

/** How a function that is handed over to be run may sleep, whatever it is given. */
function runEffects(t: Transfer, arg: Expr | undefined): readonly SleepWitness[] {
  const fn = Array.isArray(arg) && arg[0] === 'u' && arg[1] === '&' ? arg[2] : arg;
  if (typeof fn !== 'string' || t.paramIndex(fn) !== undefined) return [];
  const { sleeps } = t.know.effects(fn, t.ref.file, t.ref.facts) ?? { sleeps: [] };
  return sleeps.filter((w) => w.when.length === 0 && !w.tail?.fields?.length && w.drops.every((d) => !d.text.includes('$')));
}

/** What the catalogue says of the called primitive, else what the tree knows of the callee. */
function ownEffects(t: Transfer, ev: CallEvent): CallEffects | undefined {
  if (typeof ev.fn === 'string') {
    const { lock, sleeper, allocator } = t.called(ev.fn);
    if (lock) {
      if (lock.op !== 'open' || !lock.sleeps) return undefined;
      return {
        sleeps: [
          { kind: 'lock', api: ev.fn, why: LOCK_WORDS[lock.kind] ?? 'takes a sleeping lock', path: [], when: [], drops: [], sure: true },
        ],
      };
    }
    if (sleeper) {
      const given = sleeper.when && 'nonzero' in sleeper.when ? isNonzero(t, ev.args[sleeper.when.nonzero]) : undefined;
      if (given === false) return undefined;
      const when: ParamCondition[] =
        !sleeper.when || given
          ? []
          : 'gfp' in sleeper.when
            ? [{ index: sleeper.when.gfp, op: 'blocking', value: 0 }]
            : [{ index: sleeper.when.nonzero, op: '!=', value: 0 }];
      const drops = sleeper.drops === undefined ? [] : [droppedLock(t, ev, sleeper.drops)];
      return {
        sleeps: [
          {
            kind: 'wait',
            api: ev.fn,
            why: sleeper.why,
            path: [],
            when,
            drops,
            sure: sleeper.sure && !isMappedIn(sleeper, t.ref.file.path),
            ...(sleeper.fault ? { faults: true } : {}),
            ...(sleeper.yields ? { yields: true } : {}),
          },
        ],
      };
    }
    if (allocator) return allocator.drops === undefined ? undefined : { sleeps: [dropping(t, ev, allocator)] };
  }
  return operationEffects(t, ev) ?? t.know.effects(ev.fn, t.ref.file, t.ref.facts);
}

/** A call through a field of which the catalogue knows that every implementation allocates. */
function operationEffects(t: Transfer, ev: CallEvent): CallEffects | undefined {
  if (!Array.isArray(ev.fn) || (ev.fn[0] !== '->' && ev.fn[0] !== '.')) return undefined;
  const field = ev.fn[2];
  const why = t.cat.allocatingOperation(structOf(typeOf(ev.fn[1], t.ref.facts, t.ref.file, t.know)), field);
  return why === undefined ? undefined : { sleeps: [{ kind: 'alloc', api: field, why, path: [], when: [], drops: [], sure: true }] };
}

/** What a local pointer is given once: `xa = &x->ids`. */
export function pointedTo(facts: FunctionFacts, arg: Expr | undefined): Expr | undefined {
  if (typeof arg !== 'string' || !(arg in facts.body!.vars)) return arg;
  const values = facts.body!.blocks.flatMap(({ ev }) => ev.flatMap((e) => (e.k === 'set' && e.to === arg ? [e.value] : [])));
  const [only] = values;
  return values.length === 1 && Array.isArray(only) && only[0] === 'u' && only[1] === '&' ? only : arg;
}

/** The lock that a call lets go of while it sleeps, by the argument that names its object. */
function droppedLock(t: Transfer, ev: CallEvent, argument: number, known?: string): Held {
  const arg = pointedTo(t.ref.facts, ev.args[argument]);
  return {
    kind: 'spin',
    text: lockText(arg),
    class: known ?? (arg === undefined ? '' : lockClass(arg, t.ref.facts, t.ref.file, t.know)),
    atomic: true,
    rtAtomic: false,
    at: t.where(ev.pos),
    origin: 'local',
  };
}

/** __xa_alloc() and its kin let go of the lock they are called under while they allocate with a blocking mask. */
function dropping(t: Transfer, ev: CallEvent, allocator: AllocatorEntry): SleepWitness {
  return {
    kind: 'alloc',
    api: ev.fn as string,
    why: 'allocates with the mask it is given',
    path: [],
    drops: [droppedLock(t, ev, allocator.drops!, allocator.lock)],
    sure: true,
    when: allocator.gfp === null ? [] : [{ index: allocator.gfp, op: 'blocking', value: 0 }],
  };
}

const LOCK_WORDS: Record<string, string> = {
  mutex: 'takes a mutex',
  rwsem_read: 'takes a read-write semaphore for reading',
  rwsem_write: 'takes a read-write semaphore for writing',
  semaphore: 'takes a semaphore',
  page_lock: 'waits for a page lock',
  sock_lock: 'takes the socket lock',
  percpu_rwsem: 'takes a per-cpu read-write semaphore',
  ww_mutex: 'takes a wound-wait mutex',
  rt_mutex: 'takes an rt_mutex',
  handle: 'starts a journal handle',
};
