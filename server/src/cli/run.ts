/** The command line as a function: argv in, exit status out. Never calls process.exit. */
import { InputError } from '../engine.js';
import { parseArguments, UsageError, type Arguments } from './arguments.js';
import { auditCommand } from './commands/audit.js';
import { baselineCommand } from './commands/baseline.js';
import { censusCommand } from './commands/census.js';
import { doctorCommand } from './commands/doctor.js';
import { node } from './doctor/checks.js';
import { explainCommand } from './commands/explain.js';
import { mergeCommand } from './commands/merge.js';
import { rulesCommand } from './commands/rules.js';
import { sitesCommand } from './commands/sites.js';
import { helpText } from './help.js';
import { exitStatus } from './exit-status.js';
import type { Engine, Io } from './io.js';

/** Commands that bring their own machinery, loaded only when asked for. */
export interface Fronts {
  simulate(io: Io, args: Arguments): Promise<number>;
  lsp(args: Arguments): Promise<number>;
}

/** Runs one command. A failure of the run itself is said on stderr and gives 2; an interrupt gives 130, and is said by whoever it came to. */
export async function run(argv: readonly string[], io: Io, engine: Engine, fronts: Fronts): Promise<number> {
  try {
    const args = parseArguments(argv);
    switch (args.command) {
      case 'help':
        io.out.write(helpText('about' in args ? args.about : undefined));
        return exitStatus.clean;
      case 'version':
        io.out.write(`gfp-audit ${engine.version}\n`);
        return exitStatus.clean;
      default:
        return await runCommand(args as Arguments, io, engine, fronts);
    }
  } catch (error) {
    if (io.signal.aborted) return exitStatus.interrupted;
    if (error instanceof UsageError) {
      io.err.write(`gfp-audit: ${error.message}\n  ${error.hint}\n`);
      return exitStatus.failed;
    }
    if (error instanceof InputError) {
      for (const line of error.message.split('\n')) io.err.write(`gfp-audit: ${line}\n`);
      return exitStatus.failed;
    }
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    io.err.write(
      `gfp-audit: internal error (does gfp-audit doctor find something?), please report it with the command and the file:\n${trace}\n`,
    );
    return exitStatus.failed;
  }
}

async function runCommand(args: Arguments, io: Io, engine: Engine, fronts: Fronts): Promise<number> {
  const { status, found, mend = '' } = node(process.versions.node);
  if (status === 'fail' && args.command !== 'doctor') throw new InputError(`Node.js ${found} is too old: ${mend}`);
  switch (args.command) {
    case 'audit':
      return auditCommand(io, engine, args);
    case 'baseline':
      return baselineCommand(io, engine, args);
    case 'sites':
      return sitesCommand(io, engine, args);
    case 'merge':
      return mergeCommand(io, engine, args);
    case 'census':
      return censusCommand(io, engine, args);
    case 'doctor':
      return doctorCommand(io, engine, args);
    case 'explain':
      return explainCommand(io, engine, args);
    case 'rules':
      return rulesCommand(io, engine, args);
    case 'simulate':
      return fronts.simulate(io, args);
    case 'lsp':
      return fronts.lsp(args);
  }
}
