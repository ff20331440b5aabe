/** Replaces source files for the Node host: new content beside each, then all renamed into their places. */
import { randomBytes } from 'node:crypto';
import { lstat, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ReplaceError, type Replacement } from './host.js';
import { explainError } from './node-list.js';

interface Staged {
  file: Replacement;
  /** Where the content goes: the target of a link. */
  place: string;
  beside: string;
  before: Uint8Array;
}

/** See Host.replace. @throws {ReplaceError} */
export async function replaceFiles(files: readonly Replacement[], hash: (bytes: Uint8Array) => string): Promise<void> {
  const staged: Staged[] = [];
  const done: Staged[] = [];
  let at = files[0]?.path ?? '';
  try {
    for (const file of files) {
      at = file.path;
      await stage(file, hash, staged);
    }
    for (const one of staged) {
      at = one.file.path;
      // Between reading and renaming somebody may have saved the file.
      await readExpected(one.place, one.file, hash);
      await rename(one.beside, one.place);
      done.push(one);
    }
  } catch (error) {
    await Promise.all(staged.filter((s) => !done.includes(s)).map(({ beside }) => rm(beside, { force: true })));
    for (const one of done) await putBack(one);
    throw error instanceof ReplaceError ? error : new ReplaceError(at, explainError(error));
  }
}

async function stage(file: Replacement, hash: (bytes: Uint8Array) => string, staged: Staged[]): Promise<void> {
  const place = await realpath(file.path);
  const info = await lstat(place);
  if (!info.isFile()) throw new ReplaceError(file.path, 'not a regular file: not replaced');
  // A rename needs no right to the file itself: a read-only one is taken as meant to stay.
  if ((info.mode & 0o222) === 0) throw new ReplaceError(file.path, 'is read-only: not replaced');
  const before = await readExpected(place, file, hash);
  const beside = besideOf(place);
  await writeBeside(beside, file.bytes, info);
  staged.push({ file, place, beside, before });
}

const besideOf = (place: string): string =>
  join(dirname(place), `.${basename(place)}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`);

/** Writes a new file; leaves none behind when that fails. */
async function writeBeside(beside: string, bytes: Uint8Array, info: { mode: number; uid: number; gid: number }): Promise<void> {
  const handle = await open(beside, 'wx', info.mode & 0o777);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
    const own = await handle.stat();
    if (own.uid !== info.uid || own.gid !== info.gid) await handle.chown(info.uid, info.gid);
    await handle.chmod(info.mode & 0o7777);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

async function readExpected(place: string, file: Replacement, hash: (bytes: Uint8Array) => string): Promise<Uint8Array> {
  const bytes = await readFile(place);
  if (hash(bytes) !== file.expected) throw new ReplaceError(file.path, 'has changed since it was read: not replaced');
  return bytes;
}

/** A later file of the group failed: this one gets its content back. */
async function putBack({ file, place, before }: Staged): Promise<void> {
  const info = await lstat(place);
  const beside = besideOf(place);
  try {
    await writeBeside(beside, before, info);
    await rename(beside, place);
  } catch (error) {
    await rm(beside, { force: true });
    throw new ReplaceError(file.path, `was replaced, and cannot be put back: ${explainError(error)}`);
  }
}
