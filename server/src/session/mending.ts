/** An audit followed by its fixes: every finding asked about, those that somebody wants made put together, and again until none is left. */
import type { AuditOptions, AuditResult } from '../engine.js';
import type { Host } from '../host/host.js';
import { OverlayHost } from '../host/overlay.js';
import type { Finding, Fix, FixSafety } from '../rules/model.js';
import { editBytes, EncodeError } from '../syntax/encode.js';
import { auditTree } from './audit.js';
import { toFixedPoint, type Barred, type Seen } from './fixed-point.js';
import type { Mender, Mends } from './fixes.js';
import { mendedAll, withMender } from './mended.js';
import { mergedEdits, planFixes, type Chosen, type Plan } from './plan.js';

/** Fixes to make together. Plain data. */
export interface MendPlan {
  /** In the order in which they build upon each other; findings as the audit had them. */
  made: Chosen[];
  /** Fixes that cannot be made beside these, and why. */
  left: { finding: Finding; title: string; reason: string }[];
  /** What it must still hold (Host.hash of its bytes), and what it is to hold. */
  files: { file: string; hash: string; bytes: Uint8Array }[];
  /** The audit of the tree with all of them made. */
  after: AuditResult;
}

/** Which findings to mend (indices into the result's list), by fixes of which class; undefined for none. */
export interface MendRequest {
  findings: number[];
  safety: FixSafety;
}

/** The tree as on disk but for a few files, by absolute path. */
type State = ReadonlyMap<string, MendPlan['files'][number]>;

interface Look extends Seen<State> {
  result: AuditResult;
  /** Wanted findings for which a mend was thought of and found wanting. */
  refused: MendPlan['left'];
  asked: boolean;
}

/** A store's name for what is read only once: no disk has it. */
const MEMORY = 'memory';

/**
 * Audits, attaches to every finding its verified fixes, and plans those that `choose` asks for, and those that these make possible: `choose`
 * is asked about the result of every round. Nothing is written.
 */
export async function auditAndMend(
  host: Host,
  { fixes: _later, ...options }: AuditOptions,
  choose: (result: AuditResult) => Promise<MendRequest | undefined>,
): Promise<{ result: AuditResult; plan?: MendPlan }> {
  const started = host.now();
  // Without a cache folder the rounds share a store in memory all the same, or each would read the whole tree.
  const shared = options.cacheDir === null ? new OverlayHost(host, new Map(), true) : host;
  const cacheDir = options.cacheDir ?? MEMORY;
  const look = (round: number) => (state: State, barred: Barred) => {
    const told = options.onProgress && {
      onProgress: (p: Parameters<NonNullable<AuditOptions['onProgress']>>[0]) =>
        options.onProgress?.({ ...p, phase: round > 1 ? `round ${round}: ${p.phase}` : p.phase }),
    };
    // Threads read the disk themselves, which knows nothing of the edits.
    const jobs = round > 1 ? 1 : options.jobs;
    return lookAt(shared, state, { ...options, ...told, cacheDir, jobs }, choose, barred);
  };
  const start: State = new Map();
  const first = await look(1)(start, () => undefined);
  const { result } = first;
  if (!first.asked) return { result };
  let rounds = 1;
  const { made, left, last, original } = await toFixedPoint(start, first, (state, barred) => look(++rounds)(state, barred));
  return {
    result,
    plan: {
      made,
      left: [
        ...left.map(({ finding, fix, reason }) => ({ finding, title: fix.title, reason })),
        ...last.refused.map((one) => ({ ...one, finding: original(one.finding) })),
      ],
      files: [...last.next.values()],
      after: { ...last.result, run: { ...result.run, seconds: (host.now() - started) / 1000 } },
    },
  };
}

/** One round: the tree as `state` has it, audited, its findings with their fixes, and those that are wanted planned. */
async function lookAt(
  host: Host,
  state: State,
  options: AuditOptions,
  choose: (result: AuditResult) => Promise<MendRequest | undefined>,
  barred: Barred,
): Promise<Look> {
  const overlay = new Map([...state].map(([path, { bytes }]) => [path, bytes]));
  const over = new OverlayHost(host, overlay);
  const tree = await auditTree(over, options);
  return withMender(over, { ...tree, base: tree.result.root }, async (mender, held) => {
    const result = { ...tree.result, findings: await mendedAll(mender, tree.result.findings, options) };
    const wanted = await choose(result);
    const plan = wanted ? await planned(mender, result, wanted, barred) : { made: [], left: [] };
    const { next, plan: fitting } = withEdits(over, result.root, state, plan, held);
    const refused = (wanted?.findings ?? []).flatMap((i) => refusalOf(result.findings[i]!));
    return { result, refused, asked: wanted !== undefined, findings: [...result.findings, ...tree.echoes], plan: fitting, next };
  });
}

/** Why a finding without any fix has none. */
function refusalOf(finding: Finding): MendPlan['left'] {
  const [first] = (finding.data['fixRefused'] ?? []) as Mends['refusals'];
  return first && finding.fixes.length === 0 ? [{ finding, ...first }] : [];
}

async function planned(mender: Mender, { findings }: AuditResult, wanted: MendRequest, barred: Barred): Promise<Plan> {
  const left: Plan['left'] = [];
  const offers = wanted.findings.map((i) => {
    const finding = findings[i]!;
    const fits = (fix: Fix): boolean => {
      const reason = barred(finding, fix);
      if (reason !== undefined) left.push({ finding, fix, reason });
      return reason === undefined;
    };
    return { finding, fixes: finding.fixes.filter((fix) => fix.safety === 'safe' || wanted.safety === 'review').filter(fits) };
  });
  const plan = await planFixes(mender.audited, offers, wanted.safety);
  return { made: plan.made, left: [...left, ...plan.left] };
}

/** The state with a plan's edits made. Fixes that would touch what is no text are left. */
function withEdits(host: Host, root: string, state: State, plan: Plan, held: ReadonlyMap<string, Uint8Array>): { next: State; plan: Plan } {
  const next = new Map(state);
  const { made, left } = plan;
  const files = (list: readonly Chosen[]): Set<string> => new Set(list.flatMap(({ fix }) => fix.edits.map((e) => e.file)));
  for (const file of files(made)) {
    const path = host.resolve(file, root);
    const before = held.get(file)!;
    const edits = mergedEdits(made.map(({ fix }) => fix)).filter((e) => e.file === file);
    try {
      next.set(path, { file, hash: state.get(path)?.hash ?? host.hash(before), bytes: editBytes(before, edits) });
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error;
      const { message } = error;
      const lost = made.filter(({ fix }) => fix.edits.some((e) => e.file === file));
      const rest = made.filter((one) => !lost.includes(one));
      return withEdits(host, root, state, { made: rest, left: [...left, ...lost.map((one) => ({ ...one, reason: message }))] }, held);
    }
  }
  return { next, plan: { made, left } };
}
