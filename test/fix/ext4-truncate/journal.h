/* Transactions of marl, and of the journal below it. */
#ifndef MARL_JOURNAL_H
#define MARL_JOURNAL_H

struct log_handle {
	int credits;
	struct log_transaction *transaction;
};

struct log_handle *log_start(struct super_block *sb, int credits, gfp_t gfp);
void log_stop(struct log_handle *handle);

struct log_handle *marl_start_sb(struct super_block *sb, int type, int credits);

static inline struct log_handle *marl_start(struct inode *inode, int type,
					    int credits)
{
	return marl_start_sb(inode->i_sb, type, credits);
}

#endif
