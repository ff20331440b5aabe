/** A thread that ends its process when the process that started that has ended, killed perhaps: nobody wants its answer any more. */
import { parentPort } from 'node:worker_threads';

const everyMs = 250;

parentPort?.once('message', (parent: number) =>
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }, everyMs),
);
