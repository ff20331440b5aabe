/** The picture of a verdict in a hover. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pictureOf, reserveSvg, type Drawn, type Room } from '../../server/src/explain/picture.js';
import { profileById, siteVerdict, parseGfp } from '../../simulator/src/index.js';

const profile = profileById('6.12');

function verdictOn(gfp: string): Drawn {
  const { states, reserveFloor } = siteVerdict({ profile, gfp: parseGfp(profile, gfp), order: 1 });
  return {
    reserveFloor,
    states: Object.fromEntries(states.map(({ state, result }) => [state, result])),
    killsIn: states.filter(({ oomKills }) => oomKills > 0).map(({ state }) => state),
  };
}

test('the bar is as long as the share of the reserve that is taken', () => {
  const taken = (gfp: string): number => Number([...reserveSvg(verdictOn(gfp), 'light').matchAll(/<rect [^>]*width="(\d+)"/g)][1]![1]);
  assert.equal(taken('GFP_KERNEL'), 0);
  const [atomic, nofail] = [taken('GFP_ATOMIC'), taken('GFP_NOFS|__GFP_NOFAIL')];
  assert.ok(atomic > 330 && atomic < 370, `${atomic}`);
  assert.ok(nofail > atomic, `${nofail}`);
});

test('beside a text it is narrower, with the states below each other, and nothing stands outside of it', () => {
  const drawn = verdictOn('GFP_ATOMIC');
  const size = (room: Room): [number, number] =>
    /width="(\d+)" height="(\d+)"/
      .exec(reserveSvg(drawn, 'light', room))!
      .slice(1)
      .map(Number) as [number, number];
  const [[wide, low], [narrow, high]] = [size('hover'), size('beside')];
  assert.ok(narrow < wide && high > low);
  const svg = reserveSvg(drawn, 'light', 'beside');
  for (const [, x] of svg.matchAll(/<(?:text|rect)[^>]* x="(\d+(?:\.\d+)?)"/g)) assert.ok(Number(x) < narrow, `${x}`);
  const rows = [...svg.matchAll(/<circle cx="(\d+)" cy="(\d+)"/g)];
  assert.equal(new Set(rows.map(([, x]) => x)).size, 1);
  assert.ok(rows.every(([, , y]) => Number(y) < high));
});

test('every state of the model has its row, and the whole is small enough for a hover', () => {
  for (const gfp of ['GFP_KERNEL', 'GFP_ATOMIC', 'GFP_NOFS|__GFP_NOFAIL', 'GFP_NOWAIT'])
    for (const ground of ['light', 'dark'] as const) {
      const drawn = verdictOn(gfp);
      const svg = reserveSvg(drawn, ground);
      assert.equal(svg.match(/<circle/g)!.length, Object.keys(drawn.states).length);
      assert.ok(Number(/height="(\d+)"/.exec(svg)![1]) <= 200);
      // What is not ASCII could not be encoded; what is not escaped would break the image.
      assert.match(svg, /^[\x20-\x7e]+$/);
      assert.ok(!/&(?!amp;|lt;|gt;)/.test(svg));
      const markdown = pictureOf(drawn, ground);
      assert.match(markdown, /^!\[[^\]\n]+\]\(data:image\/svg\+xml;base64,[A-Za-z0-9+/=]+\)$/);
      assert.ok(markdown.length < 10_000);
    }
});
