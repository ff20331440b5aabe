/** The Node host's store: one file an entry, written beside its place and renamed into it. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, brotliDecompressSync, constants, type BrotliOptions } from 'node:zlib';
import type { Store } from './host.js';
import { makeFolder } from './make-folder.js';

const inflate = promisify<Uint8Array, Uint8Array>(brotliDecompress);
const deflate = promisify<Uint8Array, BrotliOptions, Uint8Array>(brotliCompress);

/** Facts and linked trees: as fast as gzip at its fastest, a fifth smaller (docs/measurements.md). */
const QUALITY = 4;
const SUM_BYTES = 8;

/** Brotli does not tell a stream whose bits changed from another; the sum before it does. */
const sumOf = (packed: Uint8Array): Uint8Array => createHash('sha256').update(packed).digest().subarray(0, SUM_BYTES);

async function packed(bytes: Uint8Array): Promise<Uint8Array> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  const stream = await deflate(bytes, { params });
  return Buffer.concat([sumOf(stream), stream]);
}

/** The stream of an entry; null for one that is cut short or damaged: the entry is lost, nothing else. */
function streamOf(entry: Uint8Array): Uint8Array | null {
  const stream = entry.subarray(SUM_BYTES);
  return sumOf(stream).every((byte, i) => byte === entry[i]) ? stream : null;
}

const keyForm = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/;

/**
 * Writes a file as a whole: a reader, and a run that is cut off, sees the old content or the new, never a part.
 * @throws the signal's reason when it was aborted; the file is what it was then
 */
export async function writeAtomically(file: string, content: string | Uint8Array | Iterable<string>, signal?: AbortSignal): Promise<void> {
  const beside = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(beside, content, { flag: 'wx', ...(signal && { signal }) });
    signal?.throwIfAborted();
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** No write takes longer: what is older was left by a run that was killed. Milliseconds. */
const SCRAP_AGE = 3_600_000;
const scrapForm = /\.\d+-[0-9a-f]{8}\.tmp$/;

/** Takes away what killed runs have left in a folder of the store. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!scrapForm.test(name)) continue;
    const scrap = join(folder, name);
    try {
      if (Date.now() - (await stat(scrap)).mtimeMs > SCRAP_AGE) await rm(scrap, { force: true });
    } catch (error) {
      // Another run was faster.
      if (!isSystemError(error)) throw error;
    }
  }
}

export class FolderStore implements Store {
  /** Folders that were written to: looked through once. */
  private readonly swept = new Set<string>();

  constructor(private readonly folder: string) {}

  async read(key: string): Promise<Uint8Array | null> {
    try {
      const stream = streamOf(await readFile(this.path(key)));
      return stream && (await inflate(stream));
    } catch (error) {
      if (isSystemError(error)) return null;
      throw error;
    }
  }

  readNow(key: string): Uint8Array | null {
    try {
      const stream = streamOf(readFileSync(this.path(key)));
      return stream && brotliDecompressSync(stream);
    } catch (error) {
      if (isSystemError(error)) return null;
      throw error;
    }
  }

  async write(key: string, bytes: Uint8Array): Promise<boolean> {
    const file = this.path(key);
    try {
      const folder = dirname(file);
      await makeFolder(folder);
      if (!this.swept.has(folder)) {
        this.swept.add(folder);
        await sweep(folder);
      }
      await writeAtomically(file, await packed(bytes));
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

const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;
