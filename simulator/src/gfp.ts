/**
 * The algebra of gfp masks: names to bits, C expressions to masks, masks to words.
 * A mask is a plain non-negative number, every bit below 2^31.
 */
import { GFP } from './gfp-bits.js';
import type { Profile } from './profiles/types.js';

export { GFP } from './gfp-bits.js';

/** Individual flags of the profile, name (`__GFP_FS`) to bit. */
export function flagBits(profile: Profile): ReadonlyMap<string, number> {
  return profile.flags;
}

/** Value of a composite (`GFP_KERNEL`, `__GFP_RECLAIM`, `GFP_RECLAIM_MASK`, ...), undefined when the profile has no such name. */
export function compositeMask(profile: Profile, name: string): number | undefined {
  return profile.composites.get(name);
}

/** Value of any gfp name, flag or composite; the `___GFP_X` spelling of flags is accepted. */
export function nameMask(profile: Profile, name: string): number | undefined {
  const key = name.startsWith('___GFP_') ? name.slice(1) : name;
  return profile.flags.get(key) ?? profile.composites.get(key);
}

/** Every name that parseGfp knows for the profile, composites first. */
export function gfpNames(profile: Profile): string[] {
  return [...profile.composites.keys(), ...profile.flags.keys()];
}

/** A gfp expression that cannot be read; `message` names the offending token and what is known. */
export class GfpSyntaxError extends Error {
  override readonly name = 'GfpSyntaxError';
}

/**
 * Evaluates a C expression of gfp names, integers, `~ & ^ |`, parentheses and casts (`(gfp_t)0`, `(__force gfp_t)x`).
 * `~` complements within the profile's own flags. Throws GfpSyntaxError.
 */
export function parseGfp(profile: Profile, text: string): number {
  return new Parser(profile, text).parse();
}

class Parser {
  private readonly tokens: string[];
  private at = 0;
  private readonly all: number;

  constructor(
    private readonly profile: Profile,
    private readonly text: string,
  ) {
    this.tokens = text.match(/0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*|[A-Za-z_]\w*|\S/g) ?? [];
    this.all = profile.composites.get('__GFP_BITS_MASK') ?? 0;
  }

  parse(): number {
    if (this.tokens.length === 0) throw new GfpSyntaxError('empty gfp expression');
    const value = this.binary(0);
    if (this.at < this.tokens.length) this.fail(`unexpected '${this.tokens[this.at]}'`);
    return value;
  }

  private fail(what: string): never {
    throw new GfpSyntaxError(`gfp expression '${this.text}': ${what}`);
  }

  private binary(level: number): number {
    const operator = ['|', '^', '&'][level];
    if (operator === undefined) return this.unary();
    let value = this.binary(level + 1);
    while (this.tokens[this.at] === operator) {
      this.at++;
      const right = this.binary(level + 1);
      value = operator === '|' ? value | right : operator === '^' ? value ^ right : value & right;
    }
    return value;
  }

  private unary(): number {
    const token = this.tokens[this.at++];
    if (token === undefined) this.fail('ends where a name or a number is expected');
    if (token === '~') return this.all & ~this.unary();
    if (token === '(') {
      if (this.skipCast()) return this.unary();
      const value = this.binary(0);
      if (this.tokens[this.at++] !== ')') this.fail("missing ')'");
      return value;
    }
    if (/^\d/.test(token)) {
      const digits = token.replace(/[uUlL]+$/, '');
      const value = /^0[0-7]+$/.test(digits) ? parseInt(digits, 8) : Number(digits);
      if (!Number.isInteger(value) || value >= 2 ** 31) this.fail(`number '${token}' is not a gfp mask (bits below 2^31)`);
      return value;
    }
    const value = nameMask(this.profile, token);
    if (value === undefined) {
      this.fail(`unknown flag '${token}' in ${this.profile.title}; known: ${gfpNames(this.profile).join(' ')}`);
    }
    return value;
  }

  /** After '(': consumes `type)` when only type words stand there. */
  private skipCast(): boolean {
    let i = this.at;
    while (/^(?:gfp_t|__force|__bitwise|const|unsigned|signed|int|long|u32|u64|uint|uint32_t)$/.test(this.tokens[i] ?? '')) i++;
    if (i === this.at || this.tokens[i] !== ')') return false;
    this.at = i + 1;
    return true;
  }
}

/** Composites that describeGfp looks for, the most inclusive first. */
const DESCRIBE_ORDER = [
  'GFP_TRANSHUGE',
  'GFP_TRANSHUGE_LIGHT',
  'GFP_HIGHUSER_MOVABLE',
  'GFP_HIGHUSER',
  'GFP_USER',
  'GFP_KERNEL_ACCOUNT',
  'GFP_KERNEL',
  'GFP_NOFS',
  'GFP_ATOMIC',
  'GFP_NOIO',
  'GFP_NOWAIT',
];

/** The names whose union is the mask: at most one composite, then single flags by bit. An empty mask gives ['0']. */
export function describeGfp(profile: Profile, mask: number): string[] {
  const names: string[] = [];
  let rest = mask;
  for (const name of DESCRIBE_ORDER) {
    const bits = profile.composites.get(name) ?? 0;
    if (bits !== 0 && (rest & bits) === bits) {
      names.push(name);
      rest &= ~bits;
      break;
    }
  }
  for (const [name, bit] of [...profile.flags].sort((a, b) => a[1] - b[1])) {
    if (rest & bit) names.push(name);
    rest &= ~bit;
  }
  if (rest !== 0) names.push('0x' + (rest >>> 0).toString(16));
  return names.length > 0 ? names : ['0'];
}

/** gfpflags_allow_blocking(): the request may enter direct reclaim, so it may sleep. */
export const allowsBlocking = (mask: number): boolean => (mask & GFP.__GFP_DIRECT_RECLAIM) !== 0;
/** Reclaim may call into file systems. Inert without direct reclaim. */
export const allowsFs = (mask: number): boolean => (mask & GFP.__GFP_FS) !== 0;
/** Reclaim may start block I/O. Inert without direct reclaim. */
export const allowsIo = (mask: number): boolean => (mask & GFP.__GFP_IO) !== 0;
export const isNofail = (mask: number): boolean => (mask & GFP.__GFP_NOFAIL) !== 0;
export const isNoretry = (mask: number): boolean => (mask & GFP.__GFP_NORETRY) !== 0;
export const isRetryMayfail = (mask: number): boolean => (mask & GFP.__GFP_RETRY_MAYFAIL) !== 0;

/** Task scopes that change the effective mask. */
export type Scope = 'nofs' | 'noio' | 'noreclaim' | 'pin';

/** current_gfp_context(): what the task's open scopes leave of a mask (include/linux/sched/mm.h). */
export function scopedMask(profile: Profile, mask: number, scopes: readonly Scope[]): number {
  let out = mask;
  if (scopes.includes('noio')) out &= ~(GFP.__GFP_IO | GFP.__GFP_FS);
  else if (scopes.includes('nofs')) out &= ~GFP.__GFP_FS;
  if (scopes.includes('pin') && profile.pinScope === 'pin') out &= ~GFP.__GFP_MOVABLE;
  return out;
}

/** Zone-modifier combinations for which GFP_ZONE_BAD is set: at most one of DMA, DMA32, HIGHMEM; MOVABLE goes with any one. */
export function badZoneModifiers(mask: number): boolean {
  const n = [GFP.__GFP_DMA, GFP.__GFP_DMA32, GFP.__GFP_HIGHMEM].filter((bit) => mask & bit).length;
  return n > 1;
}
