/** A profile held against a tree's own gfp header and page allocator. */
import { GfpSyntaxError, GFP, PROFILES, parseGfp, type Profile, type ProfileId } from '../../../simulator/src/index.js';

/** Names in gfp headers that are no flags of their own. */
const NOT_A_FLAG = /^__GFP_(?:RECLAIM|BITS_SHIFT|BITS_MASK)$/;
/** Flags that exist in some configurations only: their absence from a profile means nothing. */
const OPTIONAL = /SKIP_|ZEROTAGS|OBJ_EXT|NOLOCKDEP|NOTRACK/;
/** Composites whose meaning the rules depend on. */
const COMPOSITES = [
  'GFP_ATOMIC',
  'GFP_KERNEL',
  'GFP_KERNEL_ACCOUNT',
  'GFP_NOWAIT',
  'GFP_NOIO',
  'GFP_NOFS',
  'GFP_USER',
  'GFP_HIGHUSER',
  'GFP_HIGHUSER_MOVABLE',
  'GFP_TRANSHUGE_LIGHT',
  'GFP_TRANSHUGE',
  '__GFP_RECLAIM',
];

/** Sentences for flags and composites of the tree's gfp header that the profile sees otherwise. */
export function checkFlags(profile: Profile, header: string): string[] {
  const text = header.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/\\\n/g, ' ');
  const defined = new Map<string, string>();
  for (const m of text.matchAll(/^[ \t]*#[ \t]*define[ \t]+((?:__)?GFP_\w+)[ \t]+([^\n]+)/gm))
    if (!defined.has(m[1]!)) defined.set(m[1]!, m[2]!);
  const sentences: string[] = [];
  for (const name of defined.keys()) {
    if (name.startsWith('__GFP_') && !NOT_A_FLAG.test(name) && !OPTIONAL.test(name) && !profile.flags.has(name)) {
      sentences.push(`the tree has ${name}, which the profile ${profile.id} does not know: it counts for nothing`);
    }
  }
  for (const name of profile.flags.keys()) {
    if (!defined.has(name) && !OPTIONAL.test(name)) sentences.push(`the tree has no ${name}, which the profile ${profile.id} expects`);
  }
  for (const name of COMPOSITES) {
    const value = defined.get(name);
    const expected = profile.composites.get(name);
    if (value === undefined || expected === undefined) continue;
    const bits = evaluate(profile, value);
    if (bits !== null && bits !== (expected & KNOWN)) {
      sentences.push(`${name} is ${value.trim().replace(/\s+/g, ' ')} in the tree, not what the profile ${profile.id} takes it for`);
    }
  }
  return sentences;
}

/** Bits that never moved: those above depend on configuration and are left out of comparisons. */
const KNOWN = Object.values(GFP).reduce((all, bit) => all | bit, 0);

function evaluate(profile: Profile, text: string): number | null {
  // Flags that only some configurations have stand for nothing here.
  const plain = text
    .replace(/\(__force gfp_t\)/g, '')
    .replace(/\b__GFP_\w+/g, (name) => (profile.flags.has(name) || profile.composites.has(name) ? name : '0'));
  try {
    return parseGfp(profile, plain) & KNOWN;
  } catch (error) {
    // A composite made in a way this tool does not read is not compared.
    if (error instanceof GfpSyntaxError || (error instanceof Error && error.name === 'UnknownNameError')) return null;
    throw error;
  }
}

/** The early or late sister of a profile when the tree's page allocator is hers; null when the profile fits. */
export function siblingProfile(profile: Profile, pageAlloc: string): ProfileId | null {
  const model = reserveModel(pageAlloc);
  if (model === null || model === profile.reserveModel) return null;
  const sister = (profile.id.endsWith('-early') ? profile.id.slice(0, -'-early'.length) : `${profile.id}-early`) as ProfileId;
  return Object.hasOwn(PROFILES, sister) && PROFILES[sister].reserveModel === model ? sister : null;
}

/** ALLOC_HARDER went when the reserves were reworked (6.3, and stable trees of 5.15 and 6.1); mm/internal.h defines the flags. */
function reserveModel(pageAlloc: string): Profile['reserveModel'] | null {
  if (/\bALLOC_MIN_RESERVE\b/.test(pageAlloc)) return 'min-reserve';
  return /\bALLOC_HARDER\b/.test(pageAlloc) ? 'high-harder' : null;
}

/** Sentences for behaviour of mm/page_alloc.c that the profile has otherwise. */
export function checkPageAllocator(profile: Profile, pageAlloc: string): string[] {
  const sentences: string[] = [];
  const model = reserveModel(pageAlloc);
  if (model !== null && model !== profile.reserveModel) {
    sentences.push(
      `the tree's page allocator has ${model === 'min-reserve' ? 'ALLOC_MIN_RESERVE' : 'ALLOC_HARDER'}, the profile ${profile.id} the other reserve model: reserve depths in messages may be wrong`,
    );
  }
  const has = (name: string) => new RegExp(`\\b${name}\\b`).test(pageAlloc);
  const expect = (there: boolean, expected: boolean, what: string) => {
    if (there !== expected)
      sentences.push(`the tree's page allocator ${there ? 'has' : 'lacks'} ${what}; the profile ${profile.id} says otherwise`);
  };
  // Only where the page allocator itself was read: mm/internal.h alone says nothing about these.
  if (has('__alloc_pages_slowpath')) {
    expect(has('congestion_wait'), profile.writebackWaitInRetry, 'congestion_wait() in its retry loop');
    expect(has('alloc_pages_nolock_noprof') || has('alloc_pages_nolock'), profile.hasNolock, 'alloc_pages_nolock()');
    expect(has('__alloc_pages_bulk') || has('alloc_pages_bulk_noprof'), profile.hasBulk, 'the bulk allocator');
  }
  return sentences;
}
