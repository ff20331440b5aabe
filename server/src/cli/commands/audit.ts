/** `gfp-audit audit PATH...` */
import type { AuditResult } from '../../engine.js';
import { renderJson } from '../../report/json.js';
import { renderSarif } from '../../report/sarif.js';
import { renderText } from '../../report/text.js';
import type { Arguments } from '../arguments.js';
import { deliver, exitStatus, wantsColour, type Engine, type Io } from '../io.js';
import { heldAgainstKnown } from '../known.js';
import { runEngine } from '../run-engine.js';
import { failsOn, stringOption } from '../settings.js';
import { sourceLines } from '../source.js';

/** @returns the exit status. */
export async function auditCommand(io: Io, engine: Engine, args: Arguments): Promise<number> {
  const { result: whole, failed } = await runEngine(io, engine, args, args.positionals);
  const result = await heldAgainstKnown(io, engine, args, whole, args.positionals);
  const output = stringOption(args, 'output');
  await deliver(io, output, await renderAudit(io, engine, args, result, output === undefined));
  if (failed) return exitStatus.failed;
  return result.findings.some(failsOn(args)) ? exitStatus.findings : exitStatus.clean;
}

export async function renderAudit(io: Io, engine: Engine, args: Arguments, result: AuditResult, toStdout: boolean): Promise<string> {
  const stable = args.flags.has('stable');
  const { version } = engine;
  switch (stringOption(args, 'format') ?? 'text') {
    case 'json':
      return renderJson('audit', result, { version, stable });
    case 'sarif':
      return renderSarif(result, { version, rules: engine.rules });
    default: {
      const quiet = args.flags.has('quiet');
      const files = result.findings.map((finding) => finding.at.file);
      const source = quiet ? new Map<string, string[]>() : await sourceLines(io.host, result.root, files);
      return renderText(result, { colour: toStdout && wantsColour(io.out, io.env), quiet, source });
    }
  }
}
