/**
 * Transaction handles that open no allocation scope: held like a lock, so that a reclaim path which starts a transaction of the same
 * file system is seen for what it is. Those with a scope are in scopes.ts.
 */
import type { LockEntry } from './model.js';
import { VersionedTable } from './table.js';
import { ALL_VERSIONS } from './version.js';

const HANDLES: readonly { class: string; open: readonly string[]; close: readonly string[] }[] = [
  {
    class: 'btrfs_transaction',
    open: [
      'btrfs_start_transaction',
      'btrfs_start_transaction_fallback_global_rsv',
      'btrfs_join_transaction',
      'btrfs_join_transaction_spacecache',
      'btrfs_join_transaction_nostart',
      'btrfs_attach_transaction',
      'btrfs_attach_transaction_barrier',
    ],
    close: ['btrfs_end_transaction', 'btrfs_end_transaction_throttle', 'btrfs_commit_transaction', 'btrfs_commit_transaction_async'],
  },
  { class: 'gfs2_trans', open: ['gfs2_trans_begin'], close: ['gfs2_trans_end'] },
  { class: 'nilfs_transaction', open: ['nilfs_transaction_begin'], close: ['nilfs_transaction_commit', 'nilfs_transaction_abort'] },
];

let table: VersionedTable<LockEntry> | undefined;

export function handleTable(): VersionedTable<LockEntry> {
  return (table ??= new VersionedTable(
    HANDLES.flatMap((h) => [
      ...h.open.map((name) => entry(name, h.class, 'open')),
      ...h.close.map((name) => entry(name, h.class, 'close')),
    ]).map((e) => ({ name: e.name, range: ALL_VERSIONS, entry: e })),
  ));
}

function entry(name: string, handleClass: string, op: 'open' | 'close'): LockEntry {
  return { name, kind: 'handle', op, lock: null, sleeps: op === 'open', class: handleClass };
}
