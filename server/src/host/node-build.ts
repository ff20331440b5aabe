/** What this program is made of: what is kept between runs is read again by the same code only. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const known = new Map<string, string>();

/** Digest of the code in folders of this program ('server/src/facts'); of a bundle, which has no folders, of all of it. */
export function buildDigest(folders: readonly string[]): string {
  const key = folders.join();
  let digest = known.get(key);
  if (digest === undefined) known.set(key, (digest = digestOf(folders)));
  return digest;
}

function digestOf(folders: readonly string[]): string {
  const self = fileURLToPath(import.meta.url);
  const root = /^(.*)server[\\/]src[\\/]host[\\/]node-build\.[jt]s$/.exec(self)?.[1];
  const hash = createHash('sha256');
  if (root === undefined) hash.update(readFileSync(self));
  else for (const folder of folders) add(hash, join(root, folder), folder);
  return hash.digest('hex').slice(0, 24);
}

function add(hash: ReturnType<typeof createHash>, folder: string, name: string): void {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) add(hash, path, `${name}/${entry.name}`);
    else if (/\.[jt]s$/.test(entry.name) && !entry.name.endsWith('.d.ts')) {
      hash.update(`${name}/${entry.name}\n`);
      hash.update(readFileSync(path));
    }
  }
}
