import { isBlank } from './chars.js';
import { isAttribute } from './definers.js';

/** A parenthesised group at depth 0 of the construct being read. */
export interface Group {
  /** Span of the identifier directly before it; -1 when something else stands there. */
  nameAt: number;
  nameEnd: number;
  open: number;
  close: number;
}

/** The construct being read, from its first token on. */
export interface Chunk {
  start: number; // -1 before the first token
  depth: number; // parentheses
  brackets: number;
  equals: number; // offset of the first `=` outside parentheses, -1 when none
  groups: Group[];
  last: number; // last significant character
  wordAt: number; // last identifier outside parentheses
  wordEnd: number;
  variableAt: number; // last identifier before `=`, `[` or `:` outside parentheses
  variableEnd: number;
  keyword: '' | 'struct' | 'union' | 'enum'; // last such keyword
  tagAt: number; // the identifier after it
  tagEnd: number;
  typedef: boolean;
  bodyOpen: number;
  bodyClose: number;
}

export function emptyChunk(): Chunk {
  return {
    start: -1,
    depth: 0,
    brackets: 0,
    equals: -1,
    groups: [],
    last: 0,
    wordAt: -1,
    wordEnd: -1,
    variableAt: -1,
    variableEnd: -1,
    keyword: '',
    tagAt: -1,
    tagEnd: -1,
    typedef: false,
    bodyOpen: -1,
    bodyClose: -1,
  };
}

/** A copy that later tokens do not change. */
export function copyChunk(chunk: Chunk): Chunk {
  return chunk.start < 0 ? emptyChunk() : { ...chunk, groups: chunk.groups.map((group) => ({ ...group })) };
}

/** The group whose name is the function's, when the construct read so far is a function's header. */
export function definingGroup(text: string, chunk: Chunk): Group | undefined {
  let found: Group | undefined;
  for (const group of chunk.groups) {
    if (group.close < 0) group.close = group.open + 1;
    if (group.nameAt < 0 || group.nameAt < chunk.bodyClose) continue;
    const name = text.slice(group.nameAt, group.nameEnd);
    if (isAttribute(name)) continue;
    if (found === undefined || (found.nameAt === chunk.start && chunk.start !== group.nameAt)) found = group;
  }
  if (found === undefined) {
    // A name in parentheses: `int (name)(void)`; its group follows another one.
    for (let k = 1; k < chunk.groups.length; k++) {
      if (chunk.groups[k]!.nameAt < 0 && isBlank(text, chunk.groups[k - 1]!.close, chunk.groups[k]!.open)) return chunk.groups[k - 1];
    }
    return undefined;
  }
  // `struct tag {` after an unknown macro with arguments is a type, not a function.
  if (chunk.keyword !== '' && (chunk.tagAt > found.close || chunk.tagAt === found.nameAt)) return undefined;
  return found;
}
