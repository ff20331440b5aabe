/** `gfp-audit audit --fix`, `--fix=review`, `--fix-dry-run`: makes the fixes that were verified, or prints them as a diff. */
import { InputError, type AuditResult, type MendPlan, type MendRequest } from '../../engine.js';
import { ReadError, ReplaceError, type Replacement } from '../../host/host.js';
import { explainError } from '../../host/node-list.js';
import { writeAtomically } from '../../host/node-store.js';
import { unifiedDiff, type ChangedFile } from '../../report/diff.js';
import { printable } from '../../report/colour.js';
import type { FixSafety } from '../../rules/model.js';
import { editBytes, EncodeError } from '../../syntax/encode.js';
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
  /** Findings that are gone now, or would be after the diff. */
  mended: Set<AuditResult['findings'][number]>;
  failed: boolean;
}

/** Makes or prints a plan over `result`, the whole one that the plan's indices count in; what was done and what was not is said on stderr. */
export async function carryOut(io: Io, args: Arguments, result: AuditResult, plan: MendPlan, mode: FixMode): Promise<Outcome> {
  const findingOf = ({ finding }: { finding: number }): AuditResult['findings'][number] => result.findings[finding]!;
  const where = (one: { finding: number }): string => `${findingOf(one).at.file}:${findingOf(one).at.line}`;
  const say = (line: string): unknown => io.err.write(`gfp-audit: ${printable(line)}\n`);
  const outcome: Outcome = { mended: new Set(), failed: false };
  const changed: ChangedFile[] = [];
  for (const group of together(plan)) {
    try {
      const replacements = await Promise.all(group.files.map((file) => replacement(io, result.root, file)));
      if (!mode.dry)
        await replaceAll(
          io,
          replacements.map((r) => r.file),
        );
      changed.push(...replacements.map((r) => r.change));
      for (const one of group.made) outcome.mended.add(findingOf(one));
    } catch (error) {
      if (!(error instanceof ReplaceError)) throw error;
      outcome.failed = true;
      say(`${io.host.relative(result.root, error.file)}: ${error.message}`);
      for (const one of group.made) say(`not done: ${where(one)}: ${one.fix.title}`);
    }
  }
  for (const one of plan.left) say(`not done: ${where(one)}: ${one.title}: ${one.reason}`);
  if (mode.dry) await print(io, stringOption(args, 'output'), unifiedDiff(changed.sort((a, b) => (a.path < b.path ? -1 : 1))));
  else if (!args.flags.has('quiet'))
    for (const one of plan.made)
      if (outcome.mended.has(findingOf(one))) say(`fixed: ${where(one)}: ${one.fix.title} [${findingOf(one).ruleId}]`);
  return outcome;
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
  { file, hash, edits }: MendPlan['files'][number],
): Promise<{ file: Replacement; change: ChangedFile }> {
  const path = io.host.resolve(file, root);
  try {
    const before = await io.host.readBytes(path);
    if (io.host.hash(before) !== hash) throw new ReplaceError(path, 'has changed since it was audited: not replaced');
    const after = editBytes(before, edits);
    return { file: { path, expected: hash, bytes: after }, change: { path: file, before, after } };
  } catch (error) {
    if (error instanceof ReadError || error instanceof EncodeError) throw new ReplaceError(path, error.message);
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
