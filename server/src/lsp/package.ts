/** Where this program is installed: its version and its rule pages. */
import { readFileSync } from 'node:fs';
import { homedir, totalmem } from 'node:os';
import { join } from 'node:path';

export interface Installation {
  version: string;
  /** URI of the folder of rule pages, with a '/' at its end. */
  rulePages: string;
}

/** The nearest package.json of ours at or above a module. */
export function installationAt(module: string): Installation {
  for (let folder = new URL('.', module); ; folder = new URL('..', folder)) {
    const version = ownVersion(new URL('package.json', folder));
    if (version !== undefined) return { version, rulePages: new URL('docs/rules/', folder).href };
    if (new URL('..', folder).href === folder.href) throw new Error(`no package.json of gfp-audit above ${module}`);
  }
}

function ownVersion(file: URL): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
    return name === 'gfp-audit' ? (version ?? '0') : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** Where facts are kept between runs: the command line's own folder, so that either finds what the other has read. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? process.env['LOCALAPPDATA'] ?? join(homedir(), '.cache'), 'gfp-audit');
}

/** Heap of the thread that holds an index, MiB: half of the machine at most. */
export const indexMiB = Math.floor(totalmem() / (1 << 20) / 2);
