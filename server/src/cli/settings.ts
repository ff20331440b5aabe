/** Checks the values of the common options and turns them into the engine's options. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { PROFILES } from '../../../simulator/src/index.js';
import { InputError, type AuditOptions } from '../engine.js';
import type { Confidence, Finding, Severity } from '../rules/model.js';
import { parseShard, type Shard } from '../session/shard.js';
import { UsageError, type Arguments } from './arguments.js';
import type { Engine, Io } from './io.js';
import { nearest } from '../catalog/nearest.js';
import { severityChoices } from './options.js';

const maxJobs = 64;
/** More workers than this only grow memory: parsing is bound by cores, collecting results by one thread. */
const defaultJobs = 4;

/** The single value of an option, undefined when it was not given. */
export function stringOption(args: Arguments, name: string): string | undefined {
  return args.strings.get(name)?.[0];
}

/** @throws {UsageError | InputError} */
export async function auditOptions(io: Io, engine: Engine, args: Arguments, paths: string[]): Promise<AuditOptions> {
  const options: AuditOptions = {
    paths,
    kernel: kernelVersion(stringOption(args, 'kernel')),
    jobs: jobCount(stringOption(args, 'jobs'), io.host.cpus),
    cacheDir: cacheFolder(io, args),
    minConfidence: (stringOption(args, 'min-confidence') ?? 'likely') as Confidence,
    rules: ruleLevels(args.strings.get('rule') ?? [], engine),
    signal: io.signal,
  };
  if (args.flags.has('rt')) options.rt = true;
  const part = stringOption(args, 'shard');
  if (part !== undefined) options.shard = shardNamed(part, args);
  const root = stringOption(args, 'tree');
  if (root !== undefined) {
    if ((await io.host.stat(io.host.resolve(root))).kind !== 'directory') throw new InputError(`--tree ${root}: no such folder`);
    options.root = root;
  }
  const config = stringOption(args, 'config');
  if (config !== undefined) {
    if ((await io.host.stat(io.host.resolve(config))).kind !== 'file') throw new InputError(`--config ${config}: no such file`);
    options.configFile = config;
  }
  return options;
}

function shardNamed(text: string, args: Arguments): Shard {
  const shard = parseShard(text);
  if (!shard) throw new UsageError(`--shard: '${text}' is no part of a whole`, 'I/N, such as 1/4, with I from 1 to N');
  if ((stringOption(args, 'format') ?? 'text') !== 'json')
    throw new UsageError('--shard needs --format json', 'gfp-audit merge puts the parts together and renders them');
  return shard;
}

/** The first kernel whose allocator a profile describes. */
const oldest = { version: 5, patchlevel: 10 };

/** 'auto', or the number of the version asked for: 'mainline' is the one that its profile was read in. */
export function kernelVersion(text: string | undefined): string {
  if (text === undefined || text === 'auto') return 'auto';
  if (text === 'mainline') return PROFILES.mainline.readIn;
  const [, number = '', version, patchlevel] = /^v?((\d{1,3})\.(\d{1,3})(?:\.\d{1,3})?)(?:[-+].*)?$/.exec(text) ?? [];
  if (number === '')
    throw new UsageError(`--kernel: '${text}' is no kernel version`, 'auto, mainline, or a version such as 6.12 or 6.1.90');
  if (Number(version) < oldest.version || (Number(version) === oldest.version && Number(patchlevel) < oldest.patchlevel))
    throw new UsageError(`--kernel: ${text} is not known`, `kernels from ${oldest.version}.${oldest.patchlevel} on are`);
  return number;
}

const rank: Record<Finding['severity'], number> = { note: 0, warning: 1, error: 2 };

/** Whether a finding makes the run end with 1, by --fail-on. */
export function failsOn(args: Arguments): (finding: Finding) => boolean {
  const level = stringOption(args, 'fail-on') ?? 'error';
  return (finding) => level !== 'never' && rank[finding.severity] >= rank[level as Finding['severity']];
}

function jobCount(text: string | undefined, cpus: number): number {
  if (text === undefined) return Math.max(1, Math.min(cpus, defaultJobs));
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > maxJobs)
    throw new UsageError(`--jobs: '${text}' is no number of threads`, `a whole number from 1 to ${maxJobs}`);
  return count;
}

/** Where facts are kept between runs; null when the user wants no cache. @throws {UsageError} */
export function cacheFolder(io: Io, args: Arguments): string | null {
  const given = stringOption(args, 'cache-dir');
  if (args.flags.has('no-cache')) {
    if (given !== undefined) throw new UsageError('--cache-dir and --no-cache exclude each other');
    return null;
  }
  if (given !== undefined) return io.host.resolve(given);
  const base = io.env['XDG_CACHE_HOME'] ?? io.env['LOCALAPPDATA'] ?? join(homedir(), '.cache');
  return join(base, 'gfp-audit');
}

/** Severities that --rule sets. @throws {UsageError} */
export function ruleLevels(given: readonly string[], engine: Engine): Record<string, Severity> {
  const levels: Record<string, Severity> = {};
  const ids = engine.rules.map((rule) => rule.id);
  for (const text of given) {
    const [id = '', level = '', ...more] = text.split('=');
    checkRuleId(id, ids, '--rule');
    if (more.length > 0 || !severityChoices.includes(level))
      throw new UsageError(`--rule ${text}: no such level '${[level, ...more].join('=')}'`, `${id}= one of ${severityChoices.join(', ')}`);
    levels[id] = level as Severity;
  }
  return levels;
}

/** @throws {UsageError} naming the nearest rule. */
export function checkRuleId(id: string, ids: readonly string[], where: string): void {
  if (ids.includes(id)) return;
  const near = nearest(id, ids);
  throw new UsageError(`${where}: unknown rule '${id}'`, near ? `did you mean ${near}?` : 'gfp-audit rules lists them');
}
