/**
 * Runs a command in a process of its own. Linking a whole tree keeps a thread busy for minutes, and the kernel takes a third of a second to
 * take back each gigabyte of a process that ends: an interrupt must be obeyed all the while, and nobody wait for that.
 */
import { spawn, type StdioOptions } from 'node:child_process';
import { fstatSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { engineFlags } from '../host/engine-heap.js';
import { exitStatus } from './exit-status.js';

/** How long an interrupted command may take to put its things away; busy with a long computation it does not hear us. */
const graceMs = 50;

const entry = fileURLToPath(new URL(`./command-process${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url));

/** A pipe's reader waits until all who could write to it have ended. */
const isPipe = (fd: number): boolean => {
  const stat = fstatSync(fd);
  return stat.isFIFO() || stat.isSocket();
};

/** @returns the command's exit status; after an interrupt, 130 at once, though its process may not have ended */
export function supervise(argv: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const [out, err] = [isPipe(1), isPipe(2)];
    const stdio: StdioOptions = ['inherit', out ? 'pipe' : 'inherit', err ? 'pipe' : 'inherit'];
    const child = spawn(process.execPath, [...process.execArgv, ...engineFlags(), entry, String(process.pid), ...argv], { stdio });
    let interrupted = false;
    const kill = (): void => {
      child.kill('SIGKILL');
      resolve(exitStatus.interrupted);
    };
    const onSignal = (): void => {
      if (interrupted) return kill();
      interrupted = true;
      child.kill('SIGTERM');
      setTimeout(kill, graceMs);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    child.stdout?.pipe(process.stdout);
    child.stderr?.pipe(process.stderr);
    // A reader that left (`| head`) is no failure: nothing more can be said to it.
    const onStreamError = (error: NodeJS.ErrnoException): void => {
      if (error.code !== 'EPIPE') throw error;
      child.kill('SIGKILL');
      process.exit(exitStatus.clean);
    };
    process.stdout.on('error', onStreamError);
    process.stderr.on('error', onStreamError);
    child.on('error', (error) => {
      process.stderr.write(`gfp-audit: ${process.execPath} cannot be run: ${error.message}\n`);
      resolve(exitStatus.failed);
    });
    child.on('close', (code, signal) => {
      if (code === null && !interrupted)
        process.stderr.write(
          `gfp-audit: the command was ended by ${signal}; where memory was short, --jobs 1 or a part of the tree takes less\n`,
        );
      resolve(code ?? (interrupted ? exitStatus.interrupted : exitStatus.failed));
    });
  });
}
