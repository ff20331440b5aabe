/** The client's settings, read with care: whatever is missing or wrong is replaced by its default. */
import type { ProjectSettings } from '../session/project.js';

export const SECTION = 'gfpAudit';

/** What of the server is switched on, besides what every project needs. */
export interface ServerSettings extends ProjectSettings {
  /** Build an index of the tree around open files. */
  index: 'auto' | 'off';
  completion: boolean;
  hints: { masks: boolean; atomic: boolean };
  lenses: { contexts: boolean; allocations: boolean };
  callHierarchy: boolean;
  /** The ground on which hovers may show pictures; undefined: words only. */
  pictures: 'light' | 'dark' | undefined;
}

export const DEFAULTS: ServerSettings = {
  kernel: 'auto',
  rt: 'auto',
  minConfidence: 'likely',
  index: 'auto',
  completion: true,
  hints: { masks: false, atomic: false },
  lenses: { contexts: false, allocations: false },
  callHierarchy: false,
  pictures: undefined,
};

/** @param given the section `gfpAudit`, or an object that holds it; @param pictures what the client said before */
export function readSettings(given: unknown, pictures: ServerSettings['pictures'] = undefined): ServerSettings {
  const object = asObject(given);
  const section = SECTION in object ? asObject(object[SECTION]) : object;
  const hints = asObject(section['inlayHints']);
  const lenses = asObject(section['codeLens']);
  return {
    kernel: typeof section['kernel'] === 'string' ? section['kernel'].trim() : DEFAULTS.kernel,
    rt: oneOf(section['rt'], ['auto', 'on', 'off']) ?? DEFAULTS.rt,
    minConfidence: oneOf(section['minConfidence'], ['certain', 'likely', 'possible']) ?? DEFAULTS.minConfidence,
    index: oneOf(section['index'], ['auto', 'off']) ?? DEFAULTS.index,
    completion: section['completion'] !== false,
    hints: { masks: hints['masks'] === true, atomic: hints['atomic'] === true },
    lenses: { contexts: lenses['contexts'] === true, allocations: lenses['allocations'] === true },
    callHierarchy: section['callHierarchy'] === true,
    pictures: oneOf(section['pictures'], ['light', 'dark']) ?? pictures,
  };
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function oneOf<T extends string>(value: unknown, choices: readonly T[]): T | undefined {
  return choices.find((choice) => choice === value);
}
