/** What the tree's .config says, where there is one. */
import type { Problem } from '../engine.js';
import { ReadError, type Host } from '../host/host.js';

/** Whether the tree is configured with PREEMPT_RT; false without a .config. One that cannot be read is a problem of the run. */
export async function preemptRt(host: Host, root: string, problems: Problem[]): Promise<boolean> {
  const file = host.resolve('.config', root);
  if ((await host.stat(file)).kind === 'missing') return false;
  try {
    return /^CONFIG_PREEMPT_RT=y\s*$/m.test(new TextDecoder().decode(await host.readBytes(file)));
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    problems.push({ file: '.config', message: error.message, kind: error.kind });
    return false;
  }
}
