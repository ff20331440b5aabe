/** `gfp-audit census TREE [--compare TREE]`: how a tree asks for memory, by subsystem. */
import { takeCensus, type Census } from '../../report/census/count.js';
import { compareCensus } from '../../report/census/compare.js';
import { renderCensusHtml } from '../../report/census/html.js';
import { renderCensusJson, renderCensusText, renderComparisonText } from '../../report/census/text.js';
import { subsystemsOf } from '../../session/subsystems.js';
import type { Arguments } from '../arguments.js';
import { exitStatus } from '../exit-status.js';
import { deliver, wantsColour, type Engine, type Io } from '../io.js';
import { runEngine } from '../run-engine.js';
import { stringOption } from '../settings.js';

/** @returns the exit status: 0, or 2 when a file could not be read. */
export async function censusCommand(io: Io, engine: Engine, args: Arguments): Promise<number> {
  const other = stringOption(args, 'compare');
  const first = await count(io, engine, args, args.positionals[0]!);
  const second = other === undefined ? undefined : await count(io, engine, args, other);
  const comparison = second && compareCensus(first.census, second.census);
  const output = stringOption(args, 'output');
  const text = { colour: output === undefined && wantsColour(io.out, io.env), quiet: args.flags.has('quiet') };
  const rendered = {
    json: () => renderCensusJson(first.census, engine.version, comparison),
    html: () => renderCensusHtml(first.census, engine.version, comparison),
    text: () => (comparison ? renderComparisonText(comparison, text) : renderCensusText(first.census, text)),
  }[(stringOption(args, 'format') ?? 'text') as 'json' | 'html' | 'text']();
  await deliver(io, output, rendered);
  return first.failed || second?.failed === true ? exitStatus.failed : exitStatus.clean;
}

async function count(io: Io, engine: Engine, args: Arguments, path: string): Promise<{ census: Census; failed: boolean }> {
  const { result, failed } = await runEngine(io, engine, args, [path], { want: 'inventory' });
  return { census: takeCensus(result, await subsystemsOf(io.host, result.root)), failed };
}
