/** --help, made from the option table. */
import { SCENARIOS } from '../../../simulator/src/index.js';
import { commandNames, commands, commonOptions, everywhere, type CommandName, type OptionSpec } from './options.js';

const width = 34;

function optionLine(spec: OptionSpec): string {
  const short = spec.short === undefined ? '    ' : `-${spec.short}, `;
  const value = spec.value === undefined ? '' : spec.type === 'boolean' ? `[=${spec.value}]` : ` ${spec.value}`;
  const left = `  ${short}--${spec.name}${value}`;
  return left.length < width ? left.padEnd(width) + spec.help : `${left}\n${' '.repeat(width)}${spec.help}`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${title}:\n${lines.join('\n')}\n`;
}

/** Text of --help, of the program or of one command. */
export function helpText(about?: CommandName): string {
  if (about === undefined) {
    return (
      'gfp-audit: finds kernel allocations that can deadlock, sleep where they must not, loop for ever or drain the reserves\n' +
      '\nUsage: gfp-audit COMMAND [OPTION]... [ARGUMENT]...\n' +
      section(
        'Commands',
        commandNames.map((name) => `  ${`${name} ${commands[name].usage}`.padEnd(width - 2)}${commands[name].summary}`),
      ) +
      section('Options of all commands that read a tree', commonOptions.map(optionLine)) +
      section('Everywhere', everywhere.map(optionLine)) +
      section('Exit status', [
        '  0    nothing found at or above --fail-on (default: error)',
        '  1    findings',
        '  2    the run itself failed: bad arguments, a path or file that could not be read (each is named)',
        '  130  interrupted (Ctrl-C)',
      ]) +
      section('Environment', [
        '  NO_COLOR        no colours; FORCE_COLOR: colours even where the output is no terminal',
        '  XDG_CACHE_HOME  where the cache folder stands (default: ~/.cache)',
      ]) +
      section(
        'Examples',
        commandNames.flatMap((name) => commands[name].examples.map((example) => `  ${example}`)),
      )
    );
  }
  const spec = commands[about];
  return (
    `gfp-audit ${about}: ${spec.summary}\n` +
    `\nUsage: gfp-audit ${about} ${spec.usage}${spec.usage === '--stdio' ? '' : ' [OPTION]...'}\n` +
    section('Options', spec.options.map(optionLine)) +
    section('Common options', spec.common ? commonOptions.map(optionLine) : []) +
    section('Everywhere', everywhere.map(optionLine)) +
    section('Scenarios', about === 'simulate' ? Object.entries(SCENARIOS).map(([name, words]) => `  ${name.padEnd(22)}${words}`) : []) +
    section(
      'Examples',
      spec.examples.map((example) => `  ${example}`),
    )
  );
}
