/** A command in this process: streams, signals, version and engine around `run`. */
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { audit, auditAndMend } from '../engine.js';
import { NodeHost } from '../host/node.js';
import { RULES } from '../rules/index.js';
import { fronts } from './fronts.js';
import type { Engine, Io } from './io.js';
import { run } from './run.js';

/** A reader that left (`| head`) is no failure: nothing more can be said to it. */
function onStreamError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  throw error;
}

/** The version in the package's manifest, the nearest package.json above this file. */
function packageVersion(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    try {
      const manifest = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (manifest.name === 'gfp-audit') return manifest.version ?? '0';
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
    if (folder.pathname === '/' || new URL('..', folder).href === folder.href) return '0';
  }
}

/**
 * @param signal aborted by an interrupt: the command then stops cleanly, workers ended and nothing half-written
 * @returns the exit status
 */
export async function runHere(argv: readonly string[], signal: AbortSignal): Promise<number> {
  process.stdout.on('error', onStreamError);
  process.stderr.on('error', onStreamError);
  const io: Io = {
    out: process.stdout,
    err: process.stderr,
    env: process.env,
    host: new NodeHost(),
    stdin: () => buffer(process.stdin).then((all) => new Uint8Array(all)),
    signal,
  };
  const engine: Engine = { version: packageVersion(), rules: RULES.map((rule) => rule.meta), audit, mend: auditAndMend };
  return run(argv, io, engine, fronts);
}
