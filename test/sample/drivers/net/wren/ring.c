// SPDX-License-Identifier: MIT
/* Transmit ring of the wren adapter. */
#include "wren.h"

/* Waits for memory with the ring lock held and interrupts off. */
int wren_ring_grow(struct wren_ring *ring, unsigned int size)
{
	struct wren_desc *desc;
	unsigned long flags;

	spin_lock_irqsave(&ring->lock, flags);
	desc = kcalloc(size, sizeof(*desc), GFP_KERNEL);
	if (!desc) {
		spin_unlock_irqrestore(&ring->lock, flags);
		return -ENOMEM;
	}
	swap(ring->desc, desc);
	ring->size = size;
	spin_unlock_irqrestore(&ring->lock, flags);
	kfree(desc);
	return 0;
}

/* The same, done right: allocate first, hold the lock only to put it in place. */
int wren_ring_shrink(struct wren_ring *ring, unsigned int size)
{
	struct wren_desc *desc;
	unsigned long flags;

	desc = kcalloc(size, sizeof(*desc), GFP_KERNEL);
	if (!desc)
		return -ENOMEM;
	spin_lock_irqsave(&ring->lock, flags);
	swap(ring->desc, desc);
	ring->size = size;
	spin_unlock_irqrestore(&ring->lock, flags);
	kfree(desc);
	return 0;
}

/* Cannot wait and cannot fail: one of the two has to give. */
struct wren_desc *wren_ring_spare(struct wren_adapter *wren)
{
	struct wren_desc *spare;

	spin_lock(&wren->tx.lock);
	spare = kmem_cache_alloc(wren->desc_cache, GFP_ATOMIC | __GFP_NOFAIL);
	spare->flags = 0;
	spin_unlock(&wren->tx.lock);
	return spare;
}

/* GFP_ATOMIC fails in ordinary operation; this stops the machine when it does. */
void wren_ring_mark(struct wren_adapter *wren, u32 flags)
{
	struct wren_desc *mark;

	spin_lock_bh(&wren->tx.lock);
	mark = kmem_cache_alloc(wren->desc_cache, GFP_ATOMIC);
	BUG_ON(!mark);
	mark->flags = flags;
	wren_ring_push(&wren->tx, mark);
	spin_unlock_bh(&wren->tx.lock);
}

/* On PREEMPT_RT the allocator takes sleeping locks whatever the mask says. */
int wren_ring_kick(struct wren_ring *ring, u32 value)
{
	struct wren_desc *note;

	raw_spin_lock(&ring->doorbell_lock);
	note = kmalloc(sizeof(*note), GFP_ATOMIC);
	if (!note) {
		raw_spin_unlock(&ring->doorbell_lock);
		return -ENOMEM;
	}
	note->flags = value;
	wren_ring_push(ring, note);
	raw_spin_unlock(&ring->doorbell_lock);
	return 0;
}
