import type { FunctionFlow, ScopeUse } from '../flow/model.js';
import type { Rule } from './model.js';
import { kernelName } from './behaviour.js';
import { stepAt } from './query.js';
import { scopeName } from './words.js';

const WRONG: Record<ScopeUse['wrong'][number]['why'], string> = {
  'other-cookie': 'is given the cookie of another save',
  order: 'closes an outer scope while an inner one is open',
  'other-kind': 'closes a scope of another kind',
  unopened: 'closes a scope that no path has opened',
};

/** What an open scope does to the task that keeps it. */
const HARM: Record<ScopeUse['kind'], string> = {
  nofs: 'every later allocation of the task goes without file-system reclaim',
  noio: 'every later allocation of the task goes without I/O and file-system reclaim',
  noreclaim: 'every later allocation of the task may empty the reserves and never reclaims',
  pin: 'every later allocation of the task avoids movable memory',
  nocma: 'every later allocation of the task avoids CMA',
  flags: 'the task keeps the flags',
};

export const scopeUnbalanced: Rule = {
  meta: {
    id: 'scope-unbalanced',
    summary: 'a memalloc scope that is not closed on some path, or closed with the wrong cookie',
    severity: 'error',
    doc: `
\`memalloc_nofs_save()\` and its kin set a flag of the task and return what was set before; the restore must get exactly that value, in reverse
order of the saves. A path that leaves without the restore leaves the flag set for whatever the task does next, up to its return
to user space and beyond: nothing resets it.

| scope | what a leak does |
|---|---|
| \`memalloc_nofs_save()\` | no file-system reclaim, so no OOM kill either: requests loop where they would have killed |
| \`memalloc_noio_save()\` | the same for I/O |
| \`memalloc_noreclaim_save()\` | \`PF_MEMALLOC\`: no reclaim and access to the last page |

From 6.9 on the save returns the bits it newly set, before that the old state of the bits; both work only with the right cookie. No \`guard()\`
class exists for these scopes (read up to 7.3).

**Silent** where the cookie leaves the function (returned, or kept in a structure: lock and unlock helpers, transactions), where save and
restore stand under the same condition, and for threads that set a scope for their whole life.`,
    examples: [
      {
        title: 'an error path without the restore',
        bad: `
int sync_tree(struct inode *inode);

int flush(struct inode *inode)
{
	unsigned int flags = memalloc_nofs_save();
	int err;

	err = sync_tree(inode);
	if (err)
		return err; // finds
	memalloc_nofs_restore(flags);
	return 0;
}`,
        good: `
int sync_tree(struct inode *inode);

int flush(struct inode *inode)
{
	unsigned int flags = memalloc_nofs_save();
	int err;

	err = sync_tree(inode);
	memalloc_nofs_restore(flags);
	return err;
}`,
      },
      {
        title: 'the wrong cookie',
        bad: `
void work(void);

void nested(void)
{
	unsigned int fs, io;

	fs = memalloc_nofs_save();
	io = memalloc_noio_save();
	work();
	memalloc_noio_restore(fs); // finds
	memalloc_nofs_restore(io); // finds
}`,
        good: `
void work(void);

void nested(void)
{
	unsigned int fs, io;

	fs = memalloc_nofs_save();
	io = memalloc_noio_save();
	work();
	memalloc_noio_restore(io);
	memalloc_nofs_restore(fs);
}`,
      },
      {
        title: 'under one condition; a cookie that leaves the function',
        good: `
struct txn { unsigned int cookie; };
void work(void);

void maybe(bool nested)
{
	unsigned int flags;

	if (!nested)
		flags = memalloc_nofs_save();
	work();
	if (!nested)
		memalloc_nofs_restore(flags);
}

void begin(struct txn *t)
{
	t->cookie = memalloc_nofs_save();
}

void end(struct txn *t)
{
	memalloc_nofs_restore(t->cookie);
}`,
      },
    ],
  },

  check(flow, rule) {
    for (const scope of flow.scopes) {
      if (scope.balanced === 'elsewhere') continue;
      const name = scopeName(scope.kind);
      for (const leak of scope.balanced ? [] : leaksOf(flow, scope)) {
        const restored = scope.restores.length > 0;
        // Opened by a helper: its counterpart may close it in a way that was not followed.
        const helper = !flow.calls.some((c) => c.name === scope.by && c.at.line === scope.at.line);
        rule.report({
          at: leak,
          confidence: helper ? 'possible' : restored ? 'likely' : 'certain',
          message:
            `The ${name} opened by '${scope.by}' at line ${scope.at.line} is still open here${restored ? ', though other paths close it' : ', and no path closes it'}. ` +
            `In ${kernelName(rule.profile)} ${HARM[scope.kind]}.`,
          path: [stepAt(flow, scope.at, `'${scope.by}' opens the ${name}`), stepAt(flow, leak, 'leaves the function')],
          data: { scope: scope.kind },
        });
      }
      for (const wrong of scope.wrong) {
        // A handle ends as a scope of its own somewhere else; only written-out saves nest in sight.
        if (wrong.why === 'order' && !flow.scopes.some((o) => o !== scope && o.by.startsWith('memalloc_'))) continue;
        if (!scope.by.startsWith('memalloc_')) continue;
        // Where memalloc_flags_save() exists (6.10, linux/sched/mm.h) every restore clears the bits that it is given.
        if (scope.kind === 'flags' && wrong.why === 'other-kind') continue;
        rule.report({
          at: wrong.at,
          confidence: wrong.why === 'order' || wrong.why === 'unopened' ? 'likely' : 'certain',
          message:
            `The restore ${WRONG[wrong.why]} (the ${name} was opened by '${scope.by}' at line ${scope.at.line}). ` +
            `In ${kernelName(rule.profile)} the flags of the task come out wrong: a scope ends early or stays open.`,
          path: [stepAt(flow, scope.at, `'${scope.by}' opens the ${name}`), stepAt(flow, wrong.at, 'restores')],
          data: { scope: scope.kind, why: wrong.why },
        });
      }
    }
  },
};

/** Exits that leave the scope open; none for a thread that keeps its scope as long as it lives. */
function leaksOf(flow: FunctionFlow, scope: ScopeUse): ScopeUse['leaks'] {
  if (scope.restores.length > 0) return scope.leaks;
  const thread =
    flow.contexts.some((c) => c.task === 'kthread' && c.from === 'callback') || flow.calls.some((c) => c.name === 'kthread_should_stop');
  if (thread || scope.by.startsWith('PF_')) return [];
  return scope.leaks.slice(0, 1);
}
