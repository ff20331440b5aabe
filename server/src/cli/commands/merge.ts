/** `gfp-audit merge REPORT...`: the shards of an audit, put together. */
import { InputError, type AuditResult } from '../../engine.js';
import { ReadError } from '../../host/host.js';
import { MergeError, mergeReports } from '../../report/merge.js';
import { jsonPieces } from '../../report/json-lines.js';
import { renderSarif } from '../../report/sarif.js';
import { UsageError, type Arguments } from '../arguments.js';
import { exitStatus } from '../exit-status.js';
import { checkOutput, deliver, type Engine, type Io } from '../io.js';
import { failsOn, stringOption } from '../settings.js';

/** @returns the exit status: that of the run over everything. @throws {InputError} */
export async function mergeCommand(io: Io, engine: Engine, args: Arguments): Promise<number> {
  const output = stringOption(args, 'output');
  await checkOutput(io, output);
  const reports = await Promise.all(args.positionals.map(async (name) => ({ name, text: await read(io, name) })));
  try {
    const { doc, findings } = mergeReports(reports);
    const sarif = stringOption(args, 'format') === 'sarif';
    if (sarif && !('findings' in doc)) throw new UsageError('merge: reports of `sites` have no SARIF form', '--format json');
    const text = sarif
      ? renderSarif({ ...doc, findings } as unknown as AuditResult, { version: engine.version, rules: engine.rules })
      : jsonPieces(Object.entries(doc).filter(([name]) => name !== 'run' || !args.flags.has('stable')));
    await deliver(io, output, text);
    const problems = doc['problems'] as AuditResult['problems'];
    if (problems.some((p) => p.kind === 'unreadable')) return exitStatus.failed;
    return findings.some(failsOn(args)) ? exitStatus.findings : exitStatus.clean;
  } catch (error) {
    if (error instanceof MergeError) throw new InputError(error.message);
    throw error;
  }
}

async function read(io: Io, name: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await io.host.readBytes(io.host.resolve(name)));
  } catch (error) {
    if (error instanceof ReadError) throw new InputError(`${name}: ${error.message}`);
    if (error instanceof TypeError) throw new InputError(`${name}: is no report of gfp-audit (not UTF-8 text)`);
    throw error;
  }
}
