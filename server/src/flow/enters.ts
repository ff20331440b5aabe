/** What the names of functions say that are made to enter a section or take a lock and leave it to their caller to end it. */
const ENTERS = /lock|^down(_|$)|irq|_bh|disable|enter|begin|start|acquire|hold|grab|get_cpu|guard|suspend|freeze|kmap|scoped/i;
/** Words that contain or undo one of them. */
const OTHERS = /unlock|block|clock|alloc|enable|restore|irqrestore/gi;

/** Whether a function by this name is made to return with something taken. */
export const entersFor = (name: string): boolean => ENTERS.test(name.replace(OTHERS, ''));
