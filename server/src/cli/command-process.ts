/** The process of a large command (supervise.ts): ends when the one that started it does, whatever it is busy with. */
import { NodeHost } from '../host/node.js';
import { runHere } from './command.js';

const interrupt = new AbortController();
// A terminal interrupts this process as well; the other one passes it on by another signal.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => interrupt.abort(new Error('interrupted')));

const [parent, ...argv] = process.argv.slice(2);
const watch = new NodeHost().spawnWorker('cli/parent-watch');
watch.post(Number(parent));
process.exitCode = await runHere(argv, interrupt.signal);
await watch.terminate();
