/** The Node host's store: one file an entry, written beside its place and renamed into it. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gunzipSync, gzip } from 'node:zlib';
import type { Store } from './host.js';
import { makeFolder } from './make-folder.js';

const inflate = promisify(gunzip);
const deflate = promisify<Uint8Array, { level: number }, Uint8Array>(gzip);

const keyForm = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/;

/** Writes a file as a whole: a reader, and a run that is cut off, sees the old content or the new, never a part. */
export async function writeAtomically(file: string, content: string | Uint8Array | Iterable<string>): Promise<void> {
  const beside = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(beside, content, { flag: 'wx' });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

export class FolderStore implements Store {
  constructor(private readonly folder: string) {}

  async read(key: string): Promise<Uint8Array | null> {
    try {
      return await inflate(await readFile(this.path(key)));
    } catch (error) {
      if (isSystemError(error)) return null;
      throw error;
    }
  }

  readNow(key: string): Uint8Array | null {
    try {
      return gunzipSync(readFileSync(this.path(key)));
    } catch (error) {
      if (isSystemError(error)) return null;
      throw error;
    }
  }

  async write(key: string, bytes: Uint8Array, tight = false): Promise<boolean> {
    const file = this.path(key);
    try {
      await makeFolder(dirname(file));
      await writeAtomically(file, await deflate(bytes, { level: tight ? 6 : 1 }));
      return true;
    } catch (error) {
      if (isSystemError(error)) return false;
      throw error;
    }
  }

  private path(key: string): string {
    if (!keyForm.test(key)) throw new RangeError(`not a store key: ${key}`);
    return join(this.folder, ...key.split('/'));
  }
}

function isSystemError(error: unknown): boolean {
  // A file cut short or of another make does not inflate: the entry is lost, nothing else.
  return error instanceof Error && ('syscall' in error || String((error as { code?: unknown }).code).startsWith('Z_'));
}
