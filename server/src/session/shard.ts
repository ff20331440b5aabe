/** Deterministic parts of one audit: which files a shard reports on. */

/** One part of `count`, numbered from 1. */
export interface Shard {
  index: number;
  count: number;
}

/** Whether a file's findings belong to a shard: by its name alone, so that every machine decides alike. */
export function inShard(file: string, { index, count }: Shard): boolean {
  // FNV-1a: spreads the files of one folder, whose sizes go together, over all shards.
  let h = 0x811c9dc5;
  for (let i = 0; i < file.length; i++) h = Math.imul(h ^ file.charCodeAt(i), 0x01000193);
  return (h >>> 0) % count === index - 1;
}

/** 'I/N' with 1 <= I <= N <= 10000; undefined for anything else. */
export function parseShard(text: string): Shard | undefined {
  const [, i, n] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const shard = { index: Number(i), count: Number(n) };
  return i !== undefined && shard.index >= 1 && shard.index <= shard.count && shard.count <= MAX_SHARDS ? shard : undefined;
}
const MAX_SHARDS = 10_000;
