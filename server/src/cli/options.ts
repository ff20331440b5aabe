/** The one table of commands and options: parsing, --help and completion of mistyped names all read it. */

import { CONTEXTS, SCENARIO_NAMES } from '../../../simulator/src/index.js';

export type CommandName = 'audit' | 'sites' | 'baseline' | 'census' | 'merge' | 'doctor' | 'explain' | 'rules' | 'simulate' | 'lsp';

export interface OptionSpec {
  name: string;
  type: 'string' | 'boolean';
  short?: string;
  multiple?: boolean;
  /** Placeholder of the value in --help. A boolean option with one takes a value when written with '='. */
  value?: string;
  /** The only values accepted. */
  choices?: readonly string[];
  help: string;
}

export interface CommandSpec {
  /** What stands behind the command's name in its usage line. */
  usage: string;
  summary: string;
  positionals: { min: number; max: number; name: string };
  options: readonly OptionSpec[];
  /** Takes the common options that steer a run over a tree. */
  common: boolean;
  examples: readonly string[];
}

const severities = ['off', 'note', 'warning', 'error'] as const;
export const severityChoices: readonly string[] = severities;

const format = (choices: readonly string[]): OptionSpec => ({
  name: 'format',
  short: 'f',
  type: 'string',
  value: choices.join('|'),
  choices,
  help: `form of the output (default: ${choices[0] ?? ''})`,
});

const shardOption: OptionSpec = {
  name: 'shard',
  type: 'string',
  value: 'I/N',
  help: 'report on part I of N only, for gfp-audit merge (needs --format json)',
};

/** Options of every command that looks at a tree. */
export const commonOptions: readonly OptionSpec[] = [
  {
    name: 'output',
    short: 'o',
    type: 'string',
    value: 'FILE',
    help: 'write the output to FILE, as a whole or not at all',
  },
  {
    name: 'kernel',
    type: 'string',
    value: 'VERSION|auto',
    help: "kernel version to judge by (default: auto, from the tree's Makefile)",
  },
  {
    name: 'tree',
    type: 'string',
    value: 'ROOT',
    help: 'root of the kernel tree (default: found by Makefile and Kconfig)',
  },
  {
    name: 'config',
    type: 'string',
    value: 'FILE',
    help: 'catalogue additions and settings (default: gfp-audit.json at the root)',
  },
  {
    name: 'jobs',
    short: 'j',
    type: 'string',
    value: 'N',
    help: 'worker threads (default: the number of cores, at most 4)',
  },
  {
    name: 'cache-dir',
    type: 'string',
    value: 'DIR',
    help: "folder of the facts cache (default: the user's cache folder)",
  },
  { name: 'no-cache', type: 'boolean', help: 'neither read nor write a cache' },
  { name: 'rt', type: 'boolean', help: "judge by PREEMPT_RT (default: what the tree's .config says)" },
  { name: 'no-progress', type: 'boolean', help: 'no progress line on stderr' },
  { name: 'quiet', short: 'q', type: 'boolean', help: 'only the findings: no code, no summary, no notes' },
  { name: 'stable', type: 'boolean', help: 'leave out of JSON what changes from run to run (`run`)' },
];

/** Accepted before or after any command. */
export const everywhere: readonly OptionSpec[] = [
  { name: 'help', short: 'h', type: 'boolean', help: 'show this help' },
  { name: 'version', type: 'boolean', help: 'show the version' },
];

const ruleOption: OptionSpec = {
  name: 'rule',
  type: 'string',
  multiple: true,
  value: 'ID=LEVEL',
  help: `set a rule to ${severities.join(', ')}; may be repeated`,
};
const confidenceOption: OptionSpec = {
  name: 'min-confidence',
  type: 'string',
  value: 'certain|likely|possible',
  choices: ['certain', 'likely', 'possible'],
  help: 'show findings of this confidence and above (default: likely)',
};
const failOption: OptionSpec = {
  name: 'fail-on',
  type: 'string',
  value: 'error|warning|note|never',
  choices: ['error', 'warning', 'note', 'never'],
  help: 'exit with 1 for findings of this severity and above (default: error)',
};
const fixOption = (name: string, help: string): OptionSpec => ({
  name,
  type: 'boolean',
  value: 'safe|review',
  choices: ['safe', 'review'],
  help,
});
const suppressionsOption: OptionSpec = {
  name: 'suppressions',
  type: 'string',
  value: 'FILE',
  help: 'findings to leave out, each with a reason (docs/baseline.md)',
};

export const commands: Readonly<Record<CommandName, CommandSpec>> = {
  audit: {
    usage: 'PATH...',
    summary: 'find allocation bugs in files and folders of kernel C, or those that a change brings',
    positionals: { min: 0, max: Infinity, name: 'PATH' },
    common: true,
    options: [
      format(['text', 'json', 'sarif', 'html', 'kernel', 'github', 'markdown']),
      ruleOption,
      confidenceOption,
      failOption,
      fixOption('fix', 'make the fixes that are safe; with =review also those that change behaviour as they state'),
      fixOption('fix-dry-run', 'print a diff of what --fix would change, and nothing else; git apply takes it'),
      { name: 'since', type: 'string', value: 'REV', help: 'report only what changed findings since a git revision' },
      {
        name: 'patch',
        type: 'string',
        multiple: true,
        value: 'FILE|-',
        help: 'report only what a patch (diff, mail, mbox) would bring; may be repeated, nothing is written',
      },
      { name: 'each', type: 'boolean', help: 'with --patch: judge each patch of a series by itself, on top of those before it' },
      { name: 'baseline', type: 'string', value: 'FILE', help: 'report only findings that the baseline does not have' },
      suppressionsOption,
      shardOption,
    ],
    examples: [
      'gfp-audit audit fs/ext4',
      'gfp-audit audit drivers/md --format sarif --output md.sarif',
      'gfp-audit audit . --rule rt-atomic=warning',
      'gfp-audit audit --patch series.mbox --format markdown',
      'gfp-audit audit fs/ext4 --fix-dry-run=review | git apply',
    ],
  },
  baseline: {
    usage: 'write|check|prune [PATH...] --baseline FILE',
    summary: 'keep a list of the known findings, so that only new ones are reported',
    positionals: { min: 1, max: Infinity, name: 'write, check or prune' },
    common: true,
    options: [
      format(['text', 'json', 'sarif', 'kernel', 'github', 'markdown']),
      { name: 'baseline', type: 'string', value: 'FILE', help: 'the baseline to write, to check against, or to prune of what is mended' },
      suppressionsOption,
      ruleOption,
      confidenceOption,
      failOption,
    ],
    examples: ['gfp-audit baseline write . --baseline known.json', 'gfp-audit baseline check . --baseline known.json'],
  },
  sites: {
    usage: 'PATH...',
    summary: 'list allocation sites, retry loops, scopes and waits, without judgement',
    positionals: { min: 1, max: Infinity, name: 'PATH' },
    common: true,
    options: [format(['text', 'json']), shardOption],
    examples: ['gfp-audit sites mm --format json --stable'],
  },
  census: {
    usage: 'TREE [--compare TREE]',
    summary: 'count GFP_NOFS, NOIO, ATOMIC, NOFAIL, scopes, retry loops and mempools by subsystem',
    positionals: { min: 1, max: 1, name: 'TREE' },
    common: true,
    options: [
      format(['text', 'json', 'html']),
      { name: 'compare', type: 'string', value: 'TREE', help: 'count that tree too, and tell what changed from the first to it' },
    ],
    examples: ['gfp-audit census fs', 'gfp-audit census linux-6.1 --compare linux-6.12 --format html --output census.html'],
  },
  merge: {
    usage: 'REPORT...',
    summary: 'put the JSON reports of all shards together into the report of one run',
    positionals: { min: 1, max: Infinity, name: 'REPORT' },
    common: false,
    options: [
      format(['json', 'sarif']),
      { name: 'output', short: 'o', type: 'string', value: 'FILE', help: 'write the output to FILE, as a whole or not at all' },
      { name: 'stable', type: 'boolean', help: 'leave out of JSON what changes from run to run (`run`)' },
      failOption,
    ],
    examples: ['gfp-audit audit . --shard 1/4 --format json --output part-1.json', 'gfp-audit merge part-*.json --output whole.json'],
  },
  doctor: {
    usage: '[PATH]',
    summary: 'tell whether everything is here that an audit needs, and what to do where not',
    positionals: { min: 0, max: 1, name: 'PATH' },
    common: false,
    options: [
      format(['text', 'json']),
      ...['output', 'kernel', 'tree', 'cache-dir', 'no-cache'].map((name) => commonOptions.find((option) => option.name === name)!),
    ],
    examples: ['gfp-audit doctor', 'gfp-audit doctor drivers/md'],
  },
  explain: {
    usage: 'FILE:LINE[:COLUMN]',
    summary: 'tell what is known of one allocation: mask, context, path, findings',
    positionals: { min: 1, max: 1, name: 'FILE:LINE[:COLUMN]' },
    common: true,
    options: [],
    examples: ['gfp-audit explain fs/xfs/xfs_log.c:120'],
  },
  rules: {
    usage: '[ID]',
    summary: 'list the rules, or show one with its examples',
    positionals: { min: 0, max: 1, name: 'ID' },
    common: false,
    options: [
      format(['text', 'json', 'markdown']),
      { name: 'output', short: 'o', type: 'string', value: 'FILE', help: 'write the output to FILE' },
    ],
    examples: ['gfp-audit rules open-coded-retry'],
  },
  simulate: {
    usage: '',
    summary: "run one request through a kernel version's page allocator model",
    positionals: { min: 0, max: 0, name: '' },
    common: true,
    options: [
      format(['text', 'json', 'svg']),
      { name: 'gfp', type: 'string', value: 'EXPR', help: 'the mask, as a C expression of flag names' },
      { name: 'order', type: 'string', value: 'N', help: 'the request is for 2^N pages (default: 0)' },
      { name: 'size', type: 'string', value: 'BYTES', help: 'the request is for so many bytes, where the call takes a size' },
      { name: 'api', type: 'string', value: 'NAME', help: 'the function that is called (default: alloc_pages)' },
      { name: 'scenario', type: 'string', value: 'NAME', choices: SCENARIO_NAMES, help: "state of the machine's memory, listed below" },
      { name: 'memory', type: 'string', value: 'SIZE', help: 'memory of the machine, such as 256M or 4G' },
      { name: 'machine', type: 'string', value: 'FILE', help: 'JSON description of the machine' },
      { name: 'context', type: 'string', value: 'WHO', choices: CONTEXTS, help: `who asks: ${CONTEXTS.join(', ')}` },
      {
        name: 'scope',
        type: 'string',
        multiple: true,
        value: 'nofs|noio|noreclaim|pin',
        choices: ['nofs', 'noio', 'noreclaim', 'pin'],
        help: 'an open memalloc scope; may be repeated',
      },
      { name: 'seed', type: 'string', value: 'N', help: 'of the choices that a scenario makes' },
      { name: 'horizon', type: 'string', value: 'MS', help: 'milliseconds after which a scenario ends' },
      {
        name: 'batch',
        type: 'string',
        value: 'FILE',
        help: 'JSON array of requests; the output is an array in the same order',
      },
    ],
    examples: ['gfp-audit simulate --kernel 6.1 --gfp GFP_ATOMIC --scenario exhaust --memory 256M'],
  },
  lsp: {
    usage: '--stdio',
    summary: 'language server for editors',
    positionals: { min: 0, max: 0, name: '' },
    common: false,
    options: [{ name: 'stdio', type: 'boolean', help: 'talk over standard input and output (the only transport)' }],
    examples: ['gfp-audit lsp --stdio'],
  },
};

export const commandNames = Object.keys(commands) as CommandName[];

/** All options that a command takes, its own first. */
export function optionsOf(command: CommandName): OptionSpec[] {
  const spec = commands[command];
  return [...spec.options, ...(spec.common ? commonOptions : []), ...everywhere];
}
