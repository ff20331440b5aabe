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
