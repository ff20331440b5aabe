/** Runs an allocation site's context through the model of this tree's page allocator. */
import {
  siteVerdict,
  type Profile,
  type SiteVerdict,
  type Scope,
  type StateResult,
  type TaskContext,
} from '../../../simulator/src/index.js';
import type { FunctionFlow, MaskValue, Site } from '../flow/model.js';
import type { ReclaimTaking } from '../rules/model.js';

/** What findings and `sites` carry of a verdict: figures, and the sentences that hovers show. */
export interface Simulation {
  maySleep: boolean;
  mayFail: boolean;
  failsWhen: string[];
  /** Free memory at which it stops getting pages, as a fraction of the min watermark. */
  reserveFloor: number;
  oomKill: boolean;
  loops: boolean;
  /** Share (0 to 1) of GFP_ATOMIC's reserve that it may eat. */
  takesFromAtomic: number;
  warns: string[];
  deadlock?: string[];
  text: string;
  /** Result in each standard state of memory, from plenty to none. */
  states: Record<string, StateResult>;
  /** Those of the states in which a process is killed. */
  killsIn: string[];
}

/** What else than the site's own mask and order is tried. */
export interface Trial {
  /** The mask to try in place of the site's. */
  gfp?: ((mask: MaskValue) => number) | undefined;
  order?: number;
  /** Which of the masks that paths bring here is meant; the first known one when absent. */
  when?: ((mask: MaskValue) => boolean) | undefined;
}

/** The model's answer for a site, or for a variant of it; undefined where the mask is not known. */
export type Simulate = (site: Site, trial?: Trial) => SiteVerdict | undefined;

const MODEL_SCOPES: ReadonlySet<string> = new Set(['nofs', 'noio', 'noreclaim', 'pin']);

/** Verdict for a site as its first reachable state has it; undefined where the mask is not known there. */
export function verdictOf(
  flow: FunctionFlow,
  site: Site,
  profile: Profile,
  reclaimTakes?: (lockClass: string) => readonly ReclaimTaking[],
  trial: Trial = {},
): SiteVerdict | undefined {
  const i = site.requested.findIndex((m) => !m.unknown && m.params.length === 0 && (trial.when?.(m) ?? true));
  const mask = site.requested[i];
  const state = site.states[i];
  if (!mask || !state || (mask.must !== mask.may && !trial.gfp)) return undefined;
  const context = taskOf(flow);
  const order = trial.order ?? site.order;
  const scopes = [...new Set(state.scopes.map((s) => s.kind as string))].filter((k): k is Scope => MODEL_SCOPES.has(k));
  const reclaimLocks = reclaimTakes
    ? state.held
        .filter((h) => h.class !== '' && !h.atomic)
        .flatMap((h) =>
          reclaimTakes(h.class)
            .filter((t) => t.sure)
            .slice(0, 1)
            .map((t) => ({ name: h.class, needs: t.needs })),
        )
    : [];
  return siteVerdict({
    profile,
    gfp: trial.gfp?.(mask) ?? mask.must,
    api: site.api,
    context,
    scopes,
    ...(order === null ? {} : { order }),
    ...(reclaimLocks.length ? { reclaimLocks } : {}),
  });
}

const known = new WeakMap<SiteVerdict, Simulation>();

/** The plain data of a verdict; sites that share a run share the object. */
export function simulationData(v: SiteVerdict): Simulation {
  const old = known.get(v);
  if (old) return old;
  const data: Simulation = {
    maySleep: v.maySleep,
    mayFail: v.mayFail,
    failsWhen: v.failsWhen,
    reserveFloor: v.reserveFloor,
    oomKill: v.oomKill,
    loops: v.loops,
    takesFromAtomic: v.takesFromAtomic,
    warns: v.warns,
    ...(v.deadlock ? { deadlock: v.deadlock } : {}),
    text: v.text,
    states: Object.fromEntries(v.states.map((s) => [s.state, s.result])),
    killsIn: v.states.filter((s) => s.oomKills > 0).map((s) => s.state),
  };
  known.set(v, data);
  return data;
}

/** The model's task: an interrupt only when every known way in is one. */
function taskOf(flow: FunctionFlow): TaskContext {
  const tasks = new Set(flow.contexts.map((c) => c.task));
  if (tasks.size !== 1) return 'task';
  const [task] = tasks;
  return task === 'hardirq' || task === 'softirq' || task === 'kthread' ? task : 'task';
}
