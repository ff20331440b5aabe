/** `gfp-audit doctor [PATH]`: is everything here that an audit needs, and what to do where not. */
import { InputError } from '../../engine.js';
import { palette, printable } from '../../report/colour.js';
import type { Arguments } from '../arguments.js';
import { examine, type Check } from '../doctor/checks.js';
import { exitStatus } from '../exit-status.js';
import { deliver, wantsColour, type Engine, type Io } from '../io.js';
import { cacheFolder, kernelVersion, stringOption } from '../settings.js';

/** @returns the exit status: 0, or 2 when an audit could not do its work here. @throws {InputError} for a path that is not there */
export async function doctorCommand(io: Io, engine: Engine, args: Arguments): Promise<number> {
  const path = stringOption(args, 'tree') ?? args.positionals[0] ?? '.';
  if (!['file', 'directory'].includes((await io.host.stat(io.host.resolve(path))).kind))
    throw new InputError(`${path}: no such file or folder`);
  const checks = await examine(io.host, path, cacheFolder(io, args), kernelVersion(stringOption(args, 'kernel')));
  const output = stringOption(args, 'output');
  const text =
    stringOption(args, 'format') === 'json'
      ? `${JSON.stringify({ tool: { name: 'gfp-audit', version: engine.version }, checks }, null, 2)}\n`
      : render(checks, output === undefined && wantsColour(io.out, io.env));
  await deliver(io, output, text);
  return checks.some((check) => check.status === 'fail') ? exitStatus.failed : exitStatus.clean;
}

const WORDS: Record<Check['status'], string> = { ok: 'ok', warn: 'note', fail: 'FAIL' };

function render(checks: readonly Check[], colour: boolean): string {
  const colours = palette(colour);
  const width = Math.max(...checks.map(({ name }) => name.length));
  const paint = { ok: colours.dim, warn: colours.yellow, fail: colours.red };
  const lines = checks.flatMap(({ name, status, found, mend }) => [
    `${paint[status](WORDS[status].padEnd(4))}  ${name.padEnd(width)}  ${printable(found)}`,
    ...(mend === undefined ? [] : [`${' '.repeat(width + 8)}-> ${printable(mend)}`]),
  ]);
  const failed = checks.filter(({ status }) => status === 'fail').length;
  const verdict = failed === 0 ? 'ready' : `${failed} thing${failed === 1 ? '' : 's'} to mend before an audit`;
  return `${lines.join('\n')}\n\n${verdict}\n`;
}
