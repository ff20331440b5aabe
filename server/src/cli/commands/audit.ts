/** `gfp-audit audit PATH...` */
import type { AuditResult, MendPlan } from '../../engine.js';
import { renderHtml } from '../../report/html/report.js';
import { renderGithub } from '../../report/github.js';
import { renderJson } from '../../report/json.js';
import { renderKernel } from '../../report/kernel.js';
import { renderMail } from '../../report/mail.js';
import { renderSarif } from '../../report/sarif.js';
import { renderText } from '../../report/text.js';
import { subsystemsOf } from '../../session/subsystems.js';
import { UsageError, type Arguments } from '../arguments.js';
import { changeAsked } from '../change.js';
import { exitStatus } from '../exit-status.js';
import { deliver, wantsColour, type Engine, type Io } from '../io.js';
import { checkKnown, heldAgainstKnown } from '../known.js';
import { runEngine } from '../run-engine.js';
import { failsOn, stringOption } from '../settings.js';
import { sourceLines } from '../source.js';
import { carryOut, fixedRecord, fixMode, requestFor, type FixMode } from './fix.js';

/** @returns the exit status. */
export async function auditCommand(io: Io, engine: Engine, args: Arguments): Promise<number> {
  const mode = fixMode(args);
  const change = await changeAsked(io, args);
  if (mode && change) throw new UsageError('--fix mends the tree as it is: not with --patch or --since');
  if (!change && args.positionals.length === 0) throw new UsageError('audit needs PATH', 'gfp-audit audit PATH...');
  await checkKnown(io, engine, args);
  if (mode) return mendingAudit(io, engine, args, mode);
  const { result: whole, failed } = await runEngine(
    io,
    engine,
    args,
    args.positionals,
    change ? { change } : { ...needed(args), fixes: true },
  );
  const result = await heldAgainstKnown(io, engine, args, whole, args.positionals);
  const output = stringOption(args, 'output');
  await deliver(io, output, await renderAudit(io, engine, args, result, output === undefined));
  if (failed) return exitStatus.failed;
  return result.findings.some(failsOn(args)) ? exitStatus.findings : exitStatus.clean;
}

/** Fixes first, then the report of the tree with them; a dry run's only output is its diff. */
async function mendingAudit(io: Io, engine: Engine, args: Arguments, mode: FixMode): Promise<number> {
  const quietly: Io = { ...io, err: { write: () => true } };
  let plan: MendPlan | undefined;
  let again: (() => Promise<AuditResult>) | undefined;
  const { result, failed } = await runEngine(io, engine, args, args.positionals, needed(args), async (options) => {
    again = () => engine.audit(io.host, { ...options, fixes: true });
    const mended = await engine.mend(io.host, options, async (all) =>
      requestFor(all, await heldAgainstKnown(quietly, engine, args, all, args.positionals), mode),
    );
    plan = mended.plan;
    return mended.result;
  });
  if (!plan || !again) throw new Error('the engine made no plan');
  const outcome = await carryOut(io, args, result.root, plan, mode);
  // What could not be written leaves a tree that nobody has audited yet.
  const after = outcome.failed && !mode.dry ? await again() : plan.after;
  const left = { ...(await heldAgainstKnown(io, engine, args, after, args.positionals)), fixed: outcome.made.map(fixedRecord) };
  const output = stringOption(args, 'output');
  if (!mode.dry) await deliver(io, output, await renderAudit(io, engine, args, left, output === undefined));
  if (failed || outcome.failed) return exitStatus.failed;
  return left.findings.some(failsOn(args)) ? exitStatus.findings : exitStatus.clean;
}

/** The HTML report counts allocators, a change the sites it touches; everything else shows findings only. */
const needed = (args: Arguments): { want?: 'findings' } => (stringOption(args, 'format') === 'html' ? {} : { want: 'findings' });

/** The output, in pieces. */
export async function renderAudit(
  io: Io,
  engine: Engine,
  args: Arguments,
  result: AuditResult,
  toStdout: boolean,
): Promise<Iterable<string>> {
  const stable = args.flags.has('stable');
  const { version } = engine;
  // As compilers name them: from where they run.
  const shown = (file: string): string => io.host.relative(io.host.resolve('.'), io.host.resolve(file, result.root));
  switch (stringOption(args, 'format') ?? 'text') {
    case 'json':
      return renderJson('audit', result, { version, stable });
    case 'sarif':
      return [renderSarif(result, { version, rules: engine.rules })];
    case 'html': {
      const source = await sourceLines(
        io.host,
        result.root,
        result.findings.map((finding) => finding.at.file),
        result.change?.texts,
      );
      return [renderHtml(result, { version, source, subsystemOf: await subsystemsOf(io.host, result.root) })];
    }
    case 'kernel':
      return [renderKernel(result, { shown, quiet: args.flags.has('quiet') })];
    case 'github':
      return [renderGithub(result, shown)];
    case 'markdown':
      return [renderMail(result)];
    default: {
      const quiet = args.flags.has('quiet');
      const files = result.findings.map((finding) => finding.at.file);
      const source = quiet ? new Map<string, string[]>() : await sourceLines(io.host, result.root, files, result.change?.texts);
      return [renderText(result, { colour: toStdout && wantsColour(io.out, io.env), quiet, source })];
    }
  }
}
