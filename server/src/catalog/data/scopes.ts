/**
 * Task-wide allocation scopes and the calls that bring one along. open/close; cookie= is the index of the closing
 * argument that takes back what the opening call returned; implied: a side effect of a handle or a freeze.
 * Read in include/linux/sched/mm.h, fs/jbd2/transaction.c, fs/xfs/xfs_trans.[ch], fs/ext4/ext4_jbd2.h, include/linux/blk-mq.h
 * of 5.10, 6.1, 6.12 and 7.2. btrfs and gfs2 transactions open no scope in any of them (see handles in locks.ts).
 */
export const SCOPES = String.raw`
[nofs]
memalloc_nofs_save open
memalloc_nofs_restore close cookie=0
[noio]
memalloc_noio_save open
memalloc_noio_restore close cookie=0
# Freezing a queue: nobody may wait for I/O on it meanwhile. The scope came in 6.14.
blk_mq_freeze_queue open implied @6.14-
blk_mq_unfreeze_queue close implied cookie=1 @6.14-
blk_mq_unfreeze_queue_non_owner close implied cookie=1 @6.14-
[noreclaim]
memalloc_noreclaim_save open
memalloc_noreclaim_restore close cookie=0
[pin]
memalloc_pin_save open @5.13-
memalloc_pin_restore close cookie=0 @5.13-
[nocma]
memalloc_nocma_save open @-5.12
memalloc_nocma_restore close cookie=0 @-5.12
[flags]
memalloc_flags_save open bits=0 @6.9-
memalloc_flags_restore close cookie=0 @6.9-
memalloc_apply_gfp_scope open implied @6.19-
memalloc_restore_scope close implied cookie=0 @6.19-
current_set_flags_nested open implied bits=1 out=0
current_restore_flags_nested close implied

[nofs implied]
jbd2_journal_start open handle=jbd2 fails=ERR_PTR
jbd2__journal_start open handle=jbd2 fails=ERR_PTR
jbd2_journal_start_reserved open handle=jbd2 fails=nonzero
jbd2_journal_stop close handle=jbd2
ext4_journal_start open handle=jbd2 fails=ERR_PTR
ext4_journal_start_sb open handle=jbd2 fails=ERR_PTR
ext4_journal_start_with_reserve open handle=jbd2 fails=ERR_PTR
ext4_journal_start_with_revoke open handle=jbd2 fails=ERR_PTR
ext4_journal_start_reserved open handle=jbd2 fails=ERR_PTR
__ext4_journal_start open handle=jbd2 fails=ERR_PTR
__ext4_journal_start_sb open handle=jbd2 fails=ERR_PTR
__ext4_journal_start_reserved open handle=jbd2 fails=ERR_PTR
ext4_journal_stop close handle=jbd2
__ext4_journal_stop close handle=jbd2
ocfs2_start_trans open handle=jbd2 fails=ERR_PTR
ocfs2_commit_trans close handle=jbd2
xfs_trans_set_context open handle=xfs @5.11-
xfs_trans_clear_context close handle=xfs @5.11-
# From here until it is committed or cancelled whoever has it is in its scope: rolling hands the scope on to the next one, and the worker
# that splits a btree for it opens one of its own (xfs_trans_reserve(), xfs_trans_switch_context(), xfs_btree_split_worker()).
xfs_trans_alloc open handle=xfs fails=nonzero out=5 type=xfs_trans
xfs_trans_alloc_empty open handle=xfs fails=nonzero out=1 @-6.16
xfs_trans_alloc_empty open handle=xfs @6.17-
xfs_trans_alloc_inode open handle=xfs fails=nonzero out=5 @5.12-
xfs_trans_alloc_icreate open handle=xfs fails=nonzero out=6 @5.12-
xfs_trans_alloc_ichange open handle=xfs fails=nonzero out=5 @5.12-
xfs_trans_alloc_dir open handle=xfs fails=nonzero out=5 @6.0-
xfs_trans_commit close handle=xfs
xfs_trans_cancel close handle=xfs
`;
