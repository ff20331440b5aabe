#!/usr/bin/env node
/** The program: process streams, signals and the exit status around `run`. */
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { NodeHost } from '../host/node.js';
import { RULES } from '../rules/index.js';
import { UsageError } from './arguments.js';
import { simulateCommand } from './commands/simulate.js';
import { auditInThread, mendInThread } from './engine-thread.js';
import type { Engine, Io } from './io.js';
import { run, type Fronts } from './run.js';

const interrupt = new AbortController();

/** First Ctrl-C: stop cleanly, workers ended and nothing half-written. Second: at once. */
function onInterrupt(): void {
  if (interrupt.signal.aborted) process.exit(130);
  interrupt.abort(new Error('interrupted'));
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
const engine: Engine = { version: packageVersion(), rules: RULES.map((rule) => rule.meta), audit: auditInThread, mend: mendInThread };
const fronts: Fronts = {
  simulate: simulateCommand,
  lsp: async (args) => {
    if (!args.flags.has('stdio')) throw new UsageError('lsp: the transport must be named', 'gfp-audit lsp --stdio');
    const { serveStdio } = await import('../lsp/stdio.js');
    return serveStdio();
  },
};

process.on('SIGINT', onInterrupt);
process.on('SIGTERM', onInterrupt);
process.stdout.on('error', onStreamError);
process.stderr.on('error', onStreamError);
process.exitCode = await run(process.argv.slice(2), io, engine, fronts);
