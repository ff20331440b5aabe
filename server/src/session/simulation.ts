/** Runs an allocation site's context through the model of this tree's page allocator. */
import { siteVerdict, type Profile, type SiteVerdict, type Scope, type TaskContext } from '../../../simulator/src/index.js';
import type { FunctionFlow, Site } from '../flow/model.js';
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
}

const MODEL_SCOPES: ReadonlySet<string> = new Set(['nofs', 'noio', 'noreclaim', 'pin']);

/** Verdict for a site as its first reachable state has it; undefined where the mask is not known there. */
export function verdictOf(flow: FunctionFlow, site: Site, profile: Profile, reclaimTakes?: (lockClass: string) => readonly ReclaimTaking[]): SiteVerdict | undefined {
  const i = site.requested.findIndex((m) => !m.unknown && m.params.length === 0);
  const mask = site.requested[i];
  const state = site.states[i];
  if (!mask || !state || mask.must !== mask.may) return undefined;
  const context = taskOf(flow);
  const scopes = [...new Set(state.scopes.map((s) => s.kind as string))].filter((k): k is Scope => MODEL_SCOPES.has(k));
  const reclaimLocks = reclaimTakes
    ? state.held.filter((h) => h.class !== '' && !h.atomic).flatMap((h) => reclaimTakes(h.class).filter((t) => t.sure).slice(0, 1).map((t) => ({ name: h.class, needs: t.needs })))
    : [];
  return siteVerdict({
    profile, gfp: mask.must, api: site.api, context, scopes,
    ...(site.order === null ? {} : { order: site.order }),
    ...(reclaimLocks.length ? { reclaimLocks } : {}),
  });
}

/** The plain data of a verdict. */
export function simulationData(v: SiteVerdict): Simulation {
  return {
    maySleep: v.maySleep, mayFail: v.mayFail, failsWhen: v.failsWhen, reserveFloor: v.reserveFloor, oomKill: v.oomKill, loops: v.loops,
    takesFromAtomic: v.takesFromAtomic, warns: v.warns, ...(v.deadlock ? { deadlock: v.deadlock } : {}), text: v.text,
  };
}

/** The model's task: an interrupt only when every known way in is one. */
function taskOf(flow: FunctionFlow): TaskContext {
  const tasks = new Set(flow.contexts.map((c) => c.task));
  if (tasks.size !== 1) return 'task';
  const [task] = tasks;
  return task === 'hardirq' || task === 'softirq' || task === 'kthread' ? task : 'task';
}
