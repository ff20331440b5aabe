/** Types of expressions and classes of locks, from declarations, structure definitions and return types. */
import type { Expr, FileFacts, FunctionFacts } from '../facts/model.js';
import type { Knowledge } from './knowledge.js';
import type { LockKind } from './model.js';
import { lockText } from './text.js';

/** Type text of an expression ('struct inode *'), '' when not known. Pointers and arrays keep their marks only roughly. */
export function typeOf(e: Expr | undefined, fn: FunctionFacts, file: FileFacts, know: Knowledge, depth = 0): string {
  if (e === undefined || typeof e === 'number' || depth > 10) return '';
  if (typeof e === 'string') {
    return fn.body?.vars[e] ?? fn.params.find((p) => p.name === e)?.type ?? know.global(e, file)?.type ?? '';
  }
  switch (e[0]) {
    case '->':
    case '.': {
      const inner = typeOf(e[1], fn, file, know, depth + 1);
      if (inner === UNNAMED) {
        const [outer, member] = unnamedMember(e[1], fn, file, know);
        return know.fieldType(outer, `${member}.${e[2]}`) ?? '';
      }
      const struct = structOf(inner);
      return struct ? (know.fieldType(struct, e[2]) ?? '') : '';
    }
    case '[]':
      return typeOf(e[1], fn, file, know, depth + 1);
    case 'u':
      return e[1] === '*' || e[1] === '&' ? typeOf(e[2], fn, file, know, depth + 1) : '';
    case 'cast':
      return e[1];
    case '?':
      return typeOf(e[2], fn, file, know, depth + 1) || typeOf(e[3], fn, file, know, depth + 1);
    case 'call':
      return typeof e[1] === 'string' ? (know.returns(e[1], file) ?? '') : '';
    case ',':
      return typeOf(e[2], fn, file, know, depth + 1);
    case '=':
      return typeOf(e[2], fn, file, know, depth + 1);
    default:
      return '';
  }
}

/** Type text of a member whose structure has no name. */
const UNNAMED = 'struct';

/** The named structure around a member of an unnamed one, and the way to it ('fds'). */
function unnamedMember(e: Expr, fn: FunctionFacts, file: FileFacts, know: Knowledge): [outer: string, member: string] {
  if (!Array.isArray(e) || (e[0] !== '->' && e[0] !== '.')) return ['', ''];
  return [structOf(typeOf(e[1], fn, file, know)), e[2]];
}

/** Name of the structure (or typedef) in a type text, '' for scalars. */
export function structOf(type: string): string {
  const tagged = /\b(?:struct|union)\s+(\w+)/.exec(type);
  if (tagged) return tagged[1]!;
  const name = /^(?:const\s+|volatile\s+|static\s+)*(\w+)\s*[*\s]*$/.exec(type.trim());
  return name && /_t$|^[a-z]\w*$/.test(name[1]!) && !/^(?:int|char|long|short|unsigned|void|bool|u8|u16|u32|u64)$/.test(name[1]!)
    ? name[1]!
    : '';
}

/**
 * Class of a lock given by its expression: 'inode.i_lock' by type and field, the name of a global, else the canonical
 * text with its base variable kept.
 */
export function lockClass(e: Expr | undefined, fn: FunctionFacts, file: FileFacts, know: Knowledge): string {
  if (e === undefined) return '';
  let inner: Expr = e;
  while (Array.isArray(inner) && ((inner[0] === 'u' && inner[1] === '&') || inner[0] === 'cast')) inner = inner[2];
  if (Array.isArray(inner) && (inner[0] === '->' || inner[0] === '.')) {
    const around = typeOf(inner[1], fn, file, know);
    if (around === UNNAMED) {
      const [outer, member] = unnamedMember(inner[1], fn, file, know);
      return `${outer || '?'}.${member}.${inner[2]}`;
    }
    const struct = structOf(around);
    if (struct) return `${struct}.${inner[2]}`;
    return `?.${inner[2]}`;
  }
  // A lock that a helper finds (`ext4_group_lock_ptr(sb, group)`): all it finds are of one class.
  if (Array.isArray(inner) && inner[0] === 'call' && typeof inner[1] === 'string') return `${inner[1]}()`;
  if (Array.isArray(inner) && inner[0] === '[]') return lockClass(inner[1], fn, file, know);
  if (typeof inner === 'string' && know.global(inner, file)) return inner;
  return lockText(e);
}

/** Kind of a lock by the type of its object: decides what an assertion such as lockdep_assert_held means. */
export function lockKindOfType(type: string): LockKind | undefined {
  if (/\braw_spinlock_t\b|\braw_spinlock\b|\barch_spinlock_t\b/.test(type)) return 'raw_spin';
  if (/\bspinlock_t\b|\bstruct spinlock\b/.test(type)) return 'spin';
  if (/\brwlock_t\b/.test(type)) return 'write_lock';
  if (/\bstruct mutex\b/.test(type)) return 'mutex';
  if (/\bstruct rw_semaphore\b/.test(type)) return 'rwsem_write';
  if (/\bstruct percpu_rw_semaphore\b/.test(type)) return 'percpu_rwsem';
  if (/\bstruct semaphore\b/.test(type)) return 'semaphore';
  if (/\bstruct ww_mutex\b/.test(type)) return 'ww_mutex';
  if (/\bseqlock_t\b/.test(type)) return 'seq_write';
  if (/\blocal_lock_t\b/.test(type)) return 'local_lock';
  if (/\bstruct rt_mutex\b/.test(type)) return 'rt_mutex';
  return undefined;
}
