/** `gfp-audit simulate`: reads options and files, runs the simulator, prints text, JSON or SVG. */
import { answerSvg, answerText, RequestError, SCENARIOS, simulate, type SimulateAnswer } from '../../../simulator/src/index.js';

export interface SimulateIo {
  stdout: (s: string) => void;
  stderr: (s: string) => void;
  /** Text of a file; throws when it cannot be read. */
  readFile: (path: string) => string;
  writeFile: (path: string, text: string) => void;
}

/** Bad command line; the message is for the user. */
class UsageError extends Error {}

const FORMATS = ['text', 'json', 'svg'] as const;
type Format = (typeof FORMATS)[number];

interface Options {
  request: Record<string, unknown>;
  machine: Record<string, unknown>;
  format: Format;
  batch?: string;
  output?: string;
  tree?: string;
  help: boolean;
}

/** Options shared by all commands that mean nothing here; true: a value follows. */
const IGNORED: Readonly<Record<string, boolean>> = {
  '--config': true, '--jobs': true, '--cache-dir': true, '--no-cache': false, '--no-progress': false, '--quiet': false, '--stable': false, '--rt': false,
};

const USAGE = `usage: gfp-audit simulate [--kernel V | --tree ROOT] [--gfp EXPR] [--order N] [--size BYTES] [--api NAME]
         [--context task|kthread|rt|bh-off|softirq|hardirq|nmi|oom-victim|workqueue] [--scope nofs|noio|noreclaim|pin]...
         [--scenario NAME] [--memory SIZE | --machine FILE] [--seed N] [--horizon MS]
         [--format text|json|svg] [--batch FILE] [--output FILE]

scenarios:
${Object.entries(SCENARIOS).map(([name, words]) => `  ${name.padEnd(20)} ${words}`).join('\n')}
`;

/** Runs the command. 0: answered; 2: bad arguments, an unreadable file or a request that cannot be run. */
export function runSimulate(argv: string[], io: SimulateIo): number {
  try {
    const o = parse(argv);
    if (o.help) {
      io.stdout(USAGE);
      return 0;
    }
    if (o.tree !== undefined) o.request.kernel ??= kernelOfTree(o.tree, io);
    const { text, status } = o.batch === undefined ? one(o, io) : batch(o, o.batch, io);
    if (o.output === undefined) io.stdout(text);
    else io.writeFile(o.output, text);
    return status;
  } catch (e) {
    if (e instanceof UsageError || e instanceof RequestError) {
      io.stderr(`gfp-audit simulate: ${e.message}\n`);
      return 2;
    }
    throw e;
  }
}

function parse(argv: readonly string[]): Options {
  const o: Options = { request: {}, machine: {}, format: 'text', help: false };
  const scopes: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const [name, inline] = splitOption(argv[i] as string);
    const value = (): string => {
      const v = inline ?? argv[++i];
      if (v === undefined) throw new UsageError(`${name} needs a value`);
      return v;
    };
    switch (name) {
      case '--help': o.help = true; break;
      case '--kernel': case '--gfp': case '--api': case '--context': case '--scenario': o.request[name.slice(2)] = value(); break;
      case '--order': case '--size': case '--seed': o.request[name.slice(2)] = number(name, value()); break;
      case '--horizon': o.request.horizonMs = number(name, value()); break;
      case '--scope': scopes.push(value()); break;
      case '--memory': o.machine.memory = value(); break;
      case '--machine': o.machine.file = value(); break;
      case '--format': o.format = format(value()); break;
      case '--batch': o.batch = value(); break;
      case '--output': o.output = value(); break;
      case '--tree': o.tree = value(); break;
      default:
        if (!Object.hasOwn(IGNORED, name)) throw new UsageError(`unknown option '${name}'; see gfp-audit simulate --help`);
        if (IGNORED[name]) value();
    }
  }
  if (scopes.length > 0) o.request.scope = scopes;
  if (o.request.kernel === 'auto') delete o.request.kernel;
  return o;
}

function splitOption(arg: string): [name: string, value: string | undefined] {
  const eq = arg.startsWith('--') ? arg.indexOf('=') : -1;
  return eq < 0 ? [arg, undefined] : [arg.slice(0, eq), arg.slice(eq + 1)];
}

function number(name: string, text: string): number {
  const n = /^-?(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : NaN;
  if (!Number.isFinite(n)) throw new UsageError(`${name} must be a whole number, not '${text}'`);
  return n;
}

function format(text: string): Format {
  const f = FORMATS.find((x) => x === text);
  if (!f) throw new UsageError(`unknown format '${text}'; known: ${FORMATS.join(', ')}`);
  return f;
}

function readJson(path: string, io: SimulateIo): unknown {
  let text: string;
  try {
    text = io.readFile(path);
  } catch (e) {
    throw new UsageError(`cannot read ${path}: ${e instanceof Error ? e.message : String(e)}`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (e) {
    throw new UsageError(`${path} is not JSON: ${e instanceof Error ? e.message : String(e)}`);
  }
}

/** VERSION.PATCHLEVEL.SUBLEVEL of a kernel tree's Makefile. */
function kernelOfTree(root: string, io: SimulateIo): string {
  let text: string;
  try {
    text = io.readFile(`${root.replace(/\/$/, '')}/Makefile`);
  } catch (e) {
    throw new UsageError(`no kernel Makefile in ${root}: ${e instanceof Error ? e.message : String(e)}`);
  }
  const part = (name: string): string | undefined => new RegExp(`^${name}\\s*=\\s*(\\d+)`, 'm').exec(text)?.[1];
  const [version, patchlevel, sublevel] = ['VERSION', 'PATCHLEVEL', 'SUBLEVEL'].map(part);
  if (version === undefined || patchlevel === undefined) throw new UsageError(`the Makefile in ${root} names no kernel version`);
  return `${version}.${patchlevel}.${sublevel ?? 0}`;
}

/** The machine of the command line: a file, or a memory size. */
function withMachine(o: Options, io: SimulateIo): Record<string, unknown> {
  const { file, ...rest } = o.machine;
  if (typeof file !== 'string') return Object.keys(rest).length > 0 ? { ...o.request, machine: rest } : { ...o.request };
  const machine = readJson(file, io);
  if (typeof machine !== 'object' || machine === null || Array.isArray(machine)) throw new UsageError(`${file} must hold a JSON object`);
  return { ...o.request, machine: { ...machine, ...rest } };
}

function one(o: Options, io: SimulateIo): { text: string; status: number } {
  const a = simulate(withMachine(o, io));
  return { text: o.format === 'json' ? JSON.stringify(a) + '\n' : o.format === 'svg' ? answerSvg(a) : answerText(a), status: 0 };
}

/** Every request of a file, answered in order. One that cannot be run is answered with its error, and the status is 2. */
function batch(o: Options, path: string, io: SimulateIo): { text: string; status: number } {
  const list = readJson(path, io);
  if (!Array.isArray(list)) throw new UsageError(`${path} must hold a JSON array of requests`);
  const defaults = withMachine(o, io);
  let status = 0;
  const answers = list.map((r: unknown, i): SimulateAnswer | { error: string; request: unknown; outcome: { result: 'invalid' } } => {
    try {
      return simulate(typeof r === 'object' && r !== null && !Array.isArray(r) ? { ...defaults, ...r } : r);
    } catch (e) {
      if (!(e instanceof RequestError)) throw e;
      io.stderr(`gfp-audit simulate: request ${i} of ${path}: ${e.message}\n`);
      status = 2;
      return { error: e.message, request: r, outcome: { result: 'invalid' } };
    }
  });
  if (o.format === 'json') return { text: JSON.stringify(answers) + '\n', status };
  if (o.format === 'svg') throw new UsageError('--format svg draws one request; --batch takes text or json');
  return { text: answers.map((a) => ('error' in a ? `error      ${a.error}\n` : answerText(a))).join('\n'), status };
}
