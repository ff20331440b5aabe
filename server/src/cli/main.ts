#!/usr/bin/env node
/** The program: small commands run here, large ones in a process of their own. */
import { exitStatus } from './exit-status.js';
import { supervise } from './supervise.js';

/** Commands that read a tree or a large report; the rest is over before a process has begun. */
const LARGE = ['audit', 'baseline', 'census', 'explain', 'merge', 'sites'];

async function small(argv: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  const onInterrupt = (): void => {
    if (interrupt.signal.aborted) process.exit(exitStatus.interrupted);
    interrupt.abort(new Error('interrupted'));
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  const { runHere } = await import('./command.js');
  return runHere(argv, interrupt.signal);
}

const argv = process.argv.slice(2);
const status = await (LARGE.includes(argv[0] ?? '') ? supervise(argv) : small(argv));
if (status === exitStatus.interrupted) {
  // Over the progress line, which a process that was killed has left there.
  process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[2K' : ''}gfp-audit: interrupted\n`);
  // What was interrupted may still be giving back its memory.
  process.exit(status);
}
process.exitCode = status;
