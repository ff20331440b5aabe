/** Takes out of a result what is known already: suppressions first, then the baseline. Both are read before they are used. */
import { InputError, type AuditResult } from '../engine.js';
import { ReadError } from '../host/host.js';
import type { Confidence } from '../rules/model.js';
import { isOn } from '../rules/run.js';
import { checkBaseline, readBaseline, type Baseline } from '../session/baseline.js';
import { loadConfig } from '../session/config.js';
import { preemptRt } from '../session/kconfig.js';
import type { RunScope } from '../session/scope-of-run.js';
import { applySuppressions, readSuppressions, type Suppression } from '../session/suppressions.js';
import { decodeSource } from '../syntax/decode.js';
import type { Arguments } from './arguments.js';
import type { Engine, Io } from './io.js';
import { ruleLevels, stringOption } from './settings.js';

/** Reads what --baseline and --suppressions name, so that a file that cannot be used is said before a long run. @throws {InputError} */
export async function checkKnown(io: Io, engine: Engine, args: Arguments): Promise<void> {
  const [baseline, suppressions] = [stringOption(args, 'baseline'), stringOption(args, 'suppressions')];
  if (baseline !== undefined) await baselineAt(io, baseline);
  if (suppressions !== undefined) await suppressionsAt(io, engine, suppressions);
}

/** @param paths what the run was asked to report on; the whole tree when empty */
export async function heldAgainstKnown(
  io: Io,
  engine: Engine,
  args: Arguments,
  result: AuditResult,
  paths: readonly string[],
): Promise<AuditResult> {
  const scope = await scopeOf(io, engine, args, result, paths);
  const left = await withoutSuppressed(io, engine, args, result, scope);
  const file = stringOption(args, 'baseline');
  if (file === undefined) return left;
  return againstBaseline(left, await baselineAt(io, file), scope);
}

/** The result with only what the baseline does not have. */
export function againstBaseline(result: AuditResult, known: Baseline, scope: RunScope): AuditResult {
  const { fresh, unchanged, mended, unseen } = checkBaseline(result, known, scope);
  return { ...result, findings: fresh, baseline: { unchanged, mended, unseen } };
}

export async function scopeOf(io: Io, engine: Engine, args: Arguments, { root }: AuditResult, paths: readonly string[]): Promise<RunScope> {
  const { file, excluded } = await loadConfig(io.host, root, stringOption(args, 'config'));
  const severities = { ...file.rules, ...ruleLevels(args.strings.get('rule') ?? [], engine) };
  // What cannot be read of the configuration is a problem of the run itself.
  const rt = args.flags.has('rt') || (file.rt ?? (await preemptRt(io.host, root, [])));
  const on = new Set(engine.rules.filter((rule) => isOn(rule, { rt, severities })).map(({ id }) => id));
  return {
    paths: paths.length === 0 ? ['.'] : paths.map((path) => io.host.relative(root, io.host.resolve(path))),
    minConfidence: (stringOption(args, 'min-confidence') ?? 'likely') as Confidence,
    looksFor: (rule) => on.has(rule),
    excluded,
  };
}

/** The result without what --suppressions, or the file that the configuration names, gives a reason for. */
export async function withoutSuppressed(
  io: Io,
  engine: Engine,
  args: Arguments,
  result: AuditResult,
  scope: RunScope,
): Promise<AuditResult> {
  const file = stringOption(args, 'suppressions') ?? (await configured(io, args, result.root));
  if (file === undefined) return result;
  const { kept, suppressed, stale } = applySuppressions(result, await suppressionsAt(io, engine, file), scope);
  for (const { rule, file: where, function: name } of stale)
    io.err.write(`gfp-audit: ${file}: stale: ${rule} in ${where}${name === '' ? '' : ` ${name}()`} suppresses nothing any more\n`);
  return { ...result, findings: kept, suppressions: { suppressed, stale } };
}

async function suppressionsAt(io: Io, engine: Engine, file: string): Promise<Suppression[]> {
  const ids = engine.rules.map((rule) => rule.id);
  return readSuppressions(await read(io, file), file, ids);
}

async function configured(io: Io, args: Arguments, root: string): Promise<string | undefined> {
  const named = stringOption(args, 'config');
  const { suppressions } = (await loadConfig(io.host, root, named)).file;
  if (suppressions === undefined) return undefined;
  return io.host.resolve(suppressions, named === undefined ? root : io.host.resolve('..', io.host.resolve(named)));
}

/** @throws {InputError} */
export async function baselineAt(io: Io, file: string): Promise<Baseline> {
  return readBaseline(await read(io, file), file);
}

async function read(io: Io, file: string): Promise<string> {
  try {
    return decodeSource(await io.host.readBytes(io.host.resolve(file)));
  } catch (error) {
    if (error instanceof ReadError) throw new InputError(`${file}: ${error.message}`);
    throw error;
  }
}
