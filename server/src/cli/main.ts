#!/usr/bin/env node
/** The program: process streams, signals and the exit status around `run`. */
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { audit, auditAndMend } from '../engine.js';
import { NodeHost } from '../host/node.js';
import { RULES } from '../rules/index.js';
import { runInThread } from './command-thread.js';
import { fronts } from './fronts.js';
import type { Engine, Io } from './io.js';
import type { CommandName } from './options.js';
import { run } from './run.js';

/** Commands that read a tree or a large report; the rest is over before a thread has begun. */
const LARGE: readonly CommandName[] = ['audit', 'baseline', 'census', 'explain', 'merge', 'sites'];

const interrupt = new AbortController();

/**
 * First Ctrl-C: stop cleanly, workers ended and nothing half-written. Second: at once.
 * Ending the process waits for every thread, so what must not wait is left to the signal's own effect, which a shell calls 130 as well.
 */
function onInterrupt(): void {
  if (interrupt.signal.aborted) die();
  interrupt.abort(new Error('interrupted'));
}

function die(): void {
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
}

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

const io: Io = {
  out: process.stdout,
  err: process.stderr,
  env: process.env,
  host: new NodeHost(),
  stdin: () => buffer(process.stdin).then((all) => new Uint8Array(all)),
  signal: interrupt.signal,
};
process.on('SIGINT', onInterrupt);
process.on('SIGTERM', onInterrupt);
process.stdout.on('error', onStreamError);
process.stderr.on('error', onStreamError);
const argv = process.argv.slice(2);
const version = packageVersion();
if (LARGE.some((name) => name === argv[0])) {
  process.exitCode = await runInThread(argv, io, version, die, (changed) => process.stderr.on('resize', changed));
} else {
  const engine: Engine = { version, rules: RULES.map((rule) => rule.meta), audit, mend: auditAndMend };
  process.exitCode = await run(argv, io, engine, fronts);
}
