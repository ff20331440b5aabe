/** An audit from request to result: prepare.ts says what is asked, linked-files.ts gives the linked tree, here it is judged and kept. */
import { compareText } from '../rules/order.js';
import { checkProgram } from './check.js';
import { mendedAll, withMender } from './mended.js';
import { linkedBefore, linkNow, sinceLast, type LinkedFiles } from './linked-files.js';
import { prepare, type Caches, type Plan } from './prepare.js';
import { renewed } from './renew.js';
import type { Stamp } from '../index/facts-cache.js';
import { KeptLost } from '../index/kept/tree.js';
import type { Program } from '../index/program.js';
import type { AuditOptions, AuditResult } from '../engine.js';
import type { Finding } from '../rules/model.js';
import type { KernelProfile } from '../catalog/model.js';
import type { Severity } from '../rules/model.js';
import type { Host } from '../host/host.js';

export { checkProgram, type CheckOptions } from './check.js';

/**
 * Audits files and folders of kernel C. Where nothing has changed since an audit with the same options, that one's result is given.
 * @throws {InputError} when the request cannot be answered; the abort signal's reason when it was aborted.
 */
export async function audit(host: Host, options: AuditOptions): Promise<AuditResult> {
  const plan = await prepare(host, options);
  const known = await kept(plan);
  if (known) return { ...known, run: { seconds: (host.now() - plan.started) / 1000, cached: known.stats.files, jobs: options.jobs } };
  const { result, unkept } = await resultOf(plan);
  // The tree takes ten times what its result does, and by now nobody holds it.
  host.release?.();
  await unkept?.keep();
  return result;
}

/** What is left of an audit without its tree. */
async function resultOf(plan: Plan): Promise<Pick<AuditedTree, 'result' | 'unkept'>> {
  const { result, unkept } = await perform(plan);
  return { result, unkept };
}

/** A finished audit with the linked tree that it was made from, for what comes after: fixes. */
export interface AuditedTree {
  result: AuditResult;
  /** Findings that `result` leaves out because another one says them. */
  echoes: Finding[];
  program: Program;
  profile: KernelProfile;
  rt: boolean;
  severities: Record<string, Severity>;
  /** The result is not on disk yet; absent where it is not to be. */
  unkept?: Unkept | undefined;
}

/** A result that may serve the next run. */
class Unkept {
  constructor(
    private readonly cache: Caches,
    private readonly stamps: ReadonlyMap<string, Stamp>,
    private readonly result: AuditResult & { echoes: Finding[] },
  ) {}

  async keep(): Promise<void> {
    await this.cache.runs?.save(this.cache.facts.digest(this.stamps), this.result);
  }
}

/** Like audit(), but always from the facts. */
export async function auditTree(host: Host, options: AuditOptions): Promise<AuditedTree> {
  const tree = await perform(await prepare(host, options));
  await tree.unkept?.keep();
  return tree;
}

/** A fix is tried by auditing what it reaches, a second or so each: on more files than these only --fix and --fix-dry-run ask for them. */
const FILES_MENDED = 3000;

/** The result of an earlier run over the very same files with the very same settings. */
async function kept(plan: Plan): Promise<Omit<AuditResult, 'run'> | null> {
  const { cache, options } = plan;
  if (!cache?.runs) return null;
  const since = await sinceLast(plan);
  const found = since && since.changed.length === 0 ? await cache.runs.load(cache.facts.digest(since.stamps)) : null;
  if (!found || options.shard) return found;
  const { echoes: _echoes, ...result } = found;
  return result;
}

async function perform(plan: Plan): Promise<AuditedTree> {
  let before: LinkedFiles | null = null;
  try {
    before = await linkedBefore(plan);
    if (before) return (await renewedResult(plan, before)) ?? (await judge(plan, before));
  } catch (error) {
    // Another run has written over what this one was reading.
    if (!(error instanceof KeptLost)) throw error;
  }
  return judge(plan, await linkNow(plan));
}

/** Findings and inventory of a linked tree; what may serve the next run is kept. */
async function judge(plan: Plan, linked: LinkedFiles): Promise<AuditedTree> {
  const { host, options, paths, base, asked, wanted, files, config, tree, rt, cache, started } = plan;
  const { shard } = options;
  const { program } = linked;
  const problems = [...plan.problems, ...linked.problems];
  const profile = tree.kernel;
  const severities = { ...config.file.rules, ...options.rules };
  const { findings, echoes, records, sites } = checkProgram(
    program,
    profile,
    { rt, rules: severities, minConfidence: options.minConfidence, ...(options.want && { want: options.want }) },
    options.linkOnly === true ? [] : files.map(({ name }) => name).filter((name) => wanted.has(name)),
    (done, total) => options.onProgress?.({ phase: 'check', done, total }),
  );
  // Decided by the request alone, so that every shard decides alike.
  const worthMending = (f: Finding): boolean => asked === 1 || f.confidence !== 'possible';
  const mended =
    options.fixes && asked <= FILES_MENDED
      ? await withMender(host, { program, profile, rt, severities, base }, async (mender) => ({
          findings: await mendedAll(mender, findings, options, worthMending),
          echoes: shard ? await mendedAll(mender, echoes, options, worthMending) : echoes,
        }))
      : { findings, echoes };
  const result: AuditResult = {
    root: base,
    kernel: {
      version: profile.version,
      profile: profile.id,
      from: tree.from,
      mismatches: profile.note ? [profile.note, ...tree.mismatches] : tree.mismatches,
    },
    run: { seconds: (host.now() - started) / 1000, cached: linked.cached, jobs: options.jobs },
    stats: { ...linked.stats, reported: plan.wanted.size, sites },
    findings: mended.findings,
    ...records,
    problems,
    ...(shard && { shard: { ...shard, options: shardOptions(host, base, paths, options, rt) }, echoes: mended.echoes }),
  };
  let unkept: Unkept | undefined;
  // What could not be read may be read the next time: such a run is not kept.
  if (cache?.runs && linked.problems.length === 0) {
    options.onProgress?.({ phase: 'keep', done: 0, total: 0 });
    const { stamps } = linked;
    if (stamps) {
      await cache.facts.saveStamps(stamps);
      // A shard of a run links what every other shard links: none of them is the one to write it.
      if (!shard) await cache.linked?.save(program, stamps, linked.stats);
    }
    const now = stamps ?? (cache.since?.changed.length === 0 ? cache.since.stamps : undefined);
    if (now) unkept = new Unkept(cache, now, { ...result, echoes: mended.echoes });
  }
  return { result, echoes, program, profile, rt, severities, unkept };
}

/** The result of a tree of which a few files have changed, from the result before; null where that is not kept. */
async function renewedResult(plan: Plan, { program, before, stats, cached }: LinkedFiles): Promise<AuditedTree | null> {
  const { host, options, wanted, asked, files, config, tree, rt, cache, started } = plan;
  if (!before || !cache?.runs || options.shard || options.linkOnly || (options.fixes && asked <= FILES_MENDED)) return null;
  const old = await cache.runs.load(cache.facts.digest(before.since.stamps));
  if (!old?.echoes) return null;
  const severities = { ...config.file.rules, ...options.rules };
  const { echoes, findings, records, sites } = renewed({
    old: { ...old, echoes: old.echoes },
    sites: old.stats.sites,
    before: before.program,
    revision: before.revision,
    moves: before.moves,
    changed: new Set(before.since.changed.map(({ name }) => name)),
    files: files.map(({ name }) => name).filter((name) => wanted.has(name)),
    judge: { profile: tree.kernel, gfp: program.cat.gfp, reclaimTakes: (lockClass) => program.reclaimTakes(lockClass) },
    options: { rt, rules: severities, minConfidence: options.minConfidence, ...(options.want && { want: options.want }) },
  });
  const result: AuditResult = {
    root: old.root,
    kernel: old.kernel,
    run: { seconds: (host.now() - started) / 1000, cached, jobs: options.jobs },
    stats: { ...stats, reported: wanted.size, sites },
    findings,
    ...records,
    problems: old.problems,
  };
  return { result, echoes, program, profile: tree.kernel, rt, severities };
}

/** What decides the findings beside the tree: shards that differ in it are no parts of one whole. */
function shardOptions(host: Host, base: string, paths: readonly string[], options: AuditOptions, rt: boolean): Record<string, unknown> {
  return {
    paths: paths.map((p) => host.relative(base, p)).sort(compareText),
    minConfidence: options.minConfidence,
    rules: options.rules,
    rt,
  };
}
