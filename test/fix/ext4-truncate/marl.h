/* A small filesystem whose truncate works like that of ext4 before 5.16: shared by all of its files. */
#ifndef MARL_H
#define MARL_H

#define MARL_BLOCKS_MAX	0xffffffffU

/* How a path is looked up. */
#define MARL_FIND_NOCACHE	0x1
#define MARL_FIND_NOFAIL	0x2	/* must not fail for want of memory */

struct marl_span {
	struct rb_node node;
	u32 first;
	u32 len;
	u32 kind;
};

struct marl_path {
	u16 depth;
	u32 block;
	struct buffer_head *bh;
};

struct marl_info {
	struct inode vfs_inode;
	loff_t disk_size;
	struct rb_root spans;
	struct mutex span_mutex;
	u16 depth;
};

static inline struct marl_info *MARL_I(struct inode *inode)
{
	return container_of(inode, struct marl_info, vfs_inode);
}

/* span.c */
int marl_span_insert(struct inode *inode, u32 first, u32 len, u32 kind);
int marl_span_remove(struct inode *inode, u32 first, u32 len);

/* path.c */
struct marl_path *marl_find_path(struct inode *inode, u32 block,
				 struct marl_path *old, int flags);
extern int marl_search_right(struct inode *, struct marl_path *, u32 *);
struct buffer_head *marl_read_node(struct inode *inode, u32 block, int flags);

/* space.c */
int marl_remove_space(struct inode *inode, u32 from, u32 to);
int marl_truncate_tail(struct inode *inode);

#endif
