import { isSite } from '../flow/sites.js';
import type { FunctionFacts } from '../facts/model.js';
import type { CallPoint, EntryContext, FunctionFlow } from '../flow/model.js';
import { reachedWith } from '../flow/with-value.js';
import type { Confidence, Rule, Step } from './model.js';
import { kernelName } from './behaviour.js';
import { mentions } from './expr.js';
import {
  askedForSleepable,
  askedOnTheWay,
  callName,
  callsOf,
  compatible,
  isInside,
  sleeps,
  sleepSteps,
  stepAt,
  type Sleep,
} from './query.js';
import { maskName } from './words.js';

export const nonblockViolation: Rule = {
  meta: {
    id: 'nonblock-violation',
    summary: 'a blocking allocation or a sleeping call between non_block_start() and non_block_end()',
    severity: 'error',
    doc: `
\`non_block_start()\` marks a section that must make progress although the scheduler would let it sleep: the OOM reaper calls MMU notifiers
in it, and if they wait for memory or for a lock whose holder waits for memory, the reaper is stuck and the machine with it. An
allocation inside must not have \`__GFP_DIRECT_RECLAIM\`, and nothing may wait.

\`might_sleep()\` reports it with \`CONFIG_DEBUG_ATOMIC_SLEEP\`; without that option the section is not even counted (all kernels from 5.4).

In \`invalidate_range_start()\` callbacks the section is there only when \`mmu_notifier_range_blockable(range)\` is false: the rule is silent behind
a test of that, and for trylocks.`,
    examples: [
      {
        title: 'an allocation and a mutex in the section',
        bad: `
struct mm_user { struct mutex lock; void *list; };

void reap(struct mm_user *u)
{
	non_block_start();
	u->list = kmalloc(64, GFP_KERNEL); // finds
	mutex_lock(&u->lock); // finds
	mutex_unlock(&u->lock);
	non_block_end();
}`,
        good: `
struct mm_user { struct mutex lock; void *list; };

void reap(struct mm_user *u)
{
	non_block_start();
	u->list = kmalloc(64, GFP_NOWAIT);
	if (mutex_trylock(&u->lock))
		mutex_unlock(&u->lock);
	non_block_end();
	mutex_lock(&u->lock);
	mutex_unlock(&u->lock);
}`,
      },
    ],
  },

  check(flow, rule) {
    const consequence = `In ${kernelName(rule.profile)} the section that counts on no waiting (the OOM reaper's) is stuck until it is over.`;
    for (const call of callsOf(flow)) {
      const found = local(flow, call) ?? brought(flow, call);
      if (!found) continue;
      const { sleep, confidence, path } = found;
      const how =
        sleep.kind === 'alloc' && sleep.path.length === 0 && 'gfpText' in call
          ? `'${callName(call)}' with ${maskName(String(call.gfpText))} may sleep`
          : sleep.path.length > 0
            ? `'${callName(call)}' leads to '${sleep.api}', which ${sleep.why},`
            : `'${callName(call)}' ${sleep.why}`;
      rule.report({
        at: call.at,
        confidence,
        path,
        message: `${how} in a section that must not block. ${consequence}`,
        contexts: rule.context(call.states),
        data: { api: sleep.api },
      });
    }
  },
};

interface Found {
  sleep: Sleep;
  confidence: Confidence;
  path: Step[];
}

const surest = (list: Sleep[]): Sleep | undefined => list.find((s) => s.how === 'must' && s.sure) ?? list[0];

/** In a section that this function opened. */
function local(flow: FunctionFlow, call: CallPoint): Found | undefined {
  const inside = call.states.flatMap((s, i) => (s.nonBlock > 0 ? [i] : []));
  const all = inside.flatMap((i) => sleeps(flow, call, i));
  const sleep = surest(all);
  if (!sleep) return undefined;
  const begin = flow.nonBlock.find((n) => n.inside.some((c) => c.at.line === call.at.line && c.at.column === call.at.column))?.at;
  const must = sleep.how === 'must' && sleep.sure;
  const confidence: Confidence = !must
    ? 'possible'
    : inside.length === call.states.length && sleep.path.length === 0
      ? 'certain'
      : 'likely';
  return {
    sleep,
    confidence,
    path: [...(begin ? [stepAt(flow, begin, "'non_block_start' opens the section")] : []), ...sleepSteps(flow, call, sleep)],
  };
}

/**
 * MMU notifiers that the OOM reaper calls between non_block_start() and non_block_end() (mm/mmu_notifier.c): whoever sleeps in one must have
 * asked mmu_notifier_range_blockable().
 */
const notified = (flow: FunctionFlow, context: EntryContext): boolean =>
  context.begins === 'callback' &&
  /\bmmu_(interval_notifier_ops\.invalidate|notifier_ops\.invalidate_range_start)$/.test(context.path[0]?.what ?? '') &&
  // Whether a function on the way asked can be seen in this file only.
  context.path.every((step) => step.file === flow.ref.file.path);

/** What the reaper, the one caller that may not block, says that it does (mm/oom_kill.c, 5.10 to 7.2). */
const REAPERS_EVENT = 'MMU_NOTIFY_UNMAP';

/** Whether the functions of a notifier get to the call for that event: other events have callers that may block. */
function forReaper(flow: FunctionFlow, call: CallPoint, context: EntryContext): boolean {
  const reaches = ({ params, body, line }: FunctionFacts, at: number): boolean => {
    const range = params.find((p) => /\bmmu_notifier_range\b/.test(p.type));
    if (!range || !body) return true;
    const blocks = [...reachedWith(body, `${range.name}.event`, REAPERS_EVENT)];
    return blocks.some((b) => body.blocks[b]!.ev.some((ev) => ev.k === 'call' && line + ev.pos[0] === at));
  };
  const { file, facts } = flow.ref;
  return (
    reaches(facts, call.at.line) &&
    context.path.slice(2).every((step) => {
      const caller = file.functions.find((f) => f.name === step.function && f.line <= step.line && step.line <= f.endLine);
      return !caller || reaches(caller, step.line);
    })
  );
}

/** It sleeps in an inline function of a header, which nobody analyses as part of this file, and which was not given what there is to ask. */
function cannotAsk(flow: FunctionFlow, call: CallPoint, sleep: Sleep): boolean {
  const at = sleep.path[0];
  if (at === undefined || sleep.path.length > 1 || at.file === flow.ref.file.path || !at.file.endsWith('.h')) return false;
  const ranges = flow.ref.facts.params.filter((p) => /\bmmu_notifier_range\b/.test(p.type)).map((p) => p.name);
  return !call.args.some((a) => ranges.some((name) => mentions(a, name)));
}

/** In a section that came with a caller or a callback: at the statement that sleeps. */
function brought(flow: FunctionFlow, call: CallPoint): Found | undefined {
  if (!isSite(call) && !call.effects?.sleeps.length) return undefined;
  for (const context of flow.contexts) {
    if ((context.from === 'caller' && context.begins === 'lock') || !(context.nonBlock || notified(flow, context))) continue;
    if (askedOnTheWay(flow, context) || (!context.nonBlock && !forReaper(flow, call, context))) continue;
    for (let i = 0; i < call.states.length; i++) {
      const state = call.states[i]!;
      if (!compatible(state, context) || askedForSleepable(flow, call)) continue;
      const sleep = surest(sleeps(flow, call, i, context).filter((s) => !isInside(s) || cannotAsk(flow, call, s)));
      if (!sleep) continue;
      const confidence: Confidence = sleep.how === 'must' && sleep.sure && context.sure ? 'likely' : 'possible';
      return { sleep, confidence, path: [...context.path.map((s) => ({ ...s })), ...sleepSteps(flow, call, sleep)] };
    }
  }
  return undefined;
}
