/** congestion_wait() and other blind pauses: the wait that the place means, with the header that declares it. */
import type { FunctionFlow, RetryLoop, Site } from '../flow/model.js';
import type { Finding, TextEdit } from '../rules/model.js';
import { behaviour } from '../rules/behaviour.js';
import { callAt, type FoundCall } from './call.js';
import { includeEdit } from './include.js';
import { refusal } from './mask-site.js';
import type { Fixer, FixWorld, Proposal } from './model.js';

const WAIT = 'memalloc_retry_wait';

export const congestionWaitFixer: Fixer = {
  rules: ['congestion-wait'],
  async propose(finding, flow, world) {
    const api = String(finding.data['api']);
    const title = `Replace ${api}() by the wait that is meant`;
    const text = await world.text(finding.at.file);
    const found = text === undefined ? undefined : callAt(text, finding.at, api, world.parser);
    if (text === undefined || !found) return [refusal(title, 'the call is made by a macro')];
    const loop = flow.loops.find((l) => l.backoff.some((b) => b.at.line === finding.at.line && b.at.column === finding.at.column));
    const retry = loop && behaviour(world.profile).hasMemallocRetryWait ? retryWait(finding, flow, loop, found, text) : [];
    return [...retry, ...plainWait(finding, found, world, api, title)];
  },
};

/** After a failed allocation: the wait that is made for it. */
function retryWait(finding: Finding, flow: FunctionFlow, loop: RetryLoop, found: FoundCall, text: string): Proposal[] {
  const title = `Wait with ${WAIT}()`;
  const { tree, call } = found;
  const statement = tree.parent(call);
  if (!tree.is(statement, 'expression_statement')) return [refusal(title, `what ${String(finding.data['api'])}() returns is used`)];
  if (/^(io_)?schedule_timeout$/.test(tree.callee(call))) return [refusal(title, 'the task state that is set before it would stay set')];
  const mask = 'api' in loop.site ? (loop.site as Site).gfpText : '';
  if (!/^[\w| ]+$/.test(mask)) return [refusal(title, `the mask of '${loop.callee}' does not stand in this loop`)];
  const blocks = !/__GFP_NORETRY|GFP_NOWAIT|GFP_ATOMIC/.test(mask);
  const file = finding.at.file;
  const edits: TextEdit[] = [
    { file, start: tree.start(call), end: tree.end(call), text: `${WAIT}(${mask.trim()})` },
    ...includeEdit(file, text, 'linux/sched/mm.h'),
  ];
  return [
    {
      kind: 'edit',
      title: `${title}, made for a failed allocation`,
      safety: 'review',
      edits,
      detail: `It waits ${blocks ? 'one jiffy, for a mask that may block and retries' : 'HZ/50, for a mask that does not block or does not retry'}, in place of ${tree.text(call)}: the loop asks ${blocks ? 'sooner, since reclaim inside the request has waited already' : 'again after a similar time'}.`,
    },
  ];
}

/** Anywhere else: the same duration, said honestly. */
function plainWait(finding: Finding, found: FoundCall, world: FixWorld, api: string, title: string): Proposal[] {
  const { tree, call, args } = found;
  if (api !== 'congestion_wait') return api === 'wait_iff_congested' ? dropWait(finding, found) : [];
  const timeout = args[1];
  if (timeout === undefined) return [refusal(title, 'its timeout cannot be read')];
  const gone = !behaviour(world.profile).hasCongestionWait;
  return [
    {
      kind: 'edit',
      title: 'Wait with schedule_timeout_uninterruptible(), as long as before',
      safety: gone ? 'safe' : 'review',
      edits: [
        {
          file: finding.at.file,
          start: tree.start(call),
          end: tree.end(call),
          text: `schedule_timeout_uninterruptible(${tree.text(timeout)})`,
        },
      ],
      detail: gone
        ? 'congestion_wait() is not declared in this kernel; this sleeps as long as it did.'
        : 'The task sleeps as long as before, no longer counted as waiting for I/O; only a few network and FUSE file systems could end the wait earlier.',
    },
  ];
}

/** wait_iff_congested() has not slept since 5.0: nothing is what it does. */
function dropWait(finding: Finding, { tree, call }: FoundCall): Proposal[] {
  const statement = tree.parent(call);
  const title = 'Drop wait_iff_congested(), which never sleeps';
  if (!tree.is(statement, 'expression_statement') || !tree.is(tree.parent(statement), 'compound_statement'))
    return [refusal(title, 'the statement around it needs it')];
  return [
    {
      kind: 'edit',
      title,
      safety: 'safe',
      edits: [{ file: finding.at.file, start: tree.start(statement), end: tree.end(statement), text: 'cond_resched();' }],
      detail: 'No block device is ever marked as congested, so it never slept; what remains of it is to let others run.',
    },
  ];
}
