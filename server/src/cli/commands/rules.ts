/** `gfp-audit rules [ID]` */
import { renderRules } from '../../report/rules.js';
import type { Arguments } from '../arguments.js';
import { exitStatus } from '../exit-status.js';
import { checkOutput, deliver, wantsColour, type Engine, type Io } from '../io.js';
import { checkRuleId, stringOption } from '../settings.js';

/** @returns the exit status, 0. @throws {UsageError} for an unknown rule. */
export async function rulesCommand(io: Io, engine: Engine, args: Arguments): Promise<number> {
  const id = args.positionals[0];
  if (id !== undefined)
    checkRuleId(
      id,
      engine.rules.map((rule) => rule.id),
      'rules',
    );
  const output = stringOption(args, 'output');
  await checkOutput(io, output);
  const chosen = engine.rules.filter((rule) => id === undefined || rule.id === id);
  const format = (stringOption(args, 'format') ?? 'text') as 'text' | 'json' | 'markdown';
  const colour = output === undefined && wantsColour(io.out, io.env);
  await deliver(io, output, renderRules(chosen, { format, one: id !== undefined, colour }));
  return exitStatus.clean;
}
