/**
 * What a call through an operation does that more functions implement than are followed one by one. Where most of them sleep for certain, whoever
 * is called sleeps; where only some do, it depends. Said once for the operation, not for every call of it.
 */
import type { FunctionRef, SleepChain } from '../flow/model.js';
import type { CallbackContext } from '../catalog/model.js';
import { calleesOf } from './link.js';
import type { Summary } from './summary.js';
import { Way } from './way.js';

/** What most implementations of an operation do, as a way to sleep of the operation itself. */
export class OperationWay extends Way {
  readonly among: NonNullable<SleepChain['among']>;
  private unsure: OperationWay | undefined;

  /** @param first the implementation whose way is told */
  constructor(
    readonly first: FunctionRef,
    way: SleepChain,
    sure: boolean,
    among: NonNullable<SleepChain['among']>,
  ) {
    const { names, sleeping, of } = among;
    super({
      ...way,
      sure,
      depth: way.depth + 1,
      file: first.file.path,
      line: first.facts.line,
      function: first.facts.name,
      what: `one of ${of} implementations, of which ${sleeping} sleep for certain (${names.join(', ')})`,
      next: way,
    });
    this.among = among;
  }

  /** The same where something speaks against it. */
  get doubted(): OperationWay {
    return this.sure ? (this.unsure ??= new OperationWay(this.first, this.next!, false, this.among)) : this;
  }
}

/** Sleeping implementations that are named, and how many make an operation one that sleeps. */
const NAMED = 3;
const LEAST = 3;
/** Of this share of its implementations. */
const MOST = 0.6;
/** Implementations written so as not to sleep, as a share of those that do, beyond which an operation has users of both kinds. */
const FEW = 0.2;

/** Contexts in which a callback that sleeps is judged where it stands: the table of callbacks says that it must not. */
const ATOMIC: ReadonlySet<CallbackContext> = new Set<CallbackContext>([
  'hardirq',
  'softirq',
  'bh_off',
  'irq_off',
  'rcu',
  'atomic',
  'nmi',
  'non_block',
]);
export const runsAtomic = (context: CallbackContext | undefined): boolean => context !== undefined && ATOMIC.has(context);

/** Of an operation in two halves (`set`, `set_blocking`), the half that must not sleep. */
const SLEEPING_HALF = ['_blocking', '_cansleep', '_can_sleep', '_sleep', '_sleeping', '_nonatomic'];
export const otherHalves = (key: string): string[] => SLEEPING_HALF.map((suffix) => key + suffix);

/** A way to sleep that nothing decides but the call: no argument, no mode of an object, no lock that is let go of. */
const surely = (s: SleepChain): boolean => s.sure && s.when.length === 0 && !s.fields?.length && s.drops.length === 0;

/** What somebody calls who must not sleep: he tries a lock, waits by turning, or leaves it to a task. */
const AVOIDS =
  /trylock|^mdelay$|_atomic$|^(in_interrupt|in_atomic|in_task|irqs_disabled|preemptible)$|^(schedule|queue)_(delayed_)?work(_on)?$|^tasklet_(hi_)?schedule$/;

/**
 * @param known summaries of the implementations; undefined for one that is not summarised yet
 * @param gated the operation serves callers that must not sleep too, as its table says
 * @returns null where nothing sleeps for certain, undefined where that cannot be told yet
 */
export function operationWay(
  targets: readonly FunctionRef[],
  known: (ref: FunctionRef) => Summary | undefined,
  gated: boolean,
): OperationWay | null | undefined {
  const sleeping: { ref: FunctionRef; way: SleepChain }[] = [];
  let avoiding = 0;
  for (const ref of targets) {
    const summary = known(ref);
    if (!summary) return undefined;
    const way = shortest(summary.sleeps.filter(surely));
    if (way) sleeping.push({ ref, way });
    else if (summary.sleeps.length === 0 && calleesOf(ref).some((name) => AVOIDS.test(name))) avoiding++;
  }
  if (sleeping.length === 0) return null;
  const sure = !gated && sleeping.length >= LEAST && sleeping.length >= MOST * targets.length && avoiding <= FEW * sleeping.length;
  const [first] = sleeping.sort((a, b) => a.way.depth - b.way.depth || byPlace(a.ref, b.ref)) as [{ ref: FunctionRef; way: SleepChain }];
  const names = [...new Set(sleeping.map(({ ref }) => ref.facts.name))].slice(0, NAMED);
  return new OperationWay(first.ref, first.way, sure, { sleeping: sleeping.length, of: targets.length, names });
}

/** The same once it has been found, from one implementation's summary. */
export function wayThrough(first: FunctionRef, { sleeps }: Summary, sure: boolean, among: OperationWay['among']): OperationWay | null {
  const way = shortest(sleeps.filter(surely));
  return way ? new OperationWay(first, way, sure, among) : null;
}

const shortest = (ways: readonly SleepChain[]): SleepChain | undefined =>
  ways.reduce<SleepChain | undefined>((best, way) => (best && best.depth <= way.depth ? best : way), undefined);

const byPlace = (a: FunctionRef, b: FunctionRef): number =>
  a.file.path < b.file.path ? -1 : a.file.path > b.file.path ? 1 : a.facts.line - b.facts.line;
