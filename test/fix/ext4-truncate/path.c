#include "marl.h"

struct buffer_head *marl_read_node(struct inode *inode, u32 block, int flags)
{
	gfp_t gfp = GFP_NOFS | __GFP_MOVABLE;
	struct buffer_head *bh;

	if (flags & MARL_FIND_NOFAIL)
		gfp |= __GFP_NOFAIL;
	bh = sb_getblk_gfp(inode->i_sb, block, gfp);
	if (!bh)
		return ERR_PTR(-ENOMEM);
	return bh;
}

struct marl_path *marl_find_path(struct inode *inode, u32 block,
				 struct marl_path *old, int flags)
{
	struct marl_path *path = old;
	gfp_t gfp = GFP_NOFS;
	struct buffer_head *bh;

	if (flags & MARL_FIND_NOFAIL)
		gfp |= __GFP_NOFAIL;
	if (!path) {
		path = kcalloc(MARL_I(inode)->depth + 2, sizeof(*path), gfp);
		if (!path)
			return ERR_PTR(-ENOMEM);
	}
	bh = marl_read_node(inode, block, flags);
	if (IS_ERR(bh)) {
		kfree(path);
		return ERR_CAST(bh);
	}
	path->bh = bh;
	return path;
}

int marl_search_right(struct inode *inode, struct marl_path *path, u32 *next)
{
	struct buffer_head *bh;

	bh = marl_read_node(inode, path->block + 1, 0);
	if (IS_ERR(bh))
		return PTR_ERR(bh);
	*next = path->block + 1;
	brelse(bh);
	return 0;
}
