// SPDX-License-Identifier: MIT
/* Wren adapter: probing, statistics, filter rules. */
#include <linux/pci.h>
#include <linux/uaccess.h>
#include "wren.h"

/* A page of user memory may have to be read from disk: not under a spinlock. */
int wren_get_stats(struct wren_adapter *wren, void __user *to)
{
	unsigned long left;

	spin_lock(&wren->tx.lock);
	left = copy_to_user(to, &wren->stats, sizeof(wren->stats));
	spin_unlock(&wren->tx.lock);
	return left ? -EFAULT : 0;
}

/* The caller says how it may wait; this does not listen. */
static struct wren_desc *wren_alloc_descs(struct wren_adapter *wren, unsigned int count, gfp_t gfp)
{
	struct wren_desc *descs;

	descs = kcalloc(count, sizeof(*descs), GFP_KERNEL);
	if (!descs)
		return NULL;
	descs[0].length = wren->tx.size;
	return descs;
}

static int wren_start(struct wren_adapter *wren)
{
	wren->tx.desc = wren_alloc_descs(wren, 64, GFP_NOIO);
	return wren->tx.desc ? wren_enable(wren) : -ENOMEM;
}

/* A device is probed by a task that may sleep: the reserves are not for this. */
static int wren_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct wren_adapter *wren;

	wren = kzalloc(sizeof(*wren), GFP_ATOMIC);
	if (!wren)
		return -ENOMEM;
	spin_lock_init(&wren->tx.lock);
	raw_spin_lock_init(&wren->tx.doorbell_lock);
	pci_set_drvdata(pdev, wren);
	return wren_start(wren);
}

static void wren_remove(struct pci_dev *pdev)
{
	kfree(pci_get_drvdata(pdev));
}

static struct pci_driver wren_driver = {
	.name = "wren",
	.probe = wren_probe,
	.remove = wren_remove,
};

/* With a mask that may not wait, kvmalloc() has no second half: only kmalloc() is tried. */
int wren_load_rules(struct wren_adapter *wren, size_t bytes)
{
	spin_lock(&wren->tx.lock);
	wren->rules = kvmalloc(bytes, GFP_NOWAIT);
	spin_unlock(&wren->tx.lock);
	return wren->rules ? 0 : -ENOMEM;
}

/* No bits at all is no promise of taking no locks. */
struct wren_stats *wren_trace_stats(void)
{
	return kmalloc(sizeof(struct wren_stats), (__force gfp_t)0);
}
