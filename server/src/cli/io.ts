/** What a command sees of the process: streams, environment, host, interrupt. Tests bring their own. */
import { constants } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AuditOptions, AuditResult, MendPlan, MendRequest } from '../engine.js';
import { InputError } from '../engine.js';
import type { Host } from '../host/host.js';
import { explainError } from '../host/node-list.js';
import { writeAtomically } from '../host/node-store.js';
import type { RuleMeta } from '../rules/model.js';

export interface TextStream {
  write(text: string | Uint8Array): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Io {
  readonly out: TextStream;
  readonly err: TextStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly host: Host;
  /** All of standard input. */
  stdin(): Promise<Uint8Array>;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The engine as the commands call it; tests put a stub here. */
export interface Engine {
  readonly version: string;
  readonly rules: readonly RuleMeta[];
  audit(host: Host, options: AuditOptions): Promise<AuditResult>;
  /** The same with fixes; `choose` is asked which findings to mend, about the result of every round of fixes. */
  mend(
    host: Host,
    options: AuditOptions,
    choose: (result: AuditResult) => Promise<MendRequest | undefined>,
  ): Promise<{ result: AuditResult; plan?: MendPlan }>;
}

/** Whether text for this stream may carry colour: only on a terminal, NO_COLOR and FORCE_COLOR honoured. */
export function wantsColour(stream: TextStream, env: Io['env']): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] && env['FORCE_COLOR'] !== '0') return true;
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** Fails before a long run when its output could not be written. @throws {InputError} */
export async function checkOutput(io: Io, file: string | undefined, option = '--output'): Promise<void> {
  if (file === undefined || file === '-') return;
  const path = io.host.resolve(file);
  const existing = await io.host.stat(path);
  if (existing.kind === 'directory') throw new InputError(`${option} ${file}: is a folder`);
  try {
    await access(existing.kind === 'special' ? path : dirname(path), constants.W_OK);
  } catch (error) {
    throw new InputError(`${option} ${file}: ${explainError(error)}`);
  }
}

/** Writes a command's output, a string or its pieces, to stdout or, as a whole, to --output FILE. @throws {InputError} */
export async function deliver(io: Io, file: string | undefined, text: string | Iterable<string>, option = '--output'): Promise<void> {
  if (file === undefined || file === '-') {
    for (const piece of typeof text === 'string' ? [text] : text) io.out.write(piece);
    return;
  }
  const path = io.host.resolve(file);
  try {
    // A device or FIFO (/dev/null, a shell's process substitution) is written to; renaming would replace it.
    if ((await io.host.stat(path)).kind === 'special') await writeFile(path, text);
    else await writeAtomically(path, text, io.signal);
  } catch (error) {
    io.signal.throwIfAborted();
    throw new InputError(`${option} ${file}: ${explainError(error)}`);
  }
}
