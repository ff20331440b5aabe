/** One kernel tree, or one folder outside any, as an editor has it open: its version, its settings, its open files. */
import { userCatalogue } from '../catalog/config.js';
import { createCatalogue } from '../catalog/lookup.js';
import { profileForTree, type ReadText, type TreeProfile } from '../catalog/profile.js';
import { parseVersion } from '../catalog/version.js';
import { InputError, type Problem } from '../engine.js';
import { ReadError, type Host } from '../host/host.js';
import { RULES } from '../rules/index.js';
import type { Confidence, Finding } from '../rules/model.js';
import { decodeSource } from '../syntax/decode.js';
import type { KernelParser } from '../syntax/model.js';
import { loadConfig, type Configuration } from './config.js';
import { Includes } from './includes.js';
import { preemptRt } from './kconfig.js';
import { LiveTree } from './live.js';
import { findRoot } from './root.js';
import { applySuppressions, readSuppressions, type Suppression } from './suppressions.js';

export interface ProjectSettings {
  /** 'auto', 'mainline', or a version such as '6.12'. */
  kernel: string;
  /** PREEMPT_RT: as asked for, or 'auto' for what gfp-audit.json or the tree's .config says. */
  rt: 'auto' | 'on' | 'off';
  minConfidence: Confidence;
}

/** Where a file belongs: what its name is relative to, and the kernel tree around it. */
export interface ProjectPlace {
  /** Absolute path: the root of the kernel tree, or the file's own folder outside one. */
  base: string;
  /** Root of the kernel tree; null outside one. */
  root: string | null;
}

export interface Project extends ProjectPlace {
  kernel: { version: string; from: string };
  /** Whether gfp-audit.json leaves a file out. */
  excluded(name: string): boolean;
  live: LiveTree;
  /** Findings without those that the tree's file of suppressions accepts. */
  shown(findings: readonly Finding[]): Finding[];
  /** That file, relative to the base; undefined where gfp-audit.json names none. */
  suppressionsFile: string | undefined;
  includes: Includes;
  /** What of the settings or the configuration could not be used, in words; defaults stand in for it. */
  warnings: string[];
  /** What is worth a line in the log: where the tree does not fit the profile. */
  notes: string[];
}

export async function placeOf(host: Host, file: string): Promise<ProjectPlace> {
  const root = await findRoot(host, file);
  return { base: root ?? host.resolve('..', file), root };
}

/** Opens a project. What is wrong with settings or configuration becomes a warning, never a failure. */
export async function openProject(host: Host, place: ProjectPlace, settings: ProjectSettings, parser: KernelParser): Promise<Project> {
  const warnings: string[] = [];
  const config = await configuration(host, place.base, warnings);
  const tree = await treeProfile(host, place.root, askedVersion(settings.kernel, config, warnings), warnings);
  const problems: Problem[] = [];
  const rt =
    settings.rt === 'auto'
      ? (config.file.rt ?? (place.root !== null && (await preemptRt(host, place.root, problems))))
      : settings.rt === 'on';
  warnings.push(...problems.map(({ file, message }) => `${file}: ${message}`));
  const { kernel } = tree;
  const live = new LiveTree(
    createCatalogue(kernel, tree.gfp, config.user, tree.positions),
    kernel,
    { rt, rules: config.file.rules ?? {}, minConfidence: settings.minConfidence },
    parser,
  );
  const suppressions = await suppressionsOf(host, place.base, config.file.suppressions, warnings);
  return {
    ...place,
    suppressionsFile: config.file.suppressions,
    shown: (findings) => {
      if (suppressions.length === 0) return [...findings];
      return applySuppressions({ findings: [...findings], problems: [] }, suppressions).kept;
    },
    kernel: { version: kernel.version, from: tree.from },
    excluded: (name) => config.excluded(name),
    live,
    includes: new Includes(host, place.base, parser),
    warnings,
    notes: [...(kernel.note === undefined ? [] : [kernel.note]), ...tree.mismatches],
  };
}

async function configuration(host: Host, base: string, warnings: string[]): Promise<Configuration> {
  try {
    return await loadConfig(host, base, undefined);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    warnings.push(error.message);
    return { file: {}, user: userCatalogue({}), excluded: () => false };
  }
}

async function suppressionsOf(host: Host, base: string, name: string | undefined, warnings: string[]): Promise<Suppression[]> {
  if (name === undefined) return [];
  const path = host.resolve(name, base);
  if ((await host.stat(path)).kind === 'missing') return [];
  try {
    return readSuppressions(
      decodeSource(await host.readBytes(path)),
      name,
      RULES.map(({ meta }) => meta.id),
    );
  } catch (error) {
    if (!(error instanceof InputError || error instanceof ReadError)) throw error;
    warnings.push(error instanceof ReadError ? `${name}: ${error.message}` : error.message);
    return [];
  }
}

/** The setting, else what gfp-audit.json says, else 'auto'. */
function askedVersion(setting: string, config: Configuration, warnings: string[]): string {
  if (setting === '' || setting === 'auto') return config.file.kernel ?? 'auto';
  if (setting === 'mainline' || parseVersion(setting) !== null) return setting;
  warnings.push(`gfpAudit.kernel: '${setting}' is no kernel version (auto, mainline, or a version such as 6.12): auto is used`);
  return config.file.kernel ?? 'auto';
}

async function treeProfile(host: Host, root: string | null, asked: string, warnings: string[]): Promise<TreeProfile> {
  if (root === null) return profileForTree(null, asked);
  const read: ReadText = async (path) => {
    const file = host.resolve(path, root);
    if ((await host.stat(file)).kind !== 'file') return null;
    try {
      return new TextDecoder().decode(await host.readBytes(file));
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      warnings.push(`${path}: ${error.message}`);
      return null;
    }
  };
  try {
    return await profileForTree(read, asked);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TypeError) throw error;
    warnings.push(`${error.message}; the newest kernel is assumed`);
    return profileForTree(null, 'auto');
  }
}
