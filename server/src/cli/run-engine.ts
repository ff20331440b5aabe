/** One run of the engine with what every command adds: progress, problems and notes on stderr, checks of the outcome. */
import { InputError, type AuditOptions, type AuditResult } from '../engine.js';
import type { Arguments } from './arguments.js';
import { checkOutput, type Engine, type Io } from './io.js';
import { progressLine } from './progress.js';
import { auditOptions, stringOption } from './settings.js';

export interface EngineRun {
  result: AuditResult;
  /** Something that was asked for could not be read: the output stands, the status is 2. */
  failed: boolean;
}

/** @throws {UsageError | InputError} */
export async function runEngine(
  io: Io,
  engine: Engine,
  args: Arguments,
  paths: string[],
  more: Partial<AuditOptions> = {},
  run: (options: AuditOptions) => Promise<AuditResult> = (options) => engine.audit(io.host, options),
): Promise<EngineRun> {
  const options = { ...(await auditOptions(io, engine, args, paths)), ...more };
  await checkOutput(io, stringOption(args, 'output'));
  if (!options.change || paths.length > 0) await checkPaths(io, paths);
  const quiet = args.flags.has('quiet');
  const line = progressLine(io, !quiet && !args.flags.has('no-progress'));
  let result: AuditResult;
  try {
    result = await run({ ...options, onProgress: (progress) => line.show(progress) });
  } finally {
    line.clear();
  }
  io.signal.throwIfAborted();
  for (const { file, message } of result.problems) io.err.write(`gfp-audit: ${file}: ${message}\n`);
  const unread = result.problems.filter((problem) => problem.kind === 'unreadable');
  if (!quiet) {
    for (const mismatch of result.kernel.mismatches) io.err.write(`gfp-audit: note: ${mismatch}\n`);
    if (io.err.isTTY === true) io.err.write(`gfp-audit: ${timing(result)}\n`);
  }
  return { result, failed: unread.length > 0 };
}

/** Names every path that is not there; only when none is there has the run nothing to do. */
async function checkPaths(io: Io, paths: readonly string[]): Promise<void> {
  const kinds = await Promise.all(paths.map((path) => io.host.stat(io.host.resolve(path))));
  if (kinds.some(({ kind }) => kind === 'file' || kind === 'directory')) return;
  const words = {
    missing: 'no such file or folder',
    'link-loop': 'symbolic links lead in a circle',
    unreadable: 'cannot be read',
    special: 'not a file or folder',
  };
  const lines = paths.map((path, i) => {
    const kind = kinds[i]?.kind ?? 'missing';
    return `${path}: ${kind === 'file' || kind === 'directory' ? '' : words[kind]}`;
  });
  throw new InputError(lines.join('\n'));
}

function timing({ run, stats }: AuditResult): string {
  const rate = run.seconds > 0 ? `, ${Math.round(stats.files / run.seconds)} files/s` : '';
  return `${stats.files} files in ${run.seconds.toFixed(1)} s${rate}, ${run.cached} from the cache, ${run.jobs} worker${run.jobs === 1 ? '' : 's'}`;
}
