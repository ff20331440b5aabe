/** `gfp-audit baseline write|check|prune [PATH...] --baseline FILE` */
import type { AuditResult } from '../../engine.js';
import { counted } from '../../report/order.js';
import { compareText } from '../../rules/order.js';
import { baselineOf, pruned, writeBaseline, type BaselineEntry } from '../../session/baseline.js';
import { UsageError, type Arguments } from '../arguments.js';
import { exitStatus } from '../exit-status.js';
import { checkOutput, deliver, type Engine, type Io } from '../io.js';
import { againstBaseline, baselineAt, scopeOf, withoutSuppressed } from '../known.js';
import { nearest } from '../../catalog/nearest.js';
import { runEngine } from '../run-engine.js';
import { failsOn, stringOption } from '../settings.js';
import { renderAudit } from './audit.js';

const actions = ['write', 'check', 'prune'] as const;
type Action = (typeof actions)[number];

/** @returns the exit status: of `check` as of `audit`, of the others 0, or 2 when a file could not be read. */
export async function baselineCommand(io: Io, engine: Engine, args: Arguments): Promise<number> {
  const [word = '', ...given] = args.positionals;
  const action = actionNamed(word);
  const file = stringOption(args, 'baseline');
  if (file === undefined)
    throw new UsageError(`baseline ${action} needs --baseline FILE`, `gfp-audit baseline ${action} . --baseline FILE`);
  // A baseline that cannot be used is said before a long run, not after it.
  const known = action === 'write' ? undefined : await baselineAt(io, file);
  if (known === undefined) await checkOutput(io, file, '--baseline');
  const paths = given.length > 0 ? given : [stringOption(args, 'tree') ?? '.'];
  const { result, failed } = await runEngine(io, engine, args, paths, { want: 'findings' });
  const scope = await scopeOf(io, engine, args, result, paths);
  const left = await withoutSuppressed(io, engine, args, result, scope);
  if (known === undefined) {
    // Files that could not be read would be missing from it, and all their findings new the next time.
    if (failed) return exitStatus.failed;
    const baseline = baselineOf(left);
    await deliver(io, file, writeBaseline(baseline), '--baseline');
    await tell(io, args, `${counted(left.findings.length, 'finding')} written to ${file}\n`);
    return exitStatus.clean;
  }
  const checked = againstBaseline(left, known, scope);
  if (action === 'check') {
    const output = stringOption(args, 'output');
    const gone = (stringOption(args, 'format') ?? 'text') !== 'text' || args.flags.has('quiet') ? '' : mendedText(checked);
    await deliver(io, output, [...(await renderAudit(io, engine, args, checked, output === undefined)), gone]);
    if (failed) return exitStatus.failed;
    return checked.findings.some(failsOn(args)) ? exitStatus.findings : exitStatus.clean;
  }
  const mended = checked.baseline?.mended ?? [];
  if (mended.length > 0) await deliver(io, file, writeBaseline(pruned(known, mended)), '--baseline');
  await tell(io, args, `${counted(total(mended), 'mended finding')} taken out of ${file}\n`);
  return failed ? exitStatus.failed : exitStatus.clean;
}

function actionNamed(word: string): Action {
  const action = actions.find((one) => one === word);
  if (action) return action;
  const near = nearest(word, actions);
  throw new UsageError(
    `baseline: '${word}' is none of ${actions.join(', ')}`,
    near ? `did you mean ${near}?` : 'gfp-audit baseline --help',
  );
}

const total = (entries: readonly BaselineEntry[]): number => entries.reduce((n, { count }) => n + count, 0);

function mendedText({ baseline }: AuditResult): string {
  const lines = (baseline?.mended ?? []).map(
    ({ rule, file, function: name, call, count }) =>
      `  ${file} ${name}()${call === '' ? '' : ` ${call}`} [${rule}]${count > 1 ? ` x${count}` : ''}\n`,
  );
  return lines.length === 0 ? '' : `\nmended, \`gfp-audit baseline prune\` takes them out:\n${lines.sort(compareText).join('')}`;
}

async function tell(io: Io, args: Arguments, text: string): Promise<void> {
  if (!args.flags.has('quiet')) await deliver(io, undefined, text);
}
