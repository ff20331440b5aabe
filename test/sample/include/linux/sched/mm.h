/* SPDX-License-Identifier: MIT */
#ifndef _SAMPLE_SCHED_MM_H
#define _SAMPLE_SCHED_MM_H

unsigned int memalloc_nofs_save(void);
void memalloc_nofs_restore(unsigned int flags);
unsigned int memalloc_noio_save(void);
void memalloc_noio_restore(unsigned int flags);

#endif
