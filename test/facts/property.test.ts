import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Body } from '../../server/src/facts/model.js';
import { bodyOf } from './helper.js';

/** A generated statement: text with `@` standing for a number of its own, given when the text is complete. */
type Code = string;

const conditions = fc.constantFrom(
  'c@()',
  '!c@()',
  'c@() && c@()',
  'c@() || !c@()',
  '(v = c@()) != 0',
  'likely(c@())',
  'WARN_ON(c@())',
  'a ? c@() : c@()',
);

/** Statements of any depth; `break` and `continue` only where a loop or a switch is around. */
const { block } = fc.letrec<{ block: Code; statement: Code; inLoop: Code; loopBlock: Code }>((tie) => ({
  statement: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('s@();', 'x = s@();', 'return s@();', 'goto out;', 'goto retry;', ';', 'guard(mutex)(&m@);', 's@(({ s@(); s@(); }));'),
    fc.tuple(conditions, tie('block'), tie('block')).map(([c, a, b]) => `if (${c}) {\n${a}\n} else {\n${b}\n}`),
    fc.tuple(conditions, tie('statement')).map(([c, a]) => `if (${c})\n${/^(?:guard|#)/.test(a) ? ';' : a}`),
    fc.tuple(conditions, tie('loopBlock')).map(([c, a]) => `while (${c}) {\n${a}\n}`),
    fc.tuple(conditions, tie('loopBlock')).map(([c, a]) => `do {\n${a}\n} while (${c});`),
    tie('loopBlock').map((a) => `do {\n${a}\n} while (0);`),
    tie('loopBlock').map((a) => `for (s@(); c@(); s@()) {\n${a}\n}`),
    tie('loopBlock').map((a) => `list_for_each_entry(p, &h, l) {\n${a}\n}`),
    fc
      .tuple(tie('loopBlock'), tie('loopBlock'), fc.boolean())
      .map(([a, b, d]) => `switch (s@()) {\ncase A@: {\n${a}\n}\ncase B@: {\n${b}\n}\n${d ? 'default:\ns@();' : ''}\n}`),
    tie('loopBlock').map((a) => `scoped_guard(spinlock, &m@) {\n${a}\n}`),
    fc.tuple(tie('block'), tie('block')).map(([a, b]) => `#ifdef CONFIG_X\n{\n${a}\n}\n#else\n{\n${b}\n}\n#endif`),
    tie('block').map((a) => `{\n${a}\n}`),
  ),
  inLoop: fc.oneof({ weight: 3, arbitrary: tie('statement') }, { weight: 1, arbitrary: fc.constantFrom('break;', 'if (c@())\nbreak;') }),
  block: fc.array(tie('statement'), { maxLength: 4 }).map((list) => list.join('\n')),
  loopBlock: fc.array(tie('inLoop'), { maxLength: 4 }).map((list) => list.join('\n')),
}));

/** No jump leads into the scope of a guard: C forbids that. */
function program(code: Code): string {
  let next = 0;
  return `retry:\ns@();\nif (c@())\ngoto out;\n{\n${code}\n}\nout:\nreturn 0;`
    .replace(/@/g, () => String(next++))
    .replace(/^(?!#)/gm, '\t');
}

function callsOf(body: Body): string[] {
  return body.blocks.flatMap((b) => b.ev.flatMap((event) => (event.k === 'call' && typeof event.fn === 'string' ? [event.fn] : [])));
}

const runs = { numRuns: 400, seed: 20_260_101 };

test('every call of the source stands in exactly one block, but for closings', () => {
  fc.assert(
    fc.property(block, (code) => {
      const source = program(code);
      const body = bodyOf(source);
      assert.equal(body.damaged, undefined, source);
      // Dead code without a way in is kept too, so nothing is lost.
      const wanted = [...source.matchAll(/\b[cs]\d+(?=\()/g)].map(([name]) => name).sort();
      const found = callsOf(body)
        .filter((name) => /^[cs]\d+$/.test(name))
        .sort();
      const dead = wanted.filter((name) => !found.includes(name));
      assert.deepEqual([...new Set(found)], found, source);
      assert.deepEqual(dead, [], source);
    }),
    runs,
  );
});

test('edges lead to blocks that exist, only the exit has no way on, every live block reaches the exit or goes round for ever', () => {
  fc.assert(
    fc.property(block, (code) => {
      const { blocks } = bodyOf(program(code));
      for (const [index, { next, ev }] of blocks.entries()) {
        assert.ok(next.every(({ to }) => to >= 1 && to < blocks.length));
        assert.equal(next.length === 0, index === 1);
        const last = ev[ev.length - 1];
        if (last?.k === 'ret') assert.deepEqual(next, [{ to: 1 }]);
        assert.ok(ev.slice(0, -1).every((event) => event.k !== 'ret'));
        const conditional = next.filter((edge) => edge.when !== undefined);
        if (conditional.length === 1 && next.length === 1) assert.fail('one way out of a condition');
      }
    }),
    runs,
  );
});

test('guards are closed in reverse order on every path, and none is open at the exit', () => {
  fc.assert(
    fc.property(block, (code) => {
      const source = program(code);
      const { blocks } = bodyOf(source);
      const seen = new Map<number, string>([[0, '']]);
      const work = [0];
      while (work.length > 0) {
        const at = work.pop()!;
        const stack = seen
          .get(at)!
          .split(' ')
          .filter((guard) => guard !== '');
        for (const event of blocks[at]!.ev) {
          if (event.k !== 'call' || typeof event.fn !== 'string') continue;
          const what = `${event.fn.replace(/^un/, '')}:${JSON.stringify(event.args)}`;
          if (event.fn.startsWith('guard:')) stack.push(what);
          else if (event.fn.startsWith('unguard:')) assert.equal(stack.pop(), what, source);
        }
        const state = stack.join(' ');
        for (const { to } of blocks[at]!.next) {
          if (to === 1) assert.equal(state, '', source);
          const known = seen.get(to);
          if (known === undefined) {
            seen.set(to, state);
            work.push(to);
          } else {
            assert.equal(known, state, `paths disagree at B${to}\n${source}`);
          }
        }
      }
    }),
    runs,
  );
});

test('every cycle of the graph is part of a loop, and a loop is closed by its back edges', () => {
  fc.assert(
    fc.property(block, (code) => {
      const source = program(code);
      const body = bodyOf(source);
      const reached = new Set<number>([0]);
      for (const at of reached) for (const { to } of body.blocks[at]!.next) reached.add(to);
      for (const loop of body.loops) {
        assert.ok(loop.blocks.includes(loop.head), source);
        for (const from of loop.back)
          assert.ok(loop.blocks.includes(from) && body.blocks[from]!.next.some(({ to }) => to === loop.head), source);
      }
      // Without the back edges nothing goes round.
      const back = new Set(body.loops.flatMap((loop) => loop.back.map((from) => `${from}>${loop.head}`)));
      const state = new Map<number, 'open' | 'done'>();
      const visit = (at: number): void => {
        state.set(at, 'open');
        for (const { to } of body.blocks[at]!.next) {
          if (back.has(`${at}>${to}`)) continue;
          assert.notEqual(state.get(to), 'open', `cycle without a loop at B${at}\n${source}`);
          if (!state.has(to)) visit(to);
        }
        state.set(at, 'done');
      };
      visit(0);
    }),
    runs,
  );
});
