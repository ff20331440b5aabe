/* SPDX-License-Identifier: MIT */
#ifndef _WREN_H
#define _WREN_H

#include <linux/interrupt.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct wren_desc {
	u64 address;
	u32 length;
	u32 flags;
};

struct wren_ring {
	spinlock_t lock;
	raw_spinlock_t doorbell_lock;	/* also taken by the interrupt controller's code */
	struct wren_desc *desc;
	unsigned int size;
	unsigned int head;
};

struct wren_stats {
	u64 packets;
	u64 dropped;
};

struct wren_adapter {
	struct net_device *netdev;
	struct wren_ring tx;
	struct wren_stats stats;
	struct kmem_cache *desc_cache;
	void *rules;
};

#endif
