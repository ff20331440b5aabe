/** `gfp-audit audit --fix`, `--fix=review`, `--fix-dry-run`: makes the fixes that were verified, or prints them as a diff. */
import { InputError, type AuditResult, type MendPlan, type MendRequest } from '../../engine.js';
import { ReadError, ReplaceError, type Replacement } from '../../host/host.js';
import { explainError } from '../../host/node-list.js';
import { writeAtomically } from '../../host/node-store.js';
import { unifiedDiff, type ChangedFile } from '../../report/diff.js';
import { printable } from '../../report/colour.js';
import type { Finding, FixSafety } from '../../rules/model.js';
import { UsageError, type Arguments } from '../arguments.js';
import type { Io } from '../io.js';
import { stringOption } from '../settings.js';

export interface FixMode {
  safety: FixSafety;
  dry: boolean;
}

/** What --fix and --fix-dry-run ask for; undefined when neither was given. @throws {UsageError} when both were */
export function fixMode(args: Arguments): FixMode | undefined {
  const [make, dry] = [args.flags.has('fix'), args.flags.has('fix-dry-run')];
  if (make && dry) throw new UsageError('--fix and --fix-dry-run exclude each other');
  if (!make && !dry) return undefined;
  return { safety: (stringOption(args, make ? 'fix' : 'fix-dry-run') ?? 'safe') as FixSafety, dry };
}

/** Asks for fixes of all findings that `shown` keeps. */
export function requestFor(all: AuditResult, shown: AuditResult, { safety }: FixMode): MendRequest {
  const at = new Map(all.findings.map((finding, i) => [finding, i]));
  return { safety, findings: shown.findings.flatMap((finding) => at.get(finding) ?? []) };
}

export interface Outcome {
  /** Fixes made, or printed. */
  made: MendPlan['made'];
  /** Something could not be written: the tree is not what the plan's audit saw. */
  failed: boolean;
}

/** Makes or prints a plan over the tree at `root`; what was done and what was not is said on stderr. */
export async function carryOut(io: Io, args: Arguments, root: string, plan: MendPlan, mode: FixMode): Promise<Outcome> {
  const where = ({ finding }: { finding: Finding }): string => `${finding.at.file}:${finding.at.line}`;
  const say = (line: string): unknown => io.err.write(`gfp-audit: ${printable(line)}\n`);
  const changed: ChangedFile[] = [];
  const made = new Set<MendPlan['made'][number]>();
  let failed = false;
  for (const group of together(plan)) {
    try {
      const replacements = await Promise.all(group.files.map((file) => replacement(io, root, file)));
      if (!mode.dry)
        await replaceAll(
          io,
          replacements.map((r) => r.file),
        );
      changed.push(...replacements.map((r) => r.change));
      for (const one of group.made) made.add(one);
    } catch (error) {
      if (!(error instanceof ReplaceError)) throw error;
      failed = true;
      say(`${io.host.relative(root, error.file)}: ${error.message}`);
      for (const one of group.made) say(`not done: ${where(one)}: ${one.fix.title}`);
    }
  }
  for (const one of plan.left) say(`not done: ${where(one)}: ${one.title}: ${one.reason}`);
  const outcome = { made: plan.made.filter((one) => made.has(one)), failed };
  if (mode.dry) await print(io, stringOption(args, 'output'), unifiedDiff(namedFromOneFolder(io, root, changed)));
  if (args.flags.has('quiet')) return outcome;
  for (const one of outcome.made) {
    say(`${mode.dry ? 'would fix' : 'fixed'}: ${where(one)}: ${one.fix.title} [${one.finding.ruleId}]`);
    // Who looks before it is done wants to know what it does.
    if (mode.dry && one.fix.detail !== undefined) say(`  ${one.fix.detail}`);
  }
  return outcome;
}

/** The files in order, by names that one folder has: that of the run, or where some lie outside of it, the nearest that all lie in. */
function namedFromOneFolder({ host }: Io, root: string, changed: readonly ChangedFile[]): ChangedFile[] {
  const whole = (path: string): string => host.resolve(path, root);
  let home = host.resolve(root);
  const outside = (path: string): boolean => host.relative(home, whole(path)) === whole(path);
  for (let up = host.resolve('..', home); changed.some(({ path }) => outside(path)) && up !== home; up = host.resolve('..', home))
    home = up;
  return changed.map((one) => ({ ...one, path: host.relative(home, whole(one.path)) })).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A fix as reports name it. */
export function fixedRecord({ finding, fix }: MendPlan['made'][number]): NonNullable<AuditResult['fixed']>[number] {
  const { ruleId, at, function: name } = finding;
  return { ruleId, file: at.file, line: at.line, function: name, title: fix.title, safety: fix.safety };
}

type Group = Pick<MendPlan, 'made' | 'files'>;

/** Files that one fix ties together are replaced together or not at all. */
function together({ made, files }: MendPlan): Group[] {
  const parent = new Map(files.map(({ file }) => [file, file]));
  const top = (file: string): string => {
    const up = parent.get(file) ?? file;
    return up === file ? file : top(up);
  };
  for (const { fix } of made) for (const { file } of fix.edits) parent.set(top(file), top(fix.edits[0]!.file));
  const groups = new Map<string, Group>();
  const groupOf = (file: string): Group => {
    const key = top(file);
    const group = groups.get(key) ?? { made: [], files: [] };
    groups.set(key, group);
    return group;
  };
  for (const one of files) groupOf(one.file).files.push(one);
  for (const one of made) groupOf(one.fix.edits[0]!.file).made.push(one);
  return [...groups.values()];
}

async function replacement(
  io: Io,
  root: string,
  { file, hash, bytes: after }: MendPlan['files'][number],
): Promise<{ file: Replacement; change: ChangedFile }> {
  const path = io.host.resolve(file, root);
  try {
    const before = await io.host.readBytes(path);
    if (io.host.hash(before) !== hash) throw new ReplaceError(path, 'has changed since it was audited: not replaced');
    return { file: { path, expected: hash, bytes: after }, change: { path: file, before, after } };
  } catch (error) {
    if (error instanceof ReadError) throw new ReplaceError(path, error.message);
    throw error;
  }
}

async function replaceAll(io: Io, files: Replacement[]): Promise<void> {
  if (!io.host.replace) throw new ReplaceError(files[0]?.path ?? '', 'files cannot be written here');
  await io.host.replace(files);
}

async function print(io: Io, output: string | undefined, diff: Uint8Array): Promise<void> {
  if (output === undefined || output === '-') {
    io.out.write(diff);
    return;
  }
  try {
    await writeAtomically(io.host.resolve(output), diff);
  } catch (error) {
    throw new InputError(`--output ${output}: ${explainError(error)}`);
  }
}
