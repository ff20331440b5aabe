/** An engine that answers what a test tells it to, and streams that remember what was written. */
import { NodeHost } from '../../server/src/host/node.js';
import type { AuditOptions, AuditResult } from '../../server/src/engine.js';
import type { Engine, Io, TextStream } from '../../server/src/cli/io.js';
import { run, type Fronts } from '../../server/src/cli/run.js';
import type { Finding, RuleMeta } from '../../server/src/rules/model.js';

export const rules: RuleMeta[] = [
  {
    id: 'sleep-in-atomic',
    summary: 'an allocation that may sleep where sleeping is forbidden',
    severity: 'error',
    doc: 'A request with direct reclaim may wait.\n\nUse GFP_NOWAIT or allocate before the lock.',
    examples: [
      {
        title: 'under a spinlock',
        bad: 'spin_lock(&l);\np = kmalloc(n, GFP_KERNEL); // finds',
        good: 'p = kmalloc(n, GFP_KERNEL);',
      },
    ],
  },
  {
    id: 'rt-atomic',
    summary: 'an allocation that PREEMPT_RT forbids | here',
    severity: 'warning',
    offByDefault: true,
    onWithRt: true,
    doc: 'Raw locks.',
    examples: [],
  },
];

export function finding(change: Partial<Finding> & { line?: number; file?: string } = {}): Finding {
  const { line = 3, file = 'fs/a.c', ...rest } = change;
  return {
    ruleId: 'sleep-in-atomic',
    severity: 'error',
    confidence: 'certain',
    at: { file, line, column: 2, endLine: line, endColumn: 9 },
    function: 'grow',
    message: "'kmalloc(GFP_KERNEL)' may sleep under spin lock 'ring.lock'",
    contexts: [],
    path: [
      { file, line: line - 1, function: 'grow', what: "takes spin lock 'ring.lock'" },
      { file, line, function: 'grow', what: 'allocates with GFP_KERNEL' },
    ],
    fixes: [{ title: 'allocate before the lock', safety: 'review', edits: [] }],
    data: {},
    ...rest,
  };
}

export function result(change: Partial<AuditResult> = {}): AuditResult {
  return {
    root: '/nowhere',
    kernel: { version: '6.12.0', profile: '6.12', from: 'Makefile', mismatches: [] },
    run: { seconds: 1.5, cached: 0, jobs: 2 },
    stats: { files: 1, bytes: 100, functions: 4, functionsParsed: 2, functionsWithErrors: 0, reported: 1, sites: 1 },
    findings: [],
    sites: [],
    retryLoops: [],
    scopes: [],
    waits: [],
    nonBlock: [],
    flagUses: [],
    problems: [],
    ...change,
  };
}

export interface Outcome {
  status: number;
  out: string;
  err: string;
  /** What the engine was asked, one entry a run. */
  asked: AuditOptions[];
}

export interface Setting {
  answer?: Partial<AuditResult> | ((options: AuditOptions) => Promise<AuditResult>);
  tty?: boolean;
  env?: Record<string, string>;
  cwd?: string;
  stdin?: string;
  signal?: AbortSignal;
  fronts?: Partial<Fronts>;
}

/** Runs a command line against the stub. */
export async function command(argv: string[], setting: Setting = {}): Promise<Outcome> {
  const outcome: Outcome = { status: -1, out: '', err: '', asked: [] };
  const stream = (key: 'out' | 'err'): TextStream => ({
    isTTY: setting.tty ?? false,
    columns: 100,
    write: (text) => {
      outcome[key] += typeof text === 'string' ? text : new TextDecoder().decode(text);
    },
  });
  const { answer = {} } = setting;
  const engine: Engine = {
    version: '1.2.3',
    rules,
    audit: (_host, options) => {
      outcome.asked.push(options);
      return typeof answer === 'function' ? answer(options) : Promise.resolve(result(answer));
    },
    mend: async (_host, options, choose) => {
      outcome.asked.push(options);
      const audited = typeof answer === 'function' ? await answer(options) : result(answer);
      await choose(audited);
      return { result: audited };
    },
  };
  const io: Io = {
    out: stream('out'),
    err: stream('err'),
    env: setting.env ?? {},
    host: new NodeHost(setting.cwd),
    stdin: () => Promise.resolve(new TextEncoder().encode(setting.stdin ?? '')),
    signal: setting.signal ?? new AbortController().signal,
  };
  const absent = (): Promise<number> => Promise.reject(new Error('not in this test'));
  outcome.status = await run(argv, io, engine, { simulate: absent, lsp: absent, ...setting.fronts });
  return outcome;
}
