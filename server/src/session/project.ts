/** One kernel tree, or one folder outside any, as an editor has it open: its version, its settings, its open files. */
import { chooseProfile, PROFILES, UnknownNameError } from '../../../simulator/src/index.js';
import type { KernelProfile } from '../catalog/model.js';
import { parseVersion } from '../catalog/version.js';
import { InputError, type Problem } from '../engine.js';
import type { Host } from '../host/host.js';
import type { Confidence } from '../rules/model.js';
import type { KernelParser } from '../syntax/model.js';
import { kernelVersion } from './audit.js';
import { catalogueFor } from './catalogue.js';
import { loadConfig, type Configuration } from './config.js';
import { Includes } from './includes.js';
import { preemptRt } from './kconfig.js';
import { LiveTree } from './live.js';
import { findRoot } from './root.js';

export interface ProjectSettings {
  /** 'auto', 'mainline', or a version such as '6.12'. */
  kernel: string;
  /** PREEMPT_RT: as asked for, or 'auto' for what gfp-audit.json or the tree's .config says. */
  rt: 'auto' | 'on' | 'off';
  minConfidence: Confidence;
}

export interface Project {
  /** Absolute path that file names are relative to. */
  base: string;
  /** Root of the kernel tree; null outside one. */
  root: string | null;
  kernel: { version: string; from: string };
  excluded(name: string): boolean;
  live: LiveTree;
  includes: Includes;
  /** What of the settings or the configuration could not be used, in words; defaults stand in for it. */
  warnings: string[];
}

/** The folder whose files are looked at together with `file`: the root of its kernel tree, or its own folder. */
export async function baseOf(host: Host, file: string): Promise<{ base: string; root: string | null }> {
  const root = await findRoot(host, file);
  return { base: root ?? host.resolve('..', file), root };
}

/** Opens a project. What is wrong with settings or configuration becomes a warning, never a failure. */
export async function openProject(host: Host, at: { base: string; root: string | null }, settings: ProjectSettings, parser: KernelParser): Promise<Project> {
  const warnings: string[] = [];
  const config = await configuration(host, at.base, warnings);
  const asked = askedVersion(settings.kernel, warnings);
  const { version, from } = await kernelVersion(host, at.root, asked, config.file.kernel);
  const problems: Problem[] = [];
  const auto = config.file.rt ?? (at.root !== null && (await preemptRt(host, at.root, problems)));
  warnings.push(...problems.map(({ file, message }) => `${file}: ${message}`));
  const choice = chooseProfile(version);
  if (choice.note) warnings.push(choice.note);
  const profile: KernelProfile = { id: choice.profile.id as KernelProfile['id'], version, number: parseVersion(version) ?? 0 };
  const options = {
    rt: settings.rt === 'auto' ? auto : settings.rt === 'on',
    rules: config.file.rules ?? {},
    minConfidence: settings.minConfidence,
  };
  return {
    ...at,
    kernel: { version, from: asked === 'auto' ? from : 'the setting' },
    excluded: (name) => config.excluded(name),
    live: new LiveTree(catalogueFor(version, config.user), profile, options, parser),
    includes: new Includes(host, at.base, parser),
    warnings,
  };
}

async function configuration(host: Host, base: string, warnings: string[]): Promise<Configuration> {
  try {
    return await loadConfig(host, base, undefined);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    warnings.push(error.message);
    return { file: {}, user: { allocators: [], locks: [], scopes: [], callbacks: [] } as unknown as Configuration['user'], excluded: () => false };
  }
}

function askedVersion(text: string, warnings: string[]): string {
  if (text === '' || text === 'auto') return 'auto';
  if (text === 'mainline') return PROFILES.mainline.readIn;
  const version = text.replace(/^v/, '');
  try {
    if (parseVersion(version) !== null && chooseProfile(version)) return version;
  } catch (error) {
    if (!(error instanceof UnknownNameError)) throw error;
  }
  warnings.push(`'${text}' is no kernel version that is known (auto, mainline, or a version such as 6.12); the tree's own is used`);
  return 'auto';
}
