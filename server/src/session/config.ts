/** The configuration of a run: gfp-audit.json at the tree's root, or the file that was named. */
import { ConfigError, parseConfig, userCatalogue, type ConfigFile, type UserCatalogue } from '../catalog/config.js';
import { InputError } from '../engine.js';
import { ReadError, type Host } from '../host/host.js';
import { RULES } from '../rules/index.js';
import { decodeSource } from '../syntax/decode.js';

export const CONFIG_NAME = 'gfp-audit.json';

export interface Configuration {
  file: ConfigFile;
  user: UserCatalogue;
  /** Whether a file of the tree is left out of the report. */
  excluded(file: string): boolean;
}

/**
 * @param named the file asked for; without it, `base` may have one.
 * @throws {InputError} for a file that cannot be read, or whose content is wrong: the message names the key.
 */
export async function loadConfig(host: Host, base: string, named: string | undefined): Promise<Configuration> {
  const path = named === undefined ? host.resolve(CONFIG_NAME, base) : host.resolve(named);
  const absent = named === undefined && (await host.stat(path)).kind === 'missing';
  const file = absent ? {} : await read(host, path, named ?? CONFIG_NAME);
  const exclude = (file.exclude ?? []).map((prefix) => prefix.replace(/^\.\//, '').replace(/\/+$/, ''));
  return {
    file,
    user: userCatalogue(file),
    excluded: (name) => exclude.some((prefix) => name === prefix || name.startsWith(`${prefix}/`)),
  };
}

async function read(host: Host, path: string, shown: string): Promise<ConfigFile> {
  const ids = RULES.map((rule) => rule.meta.id);
  try {
    return parseConfig(decodeSource(await host.readBytes(path)), shown, ids);
  } catch (error) {
    if (error instanceof ConfigError) throw new InputError(error.message);
    if (error instanceof ReadError) throw new InputError(`${shown}: ${error.message}`);
    throw error;
  }
}
