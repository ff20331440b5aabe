import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphOf, lines, linesOf } from './helper.js';

test('a guard closes on every way out of its scope', () => {
  assert.deepEqual(
    graphOf('{\n\tguard(mutex)(&o->lock);\n\tif (a)\n\t\treturn -EIO;\n\tone();\n}\ntwo();'),
    lines(`
    B0:
    call guard:mutex(&o->lock) discarded
    if a -> B2
    unless a -> B3
    B2:
    call unguard:mutex(&o->lock) discarded
    ret -EIO
    -> exit
    B3:
    call one() discarded
    call unguard:mutex(&o->lock) discarded
    call two() discarded
    -> exit
  `),
  );
});

test('guards close in reverse order, the returned value is computed before', () => {
  assert.deepEqual(
    graphOf('guard(rcu)();\nguard(spinlock)(&o->lock);\nreturn count(o);'),
    lines(`
    B0:
    call guard:rcu() discarded
    call guard:spinlock(&o->lock) discarded
    call count(o) returned
    call unguard:spinlock(&o->lock) discarded
    call unguard:rcu() discarded
    ret count(o)
    -> exit
  `),
  );
});

test('break and continue close what the loop body opened, not what stands around the loop', () => {
  assert.deepEqual(
    graphOf('guard(mutex)(&a);\nwhile (more()) {\n\tguard(mutex)(&b);\n\tif (x)\n\t\tbreak;\n\tif (y)\n\t\tcontinue;\n\tone();\n}\nend();'),
    lines(`
    B0:
    call guard:mutex(&a) discarded
    -> B2
    B2:
    call more() tested
    if more() -> B3
    unless more() -> B8
    B3:
    call guard:mutex(&b) discarded
    if x -> B4
    unless x -> B5
    B4:
    call unguard:mutex(&b) discarded
    -> B8
    B5:
    if y -> B6
    unless y -> B7
    B6:
    call unguard:mutex(&b) discarded
    -> B2
    B7:
    call one() discarded
    call unguard:mutex(&b) discarded
    -> B2
    B8:
    call end() discarded
    call unguard:mutex(&a) discarded
    -> exit
  `),
  );
});

test('a goto closes the guards of the scopes it leaves, forward and backward', () => {
  assert.deepEqual(
    graphOf('retry:\n{\n\tguard(mutex)(&a);\n\tif (x)\n\t\tgoto retry;\n\tif (y)\n\t\tgoto out;\n\tone();\n}\nout:\nreturn 0;'),
    lines(`
    B0:
    -> B2
    B2:
    call guard:mutex(&a) discarded
    if x -> B3
    unless x -> B4
    B3:
    call unguard:mutex(&a) discarded
    -> B2
    B4:
    if y -> B5
    unless y -> B6
    B5:
    call unguard:mutex(&a) discarded
    -> B7
    B6:
    call one() discarded
    call unguard:mutex(&a) discarded
    -> B7
    B7:
    ret 0
    -> exit
  `),
  );
});

test('a jump back to before a guard of the same scope closes it', () => {
  assert.deepEqual(
    graphOf('retry:\none();\nguard(mutex)(&a);\nif (x)\n\tgoto retry;'),
    lines(`
    B0:
    -> B2
    B2:
    call one() discarded
    call guard:mutex(&a) discarded
    if x -> B3
    unless x -> B4
    B3:
    call unguard:mutex(&a) discarded
    -> B2
    B4:
    call unguard:mutex(&a) discarded
    -> exit
  `),
  );
});

test('scoped_guard holds for its statement; break leaves it and nothing else', () => {
  assert.deepEqual(
    linesOf('while (more()) {\n\tscoped_guard(spinlock, &o->lock) {\n\t\tif (x)\n\t\t\tbreak;\n\t\tone();\n\t}\n\ttwo();\n}'),
    lines(`
    B0:
    -> B2
    B2:
    call more() tested
    if more() -> B3
    unless more() -> exit
    B3:
    call guard:spinlock(&o->lock) discarded
    if x -> B4
    unless x -> B5
    B4:
    call unguard:spinlock(&o->lock) discarded
    -> B6
    B5:
    call one() discarded
    call unguard:spinlock(&o->lock) discarded
    -> B6
    B6:
    call two() discarded
    -> B2
    loop while head B2 blocks 2,3,4,5,6 back 6 lines 2-9
  `),
  );
});

test('a scoped guard that may fail skips its body then', () => {
  assert.deepEqual(
    graphOf('scoped_guard(mutex_try, &o->lock)\n\tone();\ntwo();'),
    lines(`
    B0:
    call guard:mutex_try(&o->lock) tested
    if guard:mutex_try(&o->lock) -> B2
    unless guard:mutex_try(&o->lock) -> B3
    B2:
    call one() discarded
    call unguard:mutex_try(&o->lock) discarded
    -> B3
    B3:
    call two() discarded
    -> exit
  `),
  );
});

test('scoped_cond_guard runs its statement on failure', () => {
  const expected = `
    B0:
    call guard:mutex_intr(&o->lock) tested
    if guard:mutex_intr(&o->lock) -> B2
    unless guard:mutex_intr(&o->lock) -> B3
    B2:
    call one() discarded
    call unguard:mutex_intr(&o->lock) discarded
    call two() discarded
    -> exit
    B3:
  `;
  assert.deepEqual(
    graphOf('scoped_cond_guard(mutex_intr, return -EINTR, &o->lock) {\n\tone();\n}\ntwo();'),
    lines(`${expected}
    ret -EINTR
    -> exit
  `),
  );
  assert.deepEqual(
    graphOf('scoped_cond_guard(mutex_intr, return, &o->lock) {\n\tone();\n}\ntwo();'),
    lines(`${expected}
    ret
    -> exit
  `),
  );
});

test('a __free variable is freed where its scope ends, in the order of declarations reversed', () => {
  assert.deepEqual(
    graphOf(
      'char *a __free(kfree) = kmalloc(8, gfp);\nstruct x *b __free(put_x) = NULL;\nif (!a)\n\treturn -ENOMEM;\nb = get_x(a);\nreturn 0;',
    ),
    lines(`
    B0:
    call a <- kmalloc(8, gfp) assigned
    set a = kmalloc(8, gfp)
    set b = NULL
    if a -> B3
    unless a -> B2
    B2:
    call free:put_x(b) discarded
    call free:kfree(a) discarded
    ret -ENOMEM
    -> exit
    B3:
    call b <- get_x(a) assigned
    set b = get_x(a)
    call free:put_x(b) discarded
    call free:kfree(a) discarded
    ret 0
    -> exit
  `),
  );
});

test('no_free_ptr() and return_ptr() disarm on their way only', () => {
  assert.deepEqual(
    graphOf(
      'char *a __free(kfree) = kmalloc(8, gfp);\nif (x)\n\treturn_ptr(a);\nif (y)\n\treturn no_free_ptr(a);\nif (z)\n\to->buf = no_free_ptr(a);\nreturn NULL;',
    ),
    lines(`
    B0:
    call a <- kmalloc(8, gfp) assigned
    set a = kmalloc(8, gfp)
    if x -> B2
    unless x -> B3
    B2:
    ret a
    -> exit
    B3:
    if y -> B4
    unless y -> B5
    B4:
    call no_free_ptr(a) returned
    ret no_free_ptr(a)
    -> exit
    B5:
    if z -> B6
    unless z -> B7
    B6:
    call o->buf <- no_free_ptr(a) assigned
    set o->buf = no_free_ptr(a)
    -> B7
    B7:
    call free:kfree(a) discarded
    ret NULL
    -> exit
  `),
  );
});

test('CLASS() makes a variable with a destructor', () => {
  assert.deepEqual(
    graphOf('CLASS(fd, f)(num);\nif (bad(f))\n\treturn -EBADF;\nreturn 0;'),
    lines(`
    B0:
    call f <- class:fd(num) assigned
    call bad(f) tested
    if bad(f) -> B2
    unless bad(f) -> B3
    B2:
    call unclass:fd(f) discarded
    ret -EBADF
    -> exit
    B3:
    call unclass:fd(f) discarded
    ret 0
    -> exit
  `),
  );
});

test('an iterating macro is a loop whose cursor changes each round', () => {
  assert.deepEqual(
    linesOf('struct x *p, *n;\nlist_for_each_entry_safe(p, n, &o->list, link) {\n\tif (p->gone)\n\t\tcontinue;\n\tdrop(p);\n}\nend();'),
    lines(`
    B0:
    -> B2
    B2:
    call list_for_each_entry_safe(p, n, &o->list, link) tested
    set p = <list_for_each_entry_safe>
    set n = <list_for_each_entry_safe>
    -> B3
    -> B5
    B3:
    if p->gone -> B2
    unless p->gone -> B4
    B4:
    call drop(p) discarded
    -> B2
    B5:
    call end() discarded
    -> exit
    loop iter list_for_each_entry_safe head B2 blocks 2,3,4 back 3,4 lines 3-7
  `),
  );
});

test('an iterating macro at the end of a do loop', () => {
  assert.deepEqual(
    linesOf('\tstruct v *v;\n\tdo {\n\t\tone(v);\n\t} for_each_vma(vmi, v);\n\tend();'),
    lines(`
      B0:
      -> B2
      B2:
      call one(v) discarded
      call for_each_vma(vmi, v) tested
      set vmi = <for_each_vma>
      set v = <for_each_vma>
      -> B2
      -> B3
      B3:
      call end() discarded
      -> exit
      loop do head B2 blocks 2 back 2 lines 3-5
    `),
  );
});
