/** Locks that are still held after a call of another file that takes and gives back one of its own, in our own words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditText } from '../../server/src/engine.js';

const core = `
static DEFINE_SPINLOCK(stream_lock);
static struct task_struct *stream_owner;
static int stream_count;

static unsigned long stream_enter(void)
	__acquires(stream_lock)
{
	unsigned long flags;

	if (!spin_trylock_irqsave(&stream_lock, flags)) {
		if (stream_owner == current) {
			stream_count++;
			__acquire(stream_lock);
			return flags;
		}
		spin_lock_irqsave(&stream_lock, flags);
	}
	stream_owner = current;
	stream_count = 1;
	return flags;
}

static void stream_leave(unsigned long flags)
	__releases(stream_lock)
{
	if (--stream_count) {
		__release(stream_lock);
		return;
	}
	stream_owner = NULL;
	spin_unlock_irqrestore(&stream_lock, flags);
}

void stream_stop(struct stream *s)
{
	unsigned long flags = stream_enter();

	s->running = 0;
	stream_leave(flags);
}

/* Gives back what its caller took by another function of this file. */
void stream_let_go(struct stream *s)
{
	spin_unlock(&stream_lock);
}
`;

const user = `
struct beaver { spinlock_t lock; struct stream *s; struct mutex dam; };

void beaver_off(struct beaver *b)
{
	spin_lock(&b->lock);
	stream_stop(b->s);
	mutex_lock(&b->dam); // off
	mutex_unlock(&b->dam);
	spin_unlock(&b->lock);
}

void beaver_other(struct beaver *b)
{
	spin_lock(&b->lock);
	stream_let_go(b->s);
	mutex_lock(&b->dam); // other
	mutex_unlock(&b->dam);
	spin_unlock(&b->lock);
}

void beaver_own(struct beaver *b)
{
	spin_lock(&b->lock);
	b->s = NULL;
	spin_unlock(&b->lock);
	stream_stop(b->s);
	mutex_lock(&b->dam);
	mutex_unlock(&b->dam);
}
`;

test('a lock that may be taken again by its owner is given back by the function that takes it, and by no means another lock', async () => {
  const list = await auditText(
    [
      { path: 'drivers/stream/core.c', text: core },
      { path: 'drivers/beaver/beaver.c', text: user },
    ],
    { minConfidence: 'likely' },
  );
  const marks = list
    .filter((f) => f.at.file.endsWith('beaver.c'))
    .map((f) => `${f.ruleId} ${/\/\/ (\w+)/.exec(user.split('\n')[f.at.line - 1] ?? '')?.[1]}`);
  assert.deepEqual(marks, ['sleeping-call-in-atomic off', 'sleeping-call-in-atomic other']);
});
