/** The simulator's panel: runs, what a form can offer, and the request of an allocation in the text. */
import {
  answerSvg,
  answerText,
  APIS,
  CONTEXTS,
  describeGfp,
  profileById,
  PROFILE_IDS,
  RequestError,
  SCENARIOS,
  simulate,
  type SimulateRequest,
} from '../../../simulator/src/index.js';
import type { Known } from './session.js';
import { toPlace, toRange } from './positions.js';
import type { Place, SimulateParams, SimulateResult, SimulateRun, SimulatorChoices, SiteRequest } from './requests.js';

const MAX_RUNS = 4;

export function runSimulations({ runs, picture }: SimulateParams): SimulateResult {
  if (!Array.isArray(runs)) return { runs: [{ error: 'runs must be a list of requests' }] };
  return { runs: runs.slice(0, MAX_RUNS).map((request) => runOne(request, picture)) };
}

function runOne(request: SimulateRequest, picture: SimulateParams['picture']): SimulateRun {
  try {
    const answer = simulate(request);
    return { answer, text: answerText(answer), ...(picture ? { svg: answerSvg(answer) } : {}) };
  } catch (error) {
    if (error instanceof RequestError) return { error: error.message };
    throw error;
  }
}

/** @param known the document whose kernel comes first */
export function simulatorChoices(known: Known | undefined): SimulatorChoices {
  const kernel = known?.project.kernel.version ?? 'mainline';
  const profile = known?.project.live.cat.gfp ?? profileById(PROFILE_IDS[PROFILE_IDS.length - 1]!);
  return {
    kernels: [...PROFILE_IDS],
    kernel,
    scenarios: Object.entries(SCENARIOS).map(([name, words]) => ({ name, words })),
    apis: Object.values(APIS).flat(),
    contexts: [...CONTEXTS],
    scopes: ['nofs', 'noio', 'noreclaim', 'pin'],
    flags: [...profile.flags.keys()].filter((name) => !name.startsWith('___')),
  };
}

const SCOPES = /^(?:nofs|noio|noreclaim|pin)$/;

/** The request of the allocation at a place, in its own context; null when none stands there, or its mask is not known. */
export function siteRequest(known: Known, position: Place): SiteRequest | null {
  const { name, inspection, project, document } = known;
  const at = toPlace(position);
  const found = inspection.siteAt(name, at.line, at.column) ?? firstOnLine(known, at.line);
  if (!found) return null;
  const { record, site, flow } = found;
  const mask = site.requested.find((m) => !m.unknown && m.params.length === 0);
  const gfp = mask ? describeGfp(project.live.cat.gfp, mask.must).join('|') || '0' : 'GFP_KERNEL';
  const tasks = new Set(flow.contexts.map((c) => c.task));
  const [task] = tasks;
  const context = tasks.size === 1 && (task === 'hardirq' || task === 'softirq' || task === 'kthread') ? task : 'task';
  const scope = [...new Set(record.contexts.flatMap((c) => c.scopes))].filter((kind) => SCOPES.test(kind));
  const request: SimulateRequest = {
    kernel: project.kernel.version,
    gfp,
    context,
    ...(Object.values(APIS).flat().includes(record.api) ? { api: record.api } : {}),
    ...(record.order ? { order: record.order } : {}),
    ...(scope.length > 0 ? { scope } : {}),
  };
  const against = rival(known, request, record.line);
  return {
    title: `${record.api}(${record.gfp.text || gfp}) in ${record.function}()`,
    request,
    ...(against ? { against } : {}),
    location: { uri: document.uri, range: toRange({ ...record, endLine: record.line, endColumn: record.column + record.api.length }) },
    findings: inspection
      .findingsIn(name)
      .filter((f) => f.at.line === record.line)
      .map((f) => f.message),
  };
}

function firstOnLine({ name, inspection, document }: Known, line: number): ReturnType<Known['inspection']['siteAt']> {
  if (line < 1 || line > document.lineCount) return undefined;
  const text = document.getText({ start: { line: line - 1, character: 0 }, end: { line, character: 0 } });
  for (const { index } of text.matchAll(/\w+(?=\s*\()/g)) {
    const site = inspection.siteAt(name, line, index + 1);
    if (site) return site;
  }
  return undefined;
}

/** What to hold beside it: never failing beside a loop, staying out of file systems beside a deadlock. */
function rival({ name, inspection }: Known, request: SimulateRequest, line: number): SiteRequest['against'] {
  const gfp = request.gfp ?? 'GFP_KERNEL';
  if (inspection.loopsAt(name, line).length > 0 && !gfp.includes('__GFP_NOFAIL'))
    return { title: 'One request with __GFP_NOFAIL', request: { ...request, gfp: `${gfp}|__GFP_NOFAIL` } };
  const rules = new Set(
    inspection
      .findingsIn(name)
      .filter((f) => f.at.line === line)
      .map((f) => f.ruleId),
  );
  if (rules.has('reclaim-recursion'))
    return { title: 'The same in a nofs scope', request: { ...request, scope: [...(request.scope ?? []), 'nofs'] } };
  if (rules.has('sleep-in-atomic')) return { title: 'The same with GFP_ATOMIC', request: { ...request, gfp: 'GFP_ATOMIC' } };
  return undefined;
}
