/* What the colours say: each mask by what it allows. */
#include <linux/slab.h>
#include <linux/sched/mm.h>

int colours(struct colours *c, gfp_t gfp)
{
	unsigned int flags;

	c->sleeps = kmalloc(c->bytes, GFP_KERNEL);
	c->sleeps_too = kmalloc(c->bytes, GFP_NOFS | __GFP_RETRY_MAYFAIL);
	c->never_fails = kmalloc(c->bytes, GFP_NOFS | __GFP_NOFAIL);
	c->digs = kmalloc(c->bytes, GFP_ATOMIC | __GFP_NOWARN);
	c->digs_deeper = kmalloc(c->bytes, GFP_KERNEL | __GFP_MEMALLOC);
	c->polite = kmalloc(c->bytes, GFP_NOWAIT);
	c->low = alloc_pages(GFP_DMA32 | __GFP_ZERO, 0);

	flags = memalloc_nofs_save();
	c->inside = kmalloc(c->bytes, gfp & ~__GFP_DIRECT_RECLAIM);
	memalloc_nofs_restore(flags);

	flags = memalloc_noreclaim_save();
	memalloc_noreclaim_restore(flags);
	return 0;
}
