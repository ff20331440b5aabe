#include "marl.h"
#include "journal.h"

long marl_punch_hole(struct inode *inode, u32 first, u32 len)
{
	int ret;

	ret = marl_span_remove(inode, first, len);
	if (ret)
		return ret;
	return marl_remove_space(inode, first, first + len - 1);
}

long marl_collapse(struct inode *inode, u32 first, u32 last)
{
	struct marl_path *path;
	u32 right;
	int ret;

	path = marl_find_path(inode, first, NULL, 0);
	if (IS_ERR(path))
		return PTR_ERR(path);
	ret = marl_search_right(inode, path, &right);
	kfree(path);
	if (ret)
		return ret;
	ret = marl_span_remove(inode, first,
			       MARL_BLOCKS_MAX - first);
	if (!ret)
		ret = marl_remove_space(inode, first, last);
	return ret;
}

static long marl_set_flags(struct inode *inode, u32 flags)
{
	struct log_handle *handle;

	handle = marl_start_sb(inode->i_sb, 7, 1);
	if (IS_ERR(handle))
		return PTR_ERR(handle);
	log_stop(handle);
	return 0;
}

long marl_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return marl_set_flags(file_inode(file), cmd);
}
