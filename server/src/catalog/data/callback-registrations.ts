/**
 * Functions and macros that register a callback: arg= is its argument index, via= the field of the structure that is passed
 * in its place. A context word as in CallbackContext; maybe: some callers bring less; rt-thread: a thread on PREEMPT_RT.
 */
export const REGISTRATIONS = String.raw`
[irq hardirq "why=is an interrupt handler" rt-thread]
request_irq arg=1
request_threaded_irq arg=1
request_threaded_irq arg=2 process "why=is the thread of an interrupt"
request_any_context_irq arg=1
request_percpu_irq arg=1
request_percpu_nmi arg=1 nmi "why=is an NMI handler"
request_nmi arg=1 nmi "why=is an NMI handler"
devm_request_irq arg=2
devm_request_threaded_irq arg=2
devm_request_threaded_irq arg=3 process "why=is the thread of an interrupt"
devm_request_any_context_irq arg=2
pci_request_irq arg=2
pci_request_irq arg=3 process "why=is the thread of an interrupt"
irq_set_handler arg=1
irq_set_chained_handler arg=1
irq_set_chained_handler_and_data arg=1
irq_set_chip_and_handler arg=2
bind_evtchn_to_irqhandler arg=1
bind_virq_to_irqhandler arg=2
bind_evtchn_to_irqhandler_lateeoi arg=1
acpi_install_gpe_handler arg=3
acpi_install_notify_handler arg=2 workqueue "why=runs from an ACPI workqueue"
acpi_install_sci_handler arg=0
register_nmi_handler arg=1 nmi "why=is an NMI handler"
i2c_slave_register arg=1 "why=is called from a bus interrupt"

acpi_install_fixed_event_handler arg=1
iio_triggered_buffer_setup arg=1
iio_triggered_buffer_setup arg=2 process "why=is the thread of a trigger"
devm_iio_triggered_buffer_setup arg=2
devm_iio_triggered_buffer_setup arg=3 process "why=is the thread of a trigger"
virtio_find_single_vq arg=1 "why=is a virtqueue callback"
[iterator rcu "why=is called inside an RCU read section"]
ieee80211_iterate_active_interfaces_atomic arg=2
ieee80211_iterate_stations_atomic arg=1
ieee80211_iter_chan_contexts_atomic arg=1
[timer softirq "why=is a timer function"]
timer_setup arg=1
timer_setup_on_stack arg=1
DEFINE_TIMER arg=1
__TIMER_INITIALIZER arg=0
hrtimer_setup arg=1 hardirq "why=is a high resolution timer function" @6.13-
hrtimer_setup_on_stack arg=1 hardirq "why=is a high resolution timer function" @6.13-
hrtimer_update_function arg=1 hardirq "why=is a high resolution timer function" @6.13-
alarm_init arg=2 hardirq "why=is an alarm timer function"
[tasklet softirq "why=is a tasklet"]
tasklet_setup arg=1
tasklet_init arg=1
DECLARE_TASKLET arg=1
DECLARE_TASKLET_DISABLED arg=1
DECLARE_TASKLET_OLD arg=1
DECLARE_TASKLET_DISABLED_OLD arg=1
open_softirq arg=1 "why=is a softirq"
vmbus_open arg=5 "why=runs from the channel's tasklet"
[napi softirq "why=polls a network device"]
netif_napi_add arg=2
netif_napi_add_weight arg=2 @5.19-
netif_napi_add_tx arg=2 @6.0-
netif_napi_add_tx_weight arg=2 @5.19-
netif_tx_napi_add arg=2 @-6.0
netif_napi_add_config arg=2 @6.13-
netdev_rx_handler_register arg=1 "why=receives packets"
dev_add_offload arg=0 via=callbacks.gro_receive "why=receives packets"
can_rx_register arg=4 "why=receives frames"

[rcu softirq "why=runs after a grace period"]
call_rcu arg=1
call_rcu_hurry arg=1 @6.2-
call_srcu arg=2
call_rcu_tasks arg=1
call_rcu_tasks_trace arg=1
call_rcu_tasks_rude arg=1 @-6.11
percpu_ref_init arg=1 maybe "why=may run after a grace period"
percpu_ref_kill_and_confirm arg=1 maybe "why=may run after a grace period"

[smp irq_off rt-off "why=is called on other processors with interrupts off"]
smp_call_function arg=0
smp_call_function_single arg=1
smp_call_function_many arg=1
smp_call_function_any arg=1
on_each_cpu arg=0
on_each_cpu_mask arg=1
on_each_cpu_cond arg=1
on_each_cpu_cond_mask arg=1
stop_machine arg=0 "why=runs with every processor stopped"
stop_machine_cpuslocked arg=0 "why=runs with every processor stopped"
stop_one_cpu arg=1 atomic "why=runs from the stopper with preemption off"
init_irq_work arg=1 hardirq "why=is irq work"
DEFINE_IRQ_WORK arg=1 hardirq "why=is irq work" @5.14-
INIT_CSD arg=1 @5.14-

[work workqueue "why=is a work function"]
INIT_WORK arg=1
INIT_WORK_ONSTACK arg=1
INIT_DELAYED_WORK arg=1
INIT_DELAYED_WORK_ONSTACK arg=1
INIT_DEFERRABLE_WORK arg=1
INIT_RCU_WORK arg=1
INIT_RCU_WORK_ONSTACK arg=1
DECLARE_WORK arg=1
DECLARE_DELAYED_WORK arg=1
DECLARE_DEFERRABLE_WORK arg=1
__WORK_INITIALIZER arg=1
__DELAYED_WORK_INITIALIZER arg=1
kthread_init_work arg=1 kthread
kthread_init_delayed_work arg=1 kthread
DEFINE_KTHREAD_WORK arg=1 kthread
schedule_on_each_cpu arg=0
work_on_cpu arg=1
smp_call_on_cpu arg=1
execute_in_process_context arg=0
async_schedule arg=0
async_schedule_domain arg=0
async_schedule_node arg=0
async_schedule_dev arg=0
async_schedule_dev_domain arg=0
request_firmware_nowait arg=6 "why=is called when firmware has been read"
init_task_work arg=1 process "why=runs on the way to user space"
[thread kthread "why=is a kernel thread"]
kthread_run arg=0
kthread_create arg=0
kthread_create_on_node arg=0
kthread_create_on_cpu arg=0
kthread_run_on_cpu arg=0 @5.17-
kernel_thread arg=0
user_mode_thread arg=0 @6.0-

[usb softirq "why=completes a USB request"]
usb_fill_bulk_urb arg=5
usb_fill_int_urb arg=5
usb_fill_control_urb arg=6
[completion softirq "why=is called on completion"]
skcipher_request_set_callback arg=2
aead_request_set_callback arg=2
ahash_request_set_callback arg=2
akcipher_request_set_callback arg=2
kpp_request_set_callback arg=2
acomp_request_set_callback arg=2
dma_fence_add_callback arg=2 irq_off "why=is called with the fence's lock held"
init_waitqueue_func_entry arg=1 irq_off "why=wakes up under the wait queue's lock"
blk_execute_rq_nowait arg=4 @-5.11
blk_execute_rq_nowait arg=3 @5.12-5.18

[input irq_off "why=is called with event_lock held"]
input_ff_create_memless arg=2
[probe atomic "why=is a probe"]
tracepoint_probe_register arg=1
tracepoint_probe_register_prio arg=1
perf_event_create_kernel_counter arg=3 nmi "why=is a counter overflow handler"
register_wide_hw_breakpoint arg=1 nmi "why=is a breakpoint handler"
register_user_hw_breakpoint arg=1 nmi "why=is a breakpoint handler"

[notifier via=notifier_call "why=is a notifier"]
atomic_notifier_chain_register arg=1 atomic "why=is an atomic notifier"
atomic_notifier_chain_register_unique_prio arg=1 atomic "why=is an atomic notifier" @5.19-
blocking_notifier_chain_register arg=1 process
srcu_notifier_chain_register arg=1 process
raw_notifier_chain_register arg=1 unknown
register_die_notifier arg=0 atomic "why=is an atomic notifier"
register_netdevice_notifier arg=0 process holds=rtnl_mutex
register_netdevice_notifier_net arg=1 process holds=rtnl_mutex
register_inetaddr_notifier arg=0 process holds=rtnl_mutex
register_inetaddr_validator_notifier arg=0 process holds=rtnl_mutex
register_inet6addr_notifier arg=0 atomic "why=is an atomic notifier"
register_inet6addr_validator_notifier arg=0 process
register_netevent_notifier arg=0 atomic "why=is an atomic notifier"
register_switchdev_notifier arg=0 atomic "why=is an atomic notifier"
register_switchdev_blocking_notifier arg=0 process
register_fib_notifier arg=1 rcu "why=is an atomic notifier"
register_nexthop_notifier arg=1 process
register_dcbevent_notifier arg=0 atomic "why=is an atomic notifier"
register_reboot_notifier arg=0 process
devm_register_reboot_notifier arg=1 process
register_restart_handler arg=0 atomic "why=is an atomic notifier"
register_pm_notifier arg=0 process
register_oom_notifier arg=0 reclaim "why=is called by the OOM killer"
register_vmap_purge_notifier arg=0 process
register_memory_notifier arg=0 process
register_keyboard_notifier arg=0 atomic "why=is an atomic notifier"
register_vt_notifier arg=0 atomic "why=is an atomic notifier"
register_module_notifier arg=0 process
netlink_register_notifier arg=0 process
usb_register_notify arg=0 process
cpufreq_register_notifier arg=0 process
clk_notifier_register arg=1 process
regulator_register_notifier arg=1 process
devm_regulator_register_notifier arg=1 process
power_supply_reg_notifier arg=0 atomic "why=is an atomic notifier"
extcon_register_notifier arg=2 atomic maybe
usb_register_notifier arg=1 atomic "why=is an atomic notifier"
bus_register_notifier arg=1 process
fb_register_client arg=0 process
mce_register_decode_chain arg=0 process
acpi_reconfig_notifier_register arg=0 process
cpu_pm_register_notifier arg=0 irq_off rt-off "why=is called with interrupts off"

[init process "why=runs at module load, unload or boot"]
module_init arg=0
module_exit arg=0
early_initcall arg=0
pure_initcall arg=0
core_initcall arg=0
core_initcall_sync arg=0
postcore_initcall arg=0
arch_initcall arg=0
subsys_initcall arg=0
subsys_initcall_sync arg=0
fs_initcall arg=0
fs_initcall_sync arg=0
rootfs_initcall arg=0
device_initcall arg=0
device_initcall_sync arg=0
late_initcall arg=0
late_initcall_sync arg=0
console_initcall arg=0
__initcall arg=0
__exitcall arg=0
__setup arg=1
cpuhp_setup_state arg=2
cpuhp_setup_state arg=3
cpuhp_setup_state_nocalls arg=2
cpuhp_setup_state_nocalls arg=3
cpuhp_setup_state_multi arg=2
cpuhp_setup_state_multi arg=3
sget arg=2 maybe @-6.18
sget_fc arg=1 maybe
devm_add_action arg=1
devm_add_action_or_reset arg=1
[attribute process "why=serves an attribute file"]
DEVICE_ATTR arg=2
DEVICE_ATTR arg=3
SENSOR_DEVICE_ATTR arg=2
SENSOR_DEVICE_ATTR arg=3
SENSOR_DEVICE_ATTR_2 arg=2
SENSOR_DEVICE_ATTR_2 arg=3
__ATTR arg=2
__ATTR arg=3
BIN_ATTR arg=2
BIN_ATTR arg=3
DEFINE_SIMPLE_ATTRIBUTE arg=1
DEFINE_SIMPLE_ATTRIBUTE arg=2
DEFINE_DEBUGFS_ATTRIBUTE arg=1
DEFINE_DEBUGFS_ATTRIBUTE arg=2
proc_create_single arg=3
proc_create_single_data arg=3
debugfs_create_devm_seqfile arg=3
single_open arg=1
register_sysrq_key arg=1 via=handler irq_off "why=handles a SysRq key"
[pm process "why=suspends or resumes a device"]
SIMPLE_DEV_PM_OPS arg=1
SIMPLE_DEV_PM_OPS arg=2
UNIVERSAL_DEV_PM_OPS arg=1
UNIVERSAL_DEV_PM_OPS arg=2
UNIVERSAL_DEV_PM_OPS arg=3
DEFINE_SIMPLE_DEV_PM_OPS arg=1 @5.17-
DEFINE_SIMPLE_DEV_PM_OPS arg=2 @5.17-
DEFINE_RUNTIME_DEV_PM_OPS arg=1 maybe @5.17-
DEFINE_RUNTIME_DEV_PM_OPS arg=2 maybe @5.17-
DEFINE_RUNTIME_DEV_PM_OPS arg=3 maybe @5.17-
EXPORT_GPL_SIMPLE_DEV_PM_OPS arg=1 @5.17-
EXPORT_GPL_SIMPLE_DEV_PM_OPS arg=2 @5.17-
SET_SYSTEM_SLEEP_PM_OPS arg=0
SET_SYSTEM_SLEEP_PM_OPS arg=1
SET_LATE_SYSTEM_SLEEP_PM_OPS arg=0
SET_LATE_SYSTEM_SLEEP_PM_OPS arg=1
SET_NOIRQ_SYSTEM_SLEEP_PM_OPS arg=0
SET_NOIRQ_SYSTEM_SLEEP_PM_OPS arg=1
SET_RUNTIME_PM_OPS arg=0 maybe
SET_RUNTIME_PM_OPS arg=1 maybe
SET_RUNTIME_PM_OPS arg=2 maybe
SYSTEM_SLEEP_PM_OPS arg=0 @5.17-
SYSTEM_SLEEP_PM_OPS arg=1 @5.17-
LATE_SYSTEM_SLEEP_PM_OPS arg=0 @5.17-
LATE_SYSTEM_SLEEP_PM_OPS arg=1 @5.17-
NOIRQ_SYSTEM_SLEEP_PM_OPS arg=0 @5.17-
NOIRQ_SYSTEM_SLEEP_PM_OPS arg=1 @5.17-
RUNTIME_PM_OPS arg=0 maybe @5.17-
RUNTIME_PM_OPS arg=1 maybe @5.17-
RUNTIME_PM_OPS arg=2 maybe @5.17-
`;
