/** The algebra of gfp masks per kernel profile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  allowsBlocking,
  badZoneModifiers,
  chooseProfile,
  compositeMask,
  describeGfp,
  flagBits,
  gfpNames,
  GfpSyntaxError,
  parseGfp,
  PROFILE_IDS,
  profileById,
  profileFor,
  scopedMask,
  UnknownNameError,
} from '../../simulator/src/index.js';

const p510 = profileFor('5.10.223');
const p61 = profileFor('6.1.192');
const p612 = profileFor('6.12.117');

test('values of composites, by version', () => {
  const hex = (p: typeof p61, e: string): string => parseGfp(p, e).toString(16);
  assert.equal(hex(p61, 'GFP_ATOMIC'), 'a20');
  assert.equal(hex(p612, 'GFP_ATOMIC'), '820');
  assert.equal(hex(p61, 'GFP_NOWAIT'), '800');
  assert.equal(hex(p612, 'GFP_NOWAIT'), '2800');
  for (const p of [p510, p61, p612]) {
    assert.equal(hex(p, 'GFP_KERNEL'), 'cc0');
    assert.equal(hex(p, 'GFP_NOFS'), 'c40');
    assert.equal(hex(p, 'GFP_NOIO'), 'c00');
    assert.equal(hex(p, 'GFP_KERNEL_ACCOUNT'), '400cc0');
    assert.equal(hex(p, 'GFP_HIGHUSER_MOVABLE'), '100cca');
    assert.equal(hex(p, 'GFP_TRANSHUGE_LIGHT'), '1c20ca');
    assert.equal(hex(p, 'GFP_TRANSHUGE'), '1c24ca');
  }
});

test('C expressions: precedence, complement, casts, numbers', () => {
  const e = (t: string): number => parseGfp(p61, t);
  assert.equal(e('GFP_KERNEL & ~__GFP_FS'), e('GFP_NOFS'));
  assert.equal(e('GFP_NOIO | GFP_KERNEL & __GFP_IO'), e('GFP_NOFS'), '& binds tighter than |');
  assert.equal(e('GFP_KERNEL|GFP_NOFS'), e('GFP_KERNEL'), 'masks are unions');
  assert.equal(e('(gfp_t)0'), 0);
  assert.equal(e('(__force gfp_t) (0x20u | 0x800UL)'), 0x820);
  assert.equal(e('(GFP_KERNEL) | __GFP_NOFAIL'), 0x8cc0);
  assert.equal(e('~~GFP_KERNEL'), 0xcc0);
  assert.equal(e('GFP_KERNEL ^ __GFP_FS'), 0xc40);
  assert.equal(e('010'), 8, 'octal');
  assert.equal(e('___GFP_FS'), 0x80);
});

test('what cannot be read is named, with the names that exist', () => {
  assert.throws(
    () => parseGfp(p612, '__GFP_ATOMIC'),
    (err: Error) => err instanceof GfpSyntaxError && /__GFP_ATOMIC/.test(err.message) && /GFP_KERNEL/.test(err.message),
  );
  assert.doesNotThrow(() => parseGfp(p61, '__GFP_ATOMIC'));
  for (const bad of [
    '',
    '   ',
    'GFP_KERNEL |',
    '(GFP_KERNEL',
    'GFP_KERNEL)',
    'GFP_KERNEL GFP_NOFS',
    '| 1',
    '0xffffffff',
    '1 + 2',
    'size_t',
    '()',
    '0x',
    '12abc',
    '0b11',
  ]) {
    assert.throws(() => parseGfp(p61, bad), GfpSyntaxError, bad);
  }
});

test('describe gives back what parse read, for every subset of the low bits', () => {
  for (const id of PROFILE_IDS) {
    const p = profileById(id);
    for (let mask = 0; mask < 2 ** 23; mask += 977) {
      const names = describeGfp(p, mask);
      assert.equal(parseGfp(p, names.join('|')), mask, `${id} ${mask.toString(16)}: ${names.join('|')}`);
    }
  }
  assert.deepEqual(describeGfp(p61, 0x8cc0), ['GFP_KERNEL', '__GFP_NOFAIL']);
  assert.deepEqual(describeGfp(p61, 0), ['0']);
});

test('flags: one bit each, below 2^31, no two the same', () => {
  for (const id of PROFILE_IDS) {
    const bits = [...flagBits(profileById(id)).values()];
    assert.equal(new Set(bits).size, bits.length);
    for (const b of bits) assert.ok(b > 0 && b < 2 ** 31 && (b & (b - 1)) === 0);
    assert.ok(gfpNames(profileById(id)).includes('GFP_KERNEL'));
  }
  assert.equal(flagBits(p612).has('__GFP_ATOMIC'), false);
  assert.equal(compositeMask(p61, 'GFP_NO_LOCK'), undefined, 'proposed in 2020, never merged');
});

test('scopes: NOIO wins over NOFS, pin only where it exists, PF_MEMALLOC leaves the mask alone', () => {
  const kernel = parseGfp(p61, 'GFP_KERNEL');
  const movable = parseGfp(p61, 'GFP_HIGHUSER_MOVABLE');
  assert.equal(scopedMask(p61, kernel, ['nofs']), parseGfp(p61, 'GFP_NOFS'));
  assert.equal(scopedMask(p61, kernel, ['nofs', 'noio']), parseGfp(p61, 'GFP_NOIO'));
  assert.equal(scopedMask(p61, kernel, ['noreclaim']), kernel);
  assert.equal(scopedMask(p61, movable, ['pin']), movable & ~8);
  assert.equal(scopedMask(p510, movable, ['pin']), movable, '5.10 has nocma instead');
  assert.equal(allowsBlocking(parseGfp(p61, 'GFP_ATOMIC|GFP_KERNEL')), true);
});

test('zone modifiers that exclude each other', () => {
  const e = (t: string): boolean => badZoneModifiers(parseGfp(p61, t));
  assert.equal(e('GFP_DMA|__GFP_HIGHMEM'), true);
  assert.equal(e('GFP_DMA|GFP_DMA32'), true);
  assert.equal(e('GFP_DMA32|__GFP_MOVABLE'), false);
  assert.equal(e('GFP_HIGHUSER_MOVABLE'), false);
});

test('a tree chooses its profile', () => {
  const id = (v: string): string => profileFor(v).id;
  assert.equal(id('5.10.223'), '5.10-early');
  assert.equal(id('5.10.262'), '5.10');
  assert.equal(id('5.15.223'), '5.15');
  assert.equal(id('5.15.0'), '5.15-early');
  assert.equal(id('6.1.192'), '6.1');
  assert.equal(id('6.1.192-2-cloud-amd64'), '6.1');
  assert.equal(id('6.1.0'), '6.1-early');
  assert.equal(id('6.2.16'), '6.1-early');
  assert.equal(id('6.5.13'), '6.6');
  assert.equal(id('6.12.117'), '6.12');
  assert.equal(id('7.2.13'), 'mainline');
  assert.equal(id('7.3-rc1'), 'mainline');
  assert.equal(id('9.0'), 'mainline');
  assert.match(chooseProfile('4.19.300').note ?? '', /older/);
  assert.match(chooseProfile('6.8').note ?? '', /6\.6/);
  assert.equal(chooseProfile('6.12').note, undefined);
  for (const bad of ['', 'next', '6', 'x.y', '__proto__', 'constructor']) assert.throws(() => profileFor(bad), UnknownNameError, bad);
});
