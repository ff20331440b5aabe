/** `neverReturns` of gfp-audit.json: what stands behind such a call is not reached on that path. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig, userCatalogue } from '../../server/src/catalog/config.js';
import { createCatalogue } from '../../server/src/catalog/lookup.js';
import { kernelProfile } from '../../server/src/catalog/profile.js';
import { extractFile } from '../../server/src/facts/extract.js';
import { Program } from '../../server/src/index/program.js';
import { Tree } from '../../server/src/index/tree.js';
import { createParser } from '../../server/src/syntax/parser.js';

const TEXT = `
struct stoat { spinlock_t lock; bool sane; };

void stoat_rest(struct stoat *s)
{
	spin_lock(&s->lock);
	if (s->sane)
		spin_unlock(&s->lock);
	else
		stoat_die(s);
	msleep(10);
}
`;

/** How many states reach the msleep(), and in how many of them the lock is held. */
async function atSleep(config: object): Promise<{ states: number; held: number }> {
  const parser = await createParser();
  const { kernel, gfp } = kernelProfile('6.12');
  const user = userCatalogue(parseConfig(JSON.stringify(config), 'gfp-audit.json', []));
  const program = new Program(new Tree([extractFile('drivers/stoat/stoat.c', TEXT, parser)]), createCatalogue(kernel, gfp, user));
  parser.dispose();
  program.link();
  const [ref] = program.tree.functions;
  const { states } = program.flow(ref!).calls.find(({ name }) => name === 'msleep')!;
  return { states: states.length, held: states.filter((s) => s.held.length > 0).length };
}

test('a path ends where a function of the tree is called that does not come back', async () => {
  assert.deepEqual(await atSleep({}), { states: 2, held: 1 });
  assert.deepEqual(await atSleep({ neverReturns: ['stoat_die'] }), { states: 1, held: 0 });
});
