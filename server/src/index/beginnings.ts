/** Contexts that no call brings: of callbacks, and those that an author's words state. */
import type { CallbackContext, CallbackEntry } from '../catalog/model.js';
import type { EntryContext, FunctionRef, Held, LockKind } from '../flow/model.js';

const HELD_BY_CONTEXT: Partial<Record<CallbackContext, LockKind>> = {
  hardirq: 'hardirq',
  softirq: 'softirq',
  bh_off: 'bh_off',
  irq_off: 'irq_off',
  rcu: 'rcu',
  atomic: 'preempt_off',
  nmi: 'nmi',
  signalling: 'signalling',
};
const TASK_BY_CONTEXT: Partial<Record<CallbackContext, EntryContext['task']>> = {
  hardirq: 'hardirq',
  softirq: 'softirq',
  nmi: 'nmi',
  process: 'process',
  workqueue: 'workqueue',
  kthread: 'kthread',
  reclaim: 'reclaim',
  non_block: 'unknown',
  signalling: 'workqueue',
};

/** Entry context of a registered callback. `at` is where it was registered or put into its table. */
export function callbackContext(
  ref: FunctionRef,
  entry: CallbackEntry,
  at: { file: string; line: number; function: string },
): EntryContext {
  const where = {
    file: ref.file.path,
    line: ref.facts.line,
    column: ref.facts.column,
    endLine: ref.facts.line,
    endColumn: ref.facts.column + ref.facts.name.length,
  };
  const kind = HELD_BY_CONTEXT[entry.context];
  // A spinlock that callers hold is named: code that drops it and takes it again is then seen doing so.
  const lock = entry.context === 'atomic' && entry.holds ? entry.holds : '';
  const held: Held[] = kind
    ? [
        {
          kind: lock ? 'spin' : kind,
          text: '',
          class: lock,
          atomic: kind !== 'signalling',
          rtAtomic: kind === 'nmi' || entry.rtOff === true || (kind === 'hardirq' && !entry.rtThread),
          at: where,
          origin: 'entry',
        },
      ]
    : [];
  const sure = entry.sure && !(entry.tasksIn !== undefined && ref.file.path.startsWith(entry.tasksIn));
  return {
    held,
    scopes: [],
    nonBlock: entry.context === 'non_block',
    task: TASK_BY_CONTEXT[entry.context] ?? 'unknown',
    path: [
      {
        ...at,
        what: entry.register ? `registers ${ref.facts.name} with ${entry.register}` : `${ref.facts.name} is ${entry.struct}.${entry.field}`,
      },
      { file: ref.file.path, line: ref.facts.line, function: ref.facts.name, what: entry.why },
    ],
    from: 'callback',
    begins: 'callback',
    why: entry.why,
    params: [],
    sure,
    open: !sure,
  };
}

/** Entry context stated by a kernel-doc `Context:` section; null when its words do not decide. */
export function statedContext(ref: FunctionRef, text: string): EntryContext | null {
  const words = text.toLowerCase();
  const sleeps = /may sleep|can sleep|might sleep|sleeps|can block|may block|process context|task context|user context/.test(words);
  // 'non-atomic', 'not from atomic context', 'not suitable for atomic' say the contrary.
  const denies =
    /(?:must not|does not|doesn't|not|never|cannot|can't) (?:sleep|block)|non-?sleep/.test(words) ||
    (/\batomic\b/.test(words) && !/\b(?:not?|non|never|cannot|can't|don't|isn't|outside|unsuitable|sleeping)\b/.test(words));
  const interrupt = /\b(?:softirq|bh context|bottom half|tasklet)\b/.test(words)
    ? 'softirq'
    : /\b(?:hardirq|hard irq|interrupt|irq) context|interrupts? disabled|irqs? (?:off|disabled)/.test(words)
      ? 'hardirq'
      : null;
  if (sleeps || /any context|or |either|unless|if /.test(words)) return null;
  // "Don't call from IRQ context."
  if (/\b(?:not|never|cannot|can't|don't)\b[^.]*\b(?:from|in)\b/.test(words)) return null;
  if (!interrupt && !denies) return null;
  const kind: LockKind = interrupt ?? 'preempt_off';
  const where = { file: ref.file.path, line: ref.facts.line, column: 1, endLine: ref.facts.line, endColumn: 1 };
  return {
    held: [{ kind, text: '', class: '', atomic: true, rtAtomic: false, at: where, origin: 'entry' }],
    scopes: [],
    nonBlock: false,
    task: interrupt ?? 'unknown',
    path: [{ file: ref.file.path, line: ref.facts.line, function: ref.facts.name, what: 'its kernel-doc states the context' }],
    from: 'author',
    begins: 'author',
    why: `its kernel-doc says: ${text.slice(0, 60)}`,
    params: [],
    sure: true,
  };
}
