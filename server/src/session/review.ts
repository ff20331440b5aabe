/**
 * A change judged: the tree is audited as it was and as it is after the change, in memory, and the findings of both are
 * held against each other. What was there before stays unsaid.
 */
import type { AuditOptions, AuditResult, Problem } from '../engine.js';
import type { Host } from '../host/host.js';
import { OverlayHost } from '../host/overlay.js';
import { readable } from '../patch/model.js';
import { functionAround, newSide, oldSide, type SideLine } from '../patch/sides.js';
import { KeptLost } from '../index/kept/tree.js';
import type { Finding } from '../rules/model.js';
import { audit, type AuditedTree } from './audit.js';
import { causeOf, type Cause, type Side } from './cause.js';
import { prepareChange, type ChangeRequest, type PreparedChange, type Step } from './change.js';
import { identitiesOf, matchIdentities, type Identity } from './identity.js';
import { quickStates } from './quick.js';
import { findRoot } from './root.js';
import { looksAt } from './scope-of-run.js';
import { addTouched, noTouched, type TouchedRecords } from './touched.js';
import { decodeSource } from '../syntax/decode.js';

/** Where in a change a finding comes from; `data.cause` of a finding. */
export interface CauseRecord {
  /** Number of the patch in its series, from 1; 0 where the change is a difference to a revision. */
  patch: number;
  /** Line of the patch; of the file's new version where there is no patch. */
  line: number;
  /** The code it stands by, on the side of the change that the finding is of. */
  file: string;
  fileLine: number;
  /** The line's own text. */
  text: string;
  how: Cause['how'];
}

export interface PatchRecord {
  name: string;
  subject: string;
  author: string;
  messageId: string;
  files: string[];
  /** Its lines, for quoting. */
  lines: string[];
}

export interface ChangeReport {
  /** What the tree was held against: a revision, or 'the tree' itself. */
  against: string;
  /** Each patch was judged by itself. */
  each: boolean;
  patches: PatchRecord[];
  /** Findings that the change mends, where they stood. */
  mended: Finding[];
  /** Findings that stand before and after in functions that the change touches. */
  unchanged: number;
  touched: {
    files: string[];
    functions: { file: string; function: string }[];
    /** Those findings. */
    known: Finding[];
  } & TouchedRecords;
  /** Texts, after the change, of the files that findings stand in and that the disk does not have so. */
  texts: { file: string; text: string }[];
}

/** An audit of a tree, or of a change where one is asked for. @throws {InputError} */
export function auditOrReview(host: Host, options: AuditOptions): Promise<AuditResult> {
  const { change } = options;
  return change ? review(host, { ...options, change }) : audit(host, options);
}

/** How a change is judged; both ways say the same. */
export interface Lanes {
  /** By revisions of a linked tree, where the change allows it. */
  quick: boolean;
  /** That tree, as it is on disk, for one who judges many changes of it. */
  linked?: AuditedTree;
  /** What an audit of all paths, with the same options, says of the tree as it is on disk. */
  disk?: AuditResult;
}

/** @throws {InputError} as `audit` does, and for a change that cannot be read or applied */
export async function review(
  host: Host,
  options: AuditOptions & { change: ChangeRequest },
  lanes: Lanes = { quick: true },
): Promise<AuditResult> {
  const started = host.now();
  const { change: request, ...plain } = options;
  const start = host.resolve(options.root ?? '.');
  const root = options.root ? start : await findRoot(host, start);
  const base = root ?? start;
  const change = await prepareChange(host, base, request);
  // Outside a kernel tree the names of files follow the folder that is audited: all of it is, and the paths asked for are picked out.
  const paths = root !== null && options.paths.length > 0 ? options.paths : [base];
  const asked = looksAt(
    { problems: [] },
    {
      paths: options.paths.length > 0 ? options.paths.map((path) => host.relative(base, host.resolve(path))) : ['.'],
      excluded: () => false,
    },
  );
  const states: States = { host, change, base, paths, options: { ...plain, ...(root === null ? {} : { root }), want: 'findings' } };
  // Without a cache folder the states share a store in memory all the same, or each would read the whole tree.
  if (options.cacheDir === null)
    Object.assign(states, { host: new OverlayHost(host, new Map(), true), options: { ...states.options, cacheDir: MEMORY } });
  const quick = lanes.quick ? await quickOrNot(states, lanes.linked) : null;
  const results = quick ?? (await wholeAudits(states, lanes.disk));
  const last = results.at(-1)!;
  const { findings, report } = await judged(host, change, results, asked);
  const { files, sites } = report.touched;
  const stats = { ...last.stats, reported: files.length, sites: sites.added.length + sites.removed.length + sites.changed.length };
  const run = { ...last.run, seconds: (host.now() - started) / 1000 };
  return { ...last, run, stats, findings, problems: problemsOf(change, results), change: report };
}

/** A folder's name for the store that no disk has. */
const MEMORY = 'memory';

interface States {
  host: Host;
  change: PreparedChange;
  base: string;
  paths: string[];
  options: AuditOptions;
}

/** Null too where another run writes over the linked tree while this one reads it: whole audits link it anew. */
async function quickOrNot({ host, change, base, options }: States, linked: AuditedTree | undefined): Promise<AuditResult[] | null> {
  try {
    return await quickStates(host, base, change, options, linked);
  } catch (error) {
    if (error instanceof KeptLost) return null;
    throw error;
  }
}

/** A whole audit of each state. */
async function wholeAudits({ host, change, paths, options }: States, disk: AuditResult | undefined): Promise<AuditResult[]> {
  const { onProgress } = options;
  const results: AuditResult[] = [];
  // The disk first: what is read for it goes to the cache, and the other states find it there.
  const order = [change.disk, ...change.states.map((_, i) => i).filter((i) => i !== change.disk)];
  for (const [n, i] of order.entries()) {
    if (i === change.disk && disk) {
      results[i] = disk;
      continue;
    }
    const phase = `${n + 1}/${order.length} `;
    results[i] = await audit(i === change.disk ? host : new OverlayHost(host, change.states[i]!), {
      ...options,
      paths,
      // Threads read the disk themselves, which knows nothing of the change.
      jobs: i === change.disk ? options.jobs : 1,
      ...(onProgress && { onProgress: (progress) => onProgress({ ...progress, phase: phase + progress.phase }) }),
    });
  }
  return results;
}

async function judged(
  host: Host,
  change: PreparedChange,
  results: readonly AuditResult[],
  asked: (file: string) => boolean,
): Promise<{ findings: Finding[]; report: ChangeReport }> {
  const report: ChangeReport = {
    against: change.against,
    each: change.steps.length > 1,
    patches: change.patches.map((patch, i) => ({
      name: patch.name,
      subject: patch.subject,
      author: patch.author,
      messageId: patch.messageId,
      files: patch.files.map(({ from, to }) => to ?? from ?? ''),
      lines: (change.lines[i] ?? []).map(readable),
    })),
    mended: [],
    unchanged: 0,
    touched: { files: [], functions: [], known: [], ...noTouched() },
    texts: [],
  };
  const findings: Finding[] = [];
  const touchedFiles = new Set<string>();
  for (const step of change.steps) {
    const sides = await sidesOf(step);
    const [before, after] = [results[step.before]!, results[step.after]!];
    const { pairs, fresh, gone, unfolded } = matchIdentities(identitiesOf(before), identitiesOf(after), movedBy(step, sides));
    const functions = functionsTouched(sides.after);
    const touches = (file: string, name: string): boolean => functions.some((one) => one.file === file && one.function === name);
    for (const i of fresh) {
      const finding = after.findings[i]!;
      if (asked(finding.at.file)) findings.push(withCause(finding, sides.after, change, 'because of'));
    }
    for (const i of gone) {
      const finding = before.findings[i]!;
      if (asked(finding.at.file)) report.mended.push(withCause(finding, sides.before, change, undefined));
    }
    const stays = [...pairs.map(([, now]) => now), ...unfolded].map((now) => after.findings[now]!).filter(({ at }) => asked(at.file));
    report.touched.known.push(...stays.filter((finding) => touches(finding.at.file, finding.function)));
    report.touched.functions.push(...functions);
    await addTouched(report.touched, after.kernel.version, sides, (path) => step.touched.get(path)?.origin ?? path);
    for (const file of step.touched.keys()) touchedFiles.add(file);
  }
  report.touched.files = [...touchedFiles].sort((a, b) => (a < b ? -1 : 1));
  report.touched.functions = unique(report.touched.functions);
  report.unchanged = report.touched.known.length;
  report.texts = textsFor(host, change, results.at(-1)!.root, findings);
  return { findings, report };
}

const unique = <T>(items: readonly T[]): T[] => [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];

interface Sides {
  before: Map<string, readonly SideLine[]>;
  after: Map<string, readonly SideLine[]>;
}

async function sidesOf({ touched, textBefore }: Step): Promise<Sides> {
  const sides: Sides = { before: new Map(), after: new Map() };
  const by = new Map([...touched.values()].flatMap((file) => (file?.origin ? [[file.origin, file] as const] : [])));
  for (const [path, file] of touched) {
    if (file) sides.after.set(path, newSide(file));
    const old = await textBefore(path);
    if (old !== null) sides.before.set(path, oldSide(old, by.get(path) ?? null));
  }
  return sides;
}

/** Where the code of an old finding is now: in the file's new name, or where the one file that has its function took it. */
function movedBy({ touched }: Step, { after }: Sides): (id: Identity) => string {
  const renamed = new Map(
    [...touched].flatMap(([path, file]) => (file?.origin && file.origin !== path ? [[file.origin, path] as const] : [])),
  );
  const defines = (file: string, name: string): boolean => {
    const head = new RegExp(`^(?![\\s#*/]).*\\b${name}\\s*\\([^;]*$`);
    return (after.get(file) ?? []).some(({ text }, i, lines) => head.test(text) && functionAround(lines, i)?.name === name);
  };
  return ({ file, function: name }) => {
    const now = renamed.get(file) ?? file;
    if (name === '' || !touched.has(now) || defines(now, name)) return now;
    const others = [...after.keys()].filter((other) => other !== now && defines(other, name));
    return others.length === 1 ? others[0]! : now;
  };
}

function withCause(finding: Finding, side: Side, change: PreparedChange, words: string | undefined): Finding {
  const cause = causeOf(finding, side);
  if (!cause) return finding;
  const { origin, file, line, how } = cause;
  const numbered = change.lines.length > 0;
  const text = readable(side.get(file)?.[line - 1]?.text ?? '').trim();
  const record: CauseRecord = { patch: numbered ? origin.patch + 1 : 0, line: origin.line, file, fileLine: line, text, how };
  const data = { ...finding.data, cause: record };
  if (words === undefined || how === 'here') return { ...finding, data };
  const of = change.patches.length > 1 ? change.patches[origin.patch]!.name : 'the patch';
  const where = numbered ? `line ${origin.line} of ${of}` : `${file}:${line}, changed since ${change.against}`;
  return { ...finding, data, message: `${finding.message.replace(/\.$/, '')}, ${words} ${where}.` };
}

function functionsTouched(side: Side): { file: string; function: string }[] {
  const out: { file: string; function: string }[] = [];
  for (const [file, lines] of side) {
    let known = -1;
    lines.forEach(({ origin, beside }, i) => {
      if ((!origin && !beside) || i <= known) return;
      const around = functionAround(lines, i);
      if (!around) return;
      known = around.to;
      out.push({ file, function: around.name });
    });
  }
  return out;
}

/** What the disk does not have: the new text of files that findings stand in. */
function textsFor(host: Host, { states }: PreparedChange, root: string, findings: readonly Finding[]): ChangeReport['texts'] {
  const last = states.at(-1)!;
  return [...new Set(findings.map(({ at }) => at.file))].flatMap((file) => {
    const bytes = last.get(host.resolve(file, root));
    return bytes ? [{ file, text: decodeSource(bytes) }] : [];
  });
}

function problemsOf(change: PreparedChange, results: readonly AuditResult[]): Problem[] {
  const all = new Map<string, Problem>();
  for (const problem of [...change.problems, ...results.flatMap((result) => result.problems)]) all.set(JSON.stringify(problem), problem);
  return [...all.values()];
}
