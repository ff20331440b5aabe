/** What the command line leads to beside the engine. */
import { UsageError } from './arguments.js';
import { simulateCommand } from './commands/simulate.js';
import type { Fronts } from './run.js';

export const fronts: Fronts = {
  simulate: simulateCommand,
  lsp: async (args) => {
    if (!args.flags.has('stdio')) throw new UsageError('lsp: the transport must be named', 'gfp-audit lsp --stdio');
    const { serveStdio } = await import('../lsp/stdio.js');
    return serveStdio();
  },
};
