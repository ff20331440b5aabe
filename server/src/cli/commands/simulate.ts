/** `gfp-audit simulate`: one request, or a batch, through the allocator model. */
import { answerSvg, answerText, RequestError, simulate, type SimulateAnswer } from '../../../../simulator/src/index.js';
import { InputError } from '../../engine.js';
import { ReadError } from '../../host/host.js';
import { decodeSource } from '../../syntax/decode.js';
import { UsageError, type Arguments } from '../arguments.js';
import { exitStatus } from '../exit-status.js';
import { checkOutput, deliver, type Io } from '../io.js';
import { kernelVersion, stringOption } from '../settings.js';

type Json = Record<string, unknown>;

/** @returns the exit status: 0, or 2 when a request of a batch could not be run (it is answered with its error). */
export async function simulateCommand(io: Io, args: Arguments): Promise<number> {
  const output = stringOption(args, 'output');
  await checkOutput(io, output);
  const request = await requestOf(io, args);
  const batch = stringOption(args, 'batch');
  const format = stringOption(args, 'format') ?? 'text';
  if (batch !== undefined && format === 'svg') throw new UsageError('--format svg draws one request', '--batch takes text or json');
  const { text, failed } =
    batch === undefined ? { text: render(run(request), format), failed: false } : await runBatch(io, batch, request, format);
  await deliver(io, output, text);
  return failed ? exitStatus.failed : exitStatus.clean;
}

function run(request: unknown): SimulateAnswer {
  try {
    return simulate(request);
  } catch (error) {
    if (error instanceof RequestError) throw new UsageError(error.message, 'see gfp-audit simulate --help');
    throw error;
  }
}

function render(answer: SimulateAnswer, format: string): string {
  return format === 'json' ? `${JSON.stringify(answer)}\n` : format === 'svg' ? answerSvg(answer) : answerText(answer);
}

/** The request that the options describe; in a batch, what a request of the file does not say itself. */
async function requestOf(io: Io, args: Arguments): Promise<Json> {
  const request: Json = {};
  for (const name of ['gfp', 'api', 'context', 'scenario']) if (args.strings.has(name)) request[name] = stringOption(args, name);
  for (const [option, field] of [
    ['order', 'order'],
    ['size', 'size'],
    ['seed', 'seed'],
    ['horizon', 'horizonMs'],
  ] as const)
    if (args.strings.has(option)) request[field] = wholeNumber(option, stringOption(args, option) ?? '');
  if (args.strings.has('scope')) request['scope'] = args.strings.get('scope');
  const kernel = kernelVersion(stringOption(args, 'kernel'));
  const tree = stringOption(args, 'tree');
  if (kernel !== 'auto') request['kernel'] = kernel;
  else if (tree !== undefined) request['kernel'] = await kernelOfTree(io, tree);
  const machine = await machineOf(io, args);
  return machine === undefined ? request : { ...request, machine };
}

async function machineOf(io: Io, args: Arguments): Promise<Json | undefined> {
  const memory = stringOption(args, 'memory');
  const file = stringOption(args, 'machine');
  const fromFile = file === undefined ? undefined : await readJson(io, '--machine', file);
  if (fromFile !== undefined && !isObject(fromFile)) throw new InputError(`--machine ${file}: must hold a JSON object`);
  return memory === undefined ? fromFile : { ...fromFile, memory };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wholeNumber(option: string, text: string): number {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(text)) throw new UsageError(`--${option}: '${text}' is no whole number`);
  return Number(text);
}

async function readText(io: Io, option: string, file: string): Promise<string> {
  try {
    return decodeSource(await io.host.readBytes(io.host.resolve(file)));
  } catch (error) {
    if (error instanceof ReadError) throw new InputError(`${option} ${file}: ${error.message}`);
    throw error;
  }
}

async function readJson(io: Io, option: string, file: string): Promise<unknown> {
  const text = await readText(io, option, file);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InputError(`${option} ${file}: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** VERSION.PATCHLEVEL.SUBLEVEL as the tree's Makefile states it. */
async function kernelOfTree(io: Io, root: string): Promise<string> {
  const text = await readText(io, '--tree', io.host.resolve('Makefile', root));
  const [version, patchlevel, sublevel] = ['VERSION', 'PATCHLEVEL', 'SUBLEVEL'].map(
    (name) => new RegExp(`^${name}\\s*=\\s*(\\d+)`, 'm').exec(text)?.[1],
  );
  if (version === undefined || patchlevel === undefined) throw new InputError(`--tree ${root}: its Makefile states no kernel version`);
  return `${version}.${patchlevel}.${sublevel ?? '0'}`;
}

/** Every request of a file, answered in order. */
async function runBatch(io: Io, file: string, defaults: Json, format: string): Promise<{ text: string; failed: boolean }> {
  const list = await readJson(io, '--batch', file);
  if (!Array.isArray(list)) throw new InputError(`--batch ${file}: must hold a JSON array of requests`);
  let failed = false;
  const answers = list.map((one: unknown, index) => {
    try {
      return simulate(isObject(one) ? { ...defaults, ...one } : one);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      io.err.write(`gfp-audit: --batch ${file}: request ${index}: ${error.message}\n`);
      failed = true;
      return { error: error.message, request: one, outcome: { result: 'invalid' as const } };
    }
  });
  if (format === 'json') return { text: `${JSON.stringify(answers)}\n`, failed };
  return { text: answers.map((answer) => ('error' in answer ? `error      ${answer.error}\n` : answerText(answer))).join('\n'), failed };
}
