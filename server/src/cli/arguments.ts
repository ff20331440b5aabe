/** From argv to a checked command, or a UsageError that says what to write instead. */
import { parseArgs } from 'node:util';
import { commandNames, commands, everywhere, optionsOf, type CommandName, type OptionSpec } from './options.js';
import { nearest } from '../catalog/nearest.js';

/** Wrong arguments: exit status 2, one line and a hint. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  constructor(
    message: string,
    readonly hint: string = 'see gfp-audit --help',
  ) {
    super(message);
  }
}

export interface Arguments {
  command: CommandName;
  positionals: string[];
  strings: Map<string, string[]>;
  flags: Set<string>;
}

export type Parsed = Arguments | { command: 'help'; about?: CommandName } | { command: 'version' };

/** @throws {UsageError} */
export function parseArguments(argv: readonly string[]): Parsed {
  const [first, ...rest] = argv;
  if (first === undefined || first === '--help' || first === '-h') return { command: 'help' };
  if (first === '--version') return { command: 'version' };
  if (first === 'help') {
    const about = rest[0];
    return about === undefined ? { command: 'help' } : { command: 'help', about: commandNamed(about) };
  }
  if (first.startsWith('-')) throw unknownOption(first, everywhere, 'a command comes first: gfp-audit audit PATH...');
  return parseCommand(commandNamed(first), rest);
}

function commandNamed(word: string): CommandName {
  const known = commandNames.find((name) => name === word);
  if (known) return known;
  const near = nearest(word, commandNames);
  throw new UsageError(
    `unknown command '${word}'`,
    near ? `did you mean ${near}?` : `commands: ${commandNames.join(', ')}; to audit a path: gfp-audit audit ${word}`,
  );
}

function parseCommand(command: CommandName, args: string[]): Parsed {
  const specs = optionsOf(command);
  const config = Object.fromEntries(
    specs.map((spec) => [spec.name, { type: spec.type, multiple: true, ...(spec.short === undefined ? {} : { short: spec.short }) }]),
  );
  const { tokens } = parseArgs({ args, options: config, allowPositionals: true, strict: false, tokens: true });
  const result: Arguments = { command, positionals: [], strings: new Map(), flags: new Set() };
  for (const token of tokens) {
    if (token.kind === 'positional') result.positionals.push(token.value);
    else if (token.kind === 'option') takeOption(token, specs, result);
  }
  if (result.flags.has('help')) return { command: 'help', about: command };
  if (result.flags.has('version')) return { command: 'version' };
  checkPositionals(command, result.positionals);
  return result;
}

interface OptionToken {
  name: string;
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

function takeOption(token: OptionToken, specs: readonly OptionSpec[], into: Arguments): void {
  const spec = specs.find((one) => one.name === token.name);
  if (!spec) throw unknownOption(token.rawName, specs, `see gfp-audit ${into.command} --help`);
  const shown = `--${spec.name}`;
  if (spec.type === 'boolean') {
    if (token.value !== undefined && !spec.choices) throw new UsageError(`${shown} takes no value`);
    into.flags.add(spec.name);
    if (token.value === undefined) return;
  }
  const { value } = token;
  if (value === undefined || value === '' || (spec.type === 'string' && !token.inlineValue && value.startsWith('-') && value !== '-'))
    throw new UsageError(`${shown} needs a value`, `${shown} ${spec.value ?? 'VALUE'}`);
  if (spec.choices && !spec.choices.includes(value)) {
    const near = nearest(value, spec.choices);
    throw new UsageError(`${shown}: unknown value '${value}'`, `one of ${spec.choices.join(', ')}${near ? `; did you mean ${near}?` : ''}`);
  }
  const earlier = into.strings.get(spec.name) ?? [];
  if (earlier.length > 0 && !spec.multiple) throw new UsageError(`${shown} was given twice`);
  into.strings.set(spec.name, [...earlier, value]);
}

function unknownOption(written: string, specs: readonly OptionSpec[], otherwise: string): UsageError {
  const near = nearest(
    written.replace(/^-+/, ''),
    specs.map((spec) => spec.name),
  );
  return new UsageError(`unknown option '${written}'`, near ? `did you mean --${near}?` : otherwise);
}

function checkPositionals(command: CommandName, given: readonly string[]): void {
  const { min, max, name } = commands[command].positionals;
  if (given.length < min) throw new UsageError(`${command} needs ${name}`, `gfp-audit ${command} ${commands[command].usage}`);
  if (given.length > max)
    throw new UsageError(`${command}: unexpected argument '${given[max] ?? ''}'`, `gfp-audit ${command} ${commands[command].usage}`);
  if (given.includes('')) throw new UsageError(`${command}: ${name} is empty`);
}
