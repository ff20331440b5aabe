// SPDX-License-Identifier: MIT
/* Telling the users of a range of memory that it goes away. */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>

struct range_note {
	unsigned long start;
	unsigned long end;
};

/* The OOM reaper calls this and must not wait for memory itself. */
int notify_range_reaped(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct range_note *note;
	int ret;

	non_block_start();
	note = kmalloc(sizeof(*note), GFP_KERNEL);
	if (!note) {
		non_block_end();
		return -ENOMEM;
	}
	note->start = start;
	note->end = end;
	ret = send_range_note(mm, note);
	non_block_end();
	kfree(note);
	return ret;
}
