/** `gfp-audit sites PATH...`: the inventory, without judgement. */
import { renderJson } from '../../report/json.js';
import { renderSites } from '../../report/sites.js';
import type { Arguments } from '../arguments.js';
import { exitStatus } from '../exit-status.js';
import { deliver, wantsColour, type Engine, type Io } from '../io.js';
import { runEngine } from '../run-engine.js';
import { stringOption } from '../settings.js';

/** @returns the exit status: 0, or 2 when a file could not be read. */
export async function sitesCommand(io: Io, engine: Engine, args: Arguments): Promise<number> {
  const { result, failed } = await runEngine(io, engine, args, args.positionals, { want: 'inventory' });
  const output = stringOption(args, 'output');
  const text =
    stringOption(args, 'format') === 'json'
      ? renderJson('sites', result, { version: engine.version, stable: args.flags.has('stable') })
      : renderSites(result, {
          colour: output === undefined && wantsColour(io.out, io.env),
          quiet: args.flags.has('quiet'),
        });
  await deliver(io, output, text);
  return failed ? exitStatus.failed : exitStatus.clean;
}
