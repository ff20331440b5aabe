/** --since and --patch: what a change is made of, read before the engine starts. */
import { gunzipSync } from 'node:zlib';
import { InputError, type ChangeRequest } from '../engine.js';
import { ReadError } from '../host/host.js';
import { changedSince, GitError } from '../host/node-git.js';
import { findRoot } from '../session/root.js';
import { UsageError, type Arguments } from './arguments.js';
import type { Io } from './io.js';
import { stringOption } from './settings.js';

/** Undefined where no change was asked for. @throws {UsageError | InputError} */
export async function changeAsked(io: Io, args: Arguments): Promise<ChangeRequest | undefined> {
  const revision = stringOption(args, 'since');
  const patches = args.strings.get('patch') ?? [];
  if (args.flags.has('each') && patches.length === 0) throw new UsageError('--each needs --patch FILE');
  if (revision === undefined && patches.length === 0) return undefined;
  if (revision !== undefined && patches.length > 0) throw new UsageError('--since and --patch exclude each other');
  for (const other of ['baseline', 'shard'])
    if (args.strings.has(other))
      throw new UsageError(`--${other} and ${revision === undefined ? '--patch' : '--since'} exclude each other`);
  if (revision !== undefined) return sinceRevision(io, args, revision);
  const sources = [];
  for (const name of patches) sources.push({ name: name === '-' ? 'standard input' : name, bytes: unpacked(await read(io, name), name) });
  return { kind: 'patch', sources, each: args.flags.has('each') };
}

async function sinceRevision(io: Io, args: Arguments, revision: string): Promise<ChangeRequest> {
  const start = io.host.resolve(stringOption(args, 'tree') ?? '.');
  if ((await io.host.stat(start)).kind !== 'directory') throw new InputError(`--tree ${start}: no such folder`);
  const folder = args.strings.has('tree') ? start : ((await findRoot(io.host, start)) ?? start);
  try {
    return { kind: 'since', revision, files: await changedSince(folder, revision, io.signal) };
  } catch (error) {
    if (error instanceof GitError) throw new InputError(`--since ${revision}: ${error.message}`);
    throw error;
  }
}

async function read(io: Io, name: string): Promise<Uint8Array> {
  if (name === '-') return io.stdin();
  try {
    return await io.host.readBytes(io.host.resolve(name));
  } catch (error) {
    if (error instanceof ReadError) throw new InputError(`--patch ${name}: ${error.message}`);
    throw error;
  }
}

/** Archives of mailing lists hand out threads as gzip. @throws {InputError} */
function unpacked(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new InputError(`--patch ${name}: damaged or cut off: ${error instanceof Error ? error.message : String(error)}`);
  }
}
