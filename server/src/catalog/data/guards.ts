/**
 * cleanup.h classes: guard(NAME), scoped_guard(NAME, ...), scoped_cond_guard(NAME, ...), ACQUIRE(NAME, ...). A class whose
 * name ends in _try, _intr or _kill is held iff its branch is taken. Upstream since 6.5; the longterm trees carry a part of
 * them as backports.
 */
export const GUARDS = String.raw`
[spin]
spinlock
spinlock_bh bh
spinlock_irq irq
spinlock_irqsave irq
spinlock_try
spinlock_bh_try bh
spinlock_irq_try irq
spinlock_irqsave_try irq
task_lock class=task_struct.alloc_lock
uart_port_lock class=uart_port.lock
uart_port_lock_irq irq class=uart_port.lock
uart_port_lock_irqsave irq class=uart_port.lock
uart_port_lock_try class=uart_port.lock
uart_port_lock_irqsave_try irq class=uart_port.lock
uart_port_lock_check_sysrq_irqsave irq class=uart_port.lock
serio_pause_rx irq
[raw_spin]
raw_spinlock
raw_spinlock_nested
raw_spinlock_bh bh
raw_spinlock_irq irq
raw_spinlock_irqsave irq
raw_spinlock_try
raw_spinlock_bh_try bh
raw_spinlock_irq_try irq
raw_spinlock_irqsave_try irq
rq_lock class=rq.__lock
rq_lock_irq irq class=rq.__lock
rq_lock_irqsave irq class=rq.__lock
task_rq_lock irq class=rq.__lock
__task_rq_lock class=rq.__lock
gpio_generic_lock
gpio_generic_lock_irqsave irq
[read_lock]
read_lock
read_lock_irq irq
read_lock_irqsave irq
[write_lock]
write_lock
write_lock_irq irq
write_lock_irqsave irq
[seq_write bare]
mount_writer class=mount_lock
mount_locked_reader class=mount_lock
[local_lock]
local_lock
local_lock_irq irq
local_lock_irqsave irq
local_lock_nested_bh
[irq_off bare]
irq
irqsave
[preempt_off bare]
preempt
preempt_notrace
rcu_sched_notrace
[rcu bare]
rcu
[srcu]
srcu
srcu_fast
srcu_fast_notrace
rcu_tasks_trace bare
[pagefault_off bare]
pagefault
[mutex]
mutex
mutex_try
mutex_intr
mutex_kill
device class=device.mutex
device_intr class=device.mutex
pci_dev class=device.mutex
rtnl bare class=rtnl_mutex
devl class=devlink.lock
wiphy class=wiphy.mtx
jump_label_lock bare class=jump_label_mutex
msi_descs_lock class=msi_device_data.mutex
hwmon_lock
cooling_dev class=thermal_cooling_device.lock
namespace_excl bare class=namespace_sem
[semaphore]
console_lock bare class=console_sem
[rwsem_read]
rwsem_read
rwsem_read_try
rwsem_read_intr
mmap_read_lock class=mm_struct.mmap_lock
mmap_read_lock_try class=mm_struct.mmap_lock
cpufreq_policy_read class=cpufreq_policy.rwsem
namespace_shared bare class=namespace_sem
[rwsem_write]
rwsem_write
rwsem_write_try
rwsem_write_kill
mmap_write_lock class=mm_struct.mmap_lock
cpufreq_policy_write class=cpufreq_policy.rwsem
[percpu_rwsem]
percpu_read
percpu_read_try
percpu_write
cpus_read_lock bare class=cpu_hotplug_lock
super_write class=super_block.s_writers.write
`;
