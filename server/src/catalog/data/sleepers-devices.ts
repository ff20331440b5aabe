/** Sleeping calls of the driver model, power management and slow buses. Columns as in sleepers.ts. */
export const DEVICE_SLEEPERS = String.raw`
[device "why=takes a device's mutex or allocates"]
device_add
device_register
device_del
device_unregister
device_create
device_create_with_groups
device_destroy
device_create_file
device_remove_file
device_rename
device_for_each_child maybe
device_attach
device_release_driver
driver_register
driver_unregister
bus_register
bus_unregister
class_create
class_destroy
class_register
class_unregister
platform_device_register
platform_device_unregister
platform_device_add
platform_driver_register
platform_driver_unregister
kobject_add
kobject_init_and_add
kobject_set_name "why=allocates with GFP_KERNEL"
kobject_uevent "why=allocates with GFP_KERNEL"
kobject_uevent_env "why=allocates with GFP_KERNEL"
kobject_del
dev_set_name "why=allocates with GFP_KERNEL"
sysfs_create_file "why=works on sysfs under its lock"
sysfs_create_files "why=works on sysfs under its lock"
sysfs_create_group "why=works on sysfs under its lock"
sysfs_create_groups "why=works on sysfs under its lock"
sysfs_create_bin_file "why=works on sysfs under its lock"
sysfs_create_link "why=works on sysfs under its lock"
sysfs_remove_file "why=works on sysfs under its lock"
sysfs_remove_files "why=works on sysfs under its lock"
sysfs_remove_group "why=works on sysfs under its lock"
sysfs_remove_groups "why=works on sysfs under its lock"
sysfs_remove_dir "why=works on sysfs under its lock"
sysfs_remove_bin_file "why=works on sysfs under its lock"
sysfs_remove_link "why=works on sysfs under its lock"
sysfs_update_group "why=works on sysfs under its lock"
debugfs_create_file "why=works on debugfs"
debugfs_create_dir "why=works on debugfs"
debugfs_create_symlink "why=works on debugfs"
debugfs_create_u8 "why=works on debugfs"
debugfs_create_u16 "why=works on debugfs"
debugfs_create_u32 "why=works on debugfs"
debugfs_create_u64 "why=works on debugfs"
debugfs_create_x32 "why=works on debugfs"
debugfs_create_bool "why=works on debugfs"
debugfs_create_atomic_t "why=works on debugfs"
debugfs_create_blob "why=works on debugfs"
debugfs_remove "why=works on debugfs"
debugfs_remove_recursive "why=works on debugfs"
debugfs_lookup "why=works on debugfs"
proc_create "why=works on procfs"
proc_create_data "why=works on procfs"
proc_create_single "why=works on procfs"
proc_create_single_data "why=works on procfs"
proc_create_seq "why=works on procfs"
proc_create_seq_data "why=works on procfs"
proc_create_seq_private "why=works on procfs"
proc_mkdir "why=works on procfs"
proc_mkdir_data "why=works on procfs"
proc_symlink "why=works on procfs"
proc_remove "why=works on procfs"
remove_proc_entry "why=works on procfs"
remove_proc_subtree "why=works on procfs"
register_sysctl
register_sysctl_table @-6.5
unregister_sysctl_table
cdev_add
cdev_del
cdev_device_add
cdev_device_del
alloc_chrdev_region
register_chrdev
register_chrdev_region
unregister_chrdev
unregister_chrdev_region
misc_register
misc_deregister
input_register_device
input_unregister_device
input_free_device
led_classdev_register
led_classdev_unregister
led_set_brightness_sync
request_firmware "why=reads a file"
request_firmware_direct "why=reads a file"
request_firmware_into_buf "why=reads a file"
firmware_request_nowarn "why=reads a file"
firmware_request_platform "why=reads a file"
release_firmware maybe
component_add
component_del
wait_for_device_probe "why=waits"
wait_for_random_bytes "why=waits"
get_random_bytes_wait "why=waits"
register_shrinker "why=takes the shrinker lock" @-6.6
unregister_shrinker "why=takes the shrinker lock" @-6.6
shrinker_register "why=takes the shrinker lock" @6.7-
shrinker_free "why=takes the shrinker lock" @6.7-
register_oom_notifier "why=takes the chain's mutex"
unregister_oom_notifier "why=takes the chain's mutex"
blocking_notifier_chain_register "why=takes the chain's rwsem"
blocking_notifier_chain_unregister "why=takes the chain's rwsem"
blocking_notifier_call_chain "why=takes the chain's rwsem"
srcu_notifier_chain_register "why=takes the chain's mutex"
srcu_notifier_chain_unregister "why=takes the chain's mutex"
register_netdevice_notifier "why=takes the chain's rwsem"
unregister_netdevice_notifier "why=takes the chain's rwsem"
mmu_notifier_register "why=takes mmap_lock"
mmu_notifier_unregister "why=waits for mmu notifiers"
mmu_interval_notifier_insert
mmu_interval_notifier_remove "why=waits for mmu notifiers"
mmu_interval_read_begin "why=waits for mmu notifiers"
mmu_notifier_invalidate_range_start "why=waits for mmu notifiers"
cpuhp_setup_state "why=takes cpu_hotplug_lock"
cpuhp_setup_state_nocalls "why=takes cpu_hotplug_lock"
cpuhp_remove_state "why=takes cpu_hotplug_lock"
cpuhp_remove_state_nocalls "why=takes cpu_hotplug_lock"
cpuhp_state_add_instance "why=takes cpu_hotplug_lock"
cpuhp_state_remove_instance "why=takes cpu_hotplug_lock"
static_key_enable maybe "why=takes jump_label_mutex"
static_key_disable maybe "why=takes jump_label_mutex"
static_key_slow_inc maybe "why=takes jump_label_mutex"
static_key_slow_dec maybe "why=takes jump_label_mutex"
static_branch_enable maybe "why=takes jump_label_mutex"
static_branch_disable maybe "why=takes jump_label_mutex"
static_branch_inc maybe "why=takes jump_label_mutex"
static_branch_dec maybe "why=takes jump_label_mutex"
perf_event_create_kernel_counter
perf_event_release_kernel
register_kprobe "why=takes a mutex"
unregister_kprobe "why=takes a mutex"
tracepoint_probe_register "why=takes a mutex"
tracepoint_probe_unregister "why=takes a mutex"
tracepoint_synchronize_unregister "why=waits for a grace period"
set_memory_ro "why=changes page tables"
set_memory_rw "why=changes page tables"
set_memory_nx "why=changes page tables"
set_memory_x "why=changes page tables"
text_poke maybe
crypto_wait_req "why=waits for the crypto engine" maybe
crypto_free_shash maybe
key_put maybe
request_key "why=asks user space"
[power "why=waits for power management"]
pm_runtime_get_sync maybe
pm_runtime_resume maybe
pm_runtime_resume_and_get maybe @5.10-
pm_runtime_suspend maybe
pm_runtime_idle maybe
pm_runtime_put_sync maybe
pm_runtime_put_sync_suspend maybe
pm_runtime_put_sync_autosuspend maybe
pm_runtime_barrier
pm_runtime_disable
pm_runtime_force_suspend
pm_runtime_force_resume
pm_runtime_set_active maybe
pm_runtime_enable maybe
dev_pm_qos_add_request
dev_pm_qos_update_request
dev_pm_qos_remove_request
dev_pm_domain_attach
dev_pm_domain_detach
dev_pm_opp_set_rate
dev_pm_opp_of_add_table
freq_qos_add_request
freq_qos_update_request
cpu_latency_qos_add_request maybe
clk_prepare "why=takes the clock framework's prepare mutex"
clk_unprepare "why=takes the clock framework's prepare mutex"
clk_prepare_enable "why=takes the clock framework's prepare mutex"
clk_disable_unprepare "why=takes the clock framework's prepare mutex"
clk_bulk_prepare "why=takes the clock framework's prepare mutex"
clk_bulk_unprepare "why=takes the clock framework's prepare mutex"
clk_bulk_prepare_enable "why=takes the clock framework's prepare mutex"
clk_bulk_disable_unprepare "why=takes the clock framework's prepare mutex"
clk_set_rate "why=takes the clock framework's prepare mutex"
clk_set_parent "why=takes the clock framework's prepare mutex"
clk_set_min_rate "why=takes the clock framework's prepare mutex"
clk_set_max_rate "why=takes the clock framework's prepare mutex"
clk_set_rate_range "why=takes the clock framework's prepare mutex"
clk_round_rate "why=takes the clock framework's prepare mutex"
clk_get "why=takes a mutex"
clk_put "why=takes a mutex"
devm_clk_get "why=takes a mutex"
devm_clk_get_optional "why=takes a mutex"
devm_clk_get_enabled "why=takes a mutex" @6.3-
devm_clk_bulk_get "why=takes a mutex"
clk_get_rate "why=takes the clock framework's prepare mutex"
clk_get_parent maybe
regulator_get "why=takes the regulator's mutex"
regulator_put "why=takes the regulator's mutex"
devm_regulator_get "why=takes the regulator's mutex"
devm_regulator_get_optional "why=takes the regulator's mutex"
devm_regulator_bulk_get "why=takes the regulator's mutex"
regulator_enable "why=takes the regulator's mutex"
regulator_disable "why=takes the regulator's mutex"
regulator_bulk_enable "why=takes the regulator's mutex"
regulator_bulk_disable "why=takes the regulator's mutex"
regulator_is_enabled "why=takes the regulator's mutex"
regulator_set_voltage "why=takes the regulator's mutex"
regulator_get_voltage "why=takes the regulator's mutex"
regulator_set_load "why=takes the regulator's mutex"
regulator_set_mode "why=takes the regulator's mutex"
regulator_set_current_limit "why=takes the regulator's mutex"
gpiod_get_value_cansleep "why=may talk to a GPIO expander over a slow bus"
gpiod_set_value_cansleep "why=may talk to a GPIO expander over a slow bus"
gpiod_get_raw_value_cansleep "why=may talk to a GPIO expander over a slow bus"
gpiod_set_raw_value_cansleep "why=may talk to a GPIO expander over a slow bus"
gpiod_get_array_value_cansleep "why=may talk to a GPIO expander over a slow bus"
gpiod_set_array_value_cansleep "why=may talk to a GPIO expander over a slow bus"
gpio_get_value_cansleep "why=may talk to a GPIO expander over a slow bus"
gpio_set_value_cansleep "why=may talk to a GPIO expander over a slow bus"
gpiod_get "why=takes a mutex"
gpiod_get_optional "why=takes a mutex"
gpiod_get_index "why=takes a mutex"
gpiod_put "why=takes a mutex"
devm_gpiod_get "why=takes a mutex"
devm_gpiod_get_optional "why=takes a mutex"
devm_gpiod_get_index "why=takes a mutex"
gpio_request "why=takes a mutex"
gpio_free "why=takes a mutex"
gpiod_direction_output maybe
gpiod_direction_input maybe
gpiochip_add_data "why=takes a mutex"
gpiochip_remove "why=takes a mutex"
pinctrl_select_state "why=takes a mutex"
pinctrl_pm_select_default_state "why=takes a mutex"
pinctrl_pm_select_sleep_state "why=takes a mutex"
devm_pinctrl_get "why=takes a mutex"
devm_reset_control_get "why=takes a mutex"
devm_reset_control_get_exclusive "why=takes a mutex"
reset_control_reset "why=takes a mutex"
reset_control_assert maybe
reset_control_deassert maybe
phy_init "why=takes a mutex"
phy_exit "why=takes a mutex"
phy_power_on "why=takes a mutex"
phy_power_off "why=takes a mutex"
phy_set_mode_ext "why=takes a mutex"
phy_calibrate "why=takes a mutex"
devm_phy_get "why=takes a mutex"
pwm_apply_state @-6.7
pwm_apply_might_sleep @6.8-
pwm_enable
pwm_disable
pwm_config
pwm_get "why=takes a mutex"
pwm_put "why=takes a mutex"
devm_pwm_get "why=takes a mutex"
iio_read_channel_raw
iio_read_channel_processed
nvmem_cell_read
nvmem_cell_write
nvmem_device_read
nvmem_device_write
thermal_zone_device_register @-6.11
thermal_zone_device_unregister
thermal_zone_device_update maybe
icc_set_bw "why=takes a mutex"
icc_enable "why=takes a mutex"
icc_disable "why=takes a mutex"
mbox_send_message maybe
mbox_request_channel "why=takes a mutex"
rproc_boot
rproc_shutdown
qcom_scm_call maybe
[bus "why=talks over a slow bus"]
i2c_transfer
i2c_master_send
i2c_master_recv
i2c_smbus_xfer
i2c_smbus_read_byte
i2c_smbus_write_byte
i2c_smbus_read_byte_data
i2c_smbus_write_byte_data
i2c_smbus_read_word_data
i2c_smbus_write_word_data
i2c_smbus_read_block_data
i2c_smbus_write_block_data
i2c_smbus_read_i2c_block_data
i2c_smbus_write_i2c_block_data
i2c_smbus_read_word_swapped
i2c_smbus_write_word_swapped
i2c_add_adapter "why=takes a mutex or allocates"
i2c_del_adapter "why=takes a mutex or allocates"
i2c_new_client_device "why=takes a mutex or allocates"
i2c_unregister_device "why=takes a mutex or allocates"
spi_sync
spi_sync_transfer
spi_sync_locked
spi_write
spi_read
spi_write_then_read
spi_w8r8
spi_w8r16
spi_w8r16be
spi_setup "why=takes a mutex or allocates"
spi_register_controller "why=takes a mutex or allocates"
spi_unregister_controller "why=takes a mutex or allocates"
mdiobus_read
mdiobus_write
mdiobus_read_nested
mdiobus_write_nested
mdiobus_modify
__mdiobus_read
__mdiobus_write
phy_read
phy_write
phy_modify
phy_set_bits
phy_clear_bits
phy_read_mmd
phy_write_mmd
phy_modify_mmd
phy_start "why=takes a mutex or allocates"
phy_stop "why=takes a mutex or allocates"
phy_connect "why=takes a mutex or allocates"
phy_disconnect "why=takes a mutex or allocates"
phy_attach @-6.18
phy_detach "why=takes a mutex or allocates"
phylink_start "why=takes a mutex or allocates"
phylink_stop "why=takes a mutex or allocates"
regmap_read maybe
regmap_write maybe
regmap_update_bits maybe
regmap_set_bits maybe
regmap_clear_bits maybe
regmap_bulk_read maybe
regmap_bulk_write maybe
regmap_raw_read maybe
regmap_raw_write maybe
regmap_multi_reg_write maybe
regmap_field_read maybe
regmap_field_write maybe
regcache_sync maybe
snd_soc_component_read maybe
snd_soc_component_write maybe
snd_soc_component_update_bits maybe
w1_reset_select_slave
sdio_claim_host "why=waits for the MMC host"
sdio_release_host
sdio_readb
sdio_writeb
sdio_readsb
sdio_writesb
sdio_memcpy_fromio
sdio_memcpy_toio
sdio_enable_func
sdio_disable_func
sdio_claim_irq
sdio_release_irq
mmc_claim_host "why=waits for the MMC host"
mmc_wait_for_req
mmc_wait_for_cmd
mmc_add_host "why=takes a mutex or allocates"
mmc_remove_host "why=takes a mutex or allocates"
mtd_read
mtd_write
mtd_erase
mtd_device_register "why=takes a mutex or allocates"
mtd_device_unregister "why=takes a mutex or allocates"
usb_control_msg "why=waits for a USB transfer"
usb_bulk_msg "why=waits for a USB transfer"
usb_interrupt_msg "why=waits for a USB transfer"
usb_kill_urb "why=waits until a USB request is given back"
usb_poison_urb "why=waits until a USB request is given back"
usb_kill_anchored_urbs "why=waits until a USB request is given back"
usb_poison_anchored_urbs "why=waits until a USB request is given back"
usb_wait_anchor_empty_timeout "why=waits until a USB request is given back"
usb_set_interface "why=waits for a USB transfer"
usb_reset_device "why=waits for a USB transfer"
usb_reset_configuration "why=waits for a USB transfer"
usb_clear_halt "why=waits for a USB transfer"
usb_get_descriptor "why=waits for a USB transfer"
usb_get_status "why=waits for a USB transfer"
usb_string "why=waits for a USB transfer"
usb_autopm_get_interface "why=resumes or suspends a USB device"
usb_autopm_put_interface "why=resumes or suspends a USB device"
usb_register_dev "why=takes a mutex or allocates"
usb_deregister_dev "why=takes a mutex or allocates"
usb_driver_claim_interface "why=takes a mutex or allocates"
usb_driver_release_interface "why=takes a mutex or allocates"
usb_add_hcd "why=takes a mutex or allocates"
usb_remove_hcd "why=takes a mutex or allocates"
usb_ep_disable maybe
tty_wait_until_sent "why=waits for a terminal"
tty_register_device "why=takes a mutex or allocates"
tty_unregister_device "why=takes a mutex or allocates"
tty_hangup maybe
tty_vhangup "why=takes a mutex or allocates"
tty_port_block_til_ready "why=waits for a terminal"
uart_add_one_port "why=takes a mutex or allocates"
uart_remove_one_port "why=takes a mutex or allocates"
uart_register_driver "why=takes a mutex or allocates"
uart_suspend_port "why=takes a mutex or allocates"
uart_resume_port "why=takes a mutex or allocates"
serio_register_port "why=takes a mutex or allocates"
hid_hw_start "why=takes a mutex or allocates"
hid_hw_stop "why=takes a mutex or allocates"
hid_hw_open "why=takes a mutex or allocates"
hid_hw_close "why=takes a mutex or allocates"
hid_hw_request maybe
hid_hw_raw_request
hid_hw_output_report
pci_enable_device "why=waits for or reconfigures a PCI device"
pci_disable_device maybe "why=waits for or reconfigures a PCI device"
pci_enable_device_mem "why=waits for or reconfigures a PCI device"
pcim_enable_device "why=waits for or reconfigures a PCI device"
pci_request_regions "why=allocates with GFP_KERNEL"
pci_release_regions "why=frees resources under a mutex"
pci_request_region "why=allocates with GFP_KERNEL"
pci_reset_function "why=waits for or reconfigures a PCI device"
pci_reset_bus "why=waits for or reconfigures a PCI device"
pci_set_power_state maybe
pci_save_state maybe
pci_restore_state maybe
pci_enable_sriov "why=waits for or reconfigures a PCI device"
pci_disable_sriov "why=waits for or reconfigures a PCI device"
pci_register_driver "why=waits for or reconfigures a PCI device"
pci_unregister_driver "why=waits for or reconfigures a PCI device"
pci_cfg_access_lock "why=waits for configuration space"
pci_scan_bus "why=waits for or reconfigures a PCI device"
pci_bus_add_devices "why=waits for or reconfigures a PCI device"
pci_stop_and_remove_bus_device "why=waits for or reconfigures a PCI device"
pci_rescan_bus "why=waits for or reconfigures a PCI device"
dma_buf_map_attachment "why=takes the reservation lock of a buffer"
dma_buf_unmap_attachment "why=takes the reservation lock of a buffer"
dma_buf_attach "why=takes a mutex or allocates"
dma_buf_detach "why=takes a mutex or allocates"
dma_buf_vmap "why=takes the reservation lock of a buffer"
dma_buf_export "why=takes a mutex or allocates"
dma_buf_begin_cpu_access maybe
dma_fence_wait "why=waits for a fence"
dma_fence_wait_timeout "why=waits for a fence"
dma_fence_wait_any_timeout "why=waits for a fence"
dma_resv_wait_timeout "why=waits for a fence" @5.14-
dma_resv_reserve_fences "why=allocates" @5.19-
dmaengine_synchronize "why=waits for a DMA channel"
dmaengine_terminate_sync "why=waits for a DMA channel"
dma_request_chan "why=takes a mutex"
dma_request_channel "why=takes a mutex"
dma_release_channel "why=takes a mutex"
iommu_attach_device "why=takes a mutex or allocates"
iommu_detach_device "why=takes a mutex or allocates"
iommu_domain_alloc @-6.18
iommu_map maybe
virtio_cread "why=talks to the device and may sleep"
virtio_cwrite "why=talks to the device and may sleep"
virtio_find_vqs "why=takes a mutex or allocates"
virtio_reset_device "why=talks to the device and may sleep" @5.16-
virtio_add_status "why=talks to the device and may sleep"
v4l2_ctrl_handler_setup "why=takes the control handler's mutex"
v4l2_ctrl_s_ctrl "why=takes the control handler's mutex"
v4l2_device_register "why=takes a mutex or allocates"
video_register_device "why=takes a mutex or allocates"
vb2_queue_init "why=takes a mutex or allocates"
snd_card_new "why=takes a mutex or allocates"
snd_card_free "why=takes a mutex or allocates"
snd_card_register "why=takes a mutex or allocates"
snd_ctl_add "why=takes a mutex or allocates"
snd_pcm_new "why=takes a mutex or allocates"
snd_pcm_lib_malloc_pages "why=takes a mutex or allocates"
drm_dev_register "why=takes a mutex or allocates"
drm_mode_config_cleanup "why=takes a mutex or allocates"
drm_modeset_lock_all_ctx
`;
