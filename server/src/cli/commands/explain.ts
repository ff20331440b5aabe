/** `gfp-audit explain FILE:LINE[:COLUMN]`: what the hover shows, in the terminal. */
import { InputError } from '../../engine.js';
import { explainLine, renderExplanation } from '../../report/explain.js';
import { UsageError, type Arguments } from '../arguments.js';
import { exitStatus } from '../exit-status.js';
import { deliver, wantsColour, type Engine, type Io } from '../io.js';
import { runEngine } from '../run-engine.js';
import { stringOption } from '../settings.js';
import { sourceLines } from '../source.js';

interface Place {
  file: string;
  line: number;
  column?: number;
}

/** @returns the exit status: 0, or 2 when nothing is known of the place. */
export async function explainCommand(io: Io, engine: Engine, args: Arguments): Promise<number> {
  const place = parsePlace(args.positionals[0] ?? '');
  const { result, failed } = await runEngine(io, engine, args, [place.file], { minConfidence: 'possible', fixes: true });
  const file = io.host.relative(result.root, io.host.resolve(place.file));
  const explanation = explainLine(result, { ...place, file });
  if (explanation.sites.length + explanation.findings.length + explanation.others.length === 0) {
    const near = explanation.nearest.map((site) => `line ${site.line}: ${site.api}() in ${site.function}()`);
    throw new InputError(
      [
        `${place.file}:${place.line}: no allocation, scope, wait or finding known on this line`,
        ...near.map((text) => `  nearest: ${text}`),
      ].join('\n'),
    );
  }
  const source = await sourceLines(io.host, result.root, [file]);
  const output = stringOption(args, 'output');
  await deliver(
    io,
    output,
    renderExplanation(result, explanation, {
      colour: output === undefined && wantsColour(io.out, io.env),
      source,
      rules: engine.rules,
    }),
  );
  return failed ? exitStatus.failed : exitStatus.clean;
}

/** @throws {UsageError} */
function parsePlace(text: string): Place {
  const match = /^(.+?):(\d+)(?::(\d+))?$/.exec(text);
  const [, file, line, column] = match ?? [];
  if (file === undefined || Number(line) < 1 || Number(column ?? 1) < 1)
    throw new UsageError(`explain: '${text}' is no place in a file`, 'gfp-audit explain FILE:LINE[:COLUMN], counted from 1');
  return { file, line: Number(line), ...(column === undefined ? {} : { column: Number(column) }) };
}
