/** The client's settings, read with care: whatever is missing or wrong is replaced by its default. */
import type { ProjectSettings } from '../session/project.js';

export const SECTION = 'gfpAudit';

export const DEFAULTS: ProjectSettings = { kernel: 'auto', rt: 'auto', minConfidence: 'likely' };

/** @param given the section `gfpAudit`, or an object that holds it. */
export function readSettings(given: unknown): ProjectSettings {
  const object = asObject(given);
  const section = SECTION in object ? asObject(object[SECTION]) : object;
  return {
    kernel: typeof section['kernel'] === 'string' ? section['kernel'].trim() : DEFAULTS.kernel,
    rt: oneOf(section['rt'], ['auto', 'on', 'off']) ?? DEFAULTS.rt,
    minConfidence: oneOf(section['minConfidence'], ['certain', 'likely', 'possible']) ?? DEFAULTS.minConfidence,
  };
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function oneOf<T extends string>(value: unknown, choices: readonly T[]): T | undefined {
  return choices.find((choice) => choice === value);
}
