/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Boots Linux on a PC: its first serial port is the terminal, or with --virtio-console a virtio
 * console. The program ends with the guest, which powers off, resets, or writes its exit status to
 * port 0xf4. */

#include <stdlib.h>

#include "acpi.h"
#include "boot.h"
#include "suspend.h"
#include "virtio.h"

#define COMMAND_LINE "console=ttyS0 reboot=k panic=-1 pci=off"
#define CPUID_TSC_DEADLINE (1u << 24)
#define CPUID_HYPERVISOR (1u << 31)

#define VIRTIO_ADDRESS 0xd0000000
#define VIRTIO_GSI 16

typedef struct
{
  KvmSerial *serial;
  KvmI8042 *i8042;
  KvmDebugExit *status, *power_off;
  GPtrArray *kept; /* those that have a state */
} Devices;

static gboolean
add_device (KvmVm *vm, guint port, guint n_ports, gpointer device, GError **error)
{
  return kvm_io_bus_add_device (kvm_vm_get_io_bus (vm), KVM_IO_SPACE_PORT, port, n_ports, device,
                                KVM_IO_DEVICE_FLAGS_NONE, error);
}

static gboolean
add_virtio (KvmVm *vm, const BootOptions *options, GIOStream *terminal, GPtrArray *devices,
            GError **error)
{
  VirtioDevice *disk = options->disk != NULL ? virtio_block_new (options->disk, error) : NULL;

  if (options->disk != NULL && disk == NULL)
    return FALSE;
  g_ptr_array_add (devices, virtio_entropy_new ());
  if (options->is_virtio_console)
    g_ptr_array_add (devices, virtio_console_new (terminal));
  if (disk != NULL)
    g_ptr_array_add (devices, disk);
  for (guint i = 0; i < devices->len; i++)
    if (!virtio_device_attach (devices->pdata[i], vm, VIRTIO_ADDRESS + i * VIRTIO_MMIO_SIZE,
                               VIRTIO_GSI + i, error))
      return FALSE;
  return acpi_write_tables (vm, devices->len, VIRTIO_ADDRESS, VIRTIO_MMIO_SIZE, VIRTIO_GSI, error);
}

static gboolean
add_devices (KvmVm *vm, const BootOptions *options, Devices *devices, GError **error)
{
  g_autoptr (GIOStream) terminal = boot_open_terminal ();
  g_autoptr (KvmIrqTrigger) trigger
      = kvm_vm_add_irq_trigger (vm, 4, KVM_IRQ_TRIGGER_FLAGS_NONE, error);
  g_autoptr (KvmRtc) rtc = kvm_rtc_new ();

  devices->serial = kvm_serial_new (options->is_virtio_console ? NULL : terminal);
  devices->i8042 = kvm_i8042_new ();
  devices->status = kvm_debug_exit_new ();
  devices->power_off = kvm_debug_exit_new ();
  if (trigger == NULL)
    return FALSE;
  kvm_serial_set_interrupt_trigger (devices->serial, trigger);
  return boot_add_serial (vm, KVM_IO_SPACE_PORT, 0x3f8, devices->serial, error)
         && add_device (vm, 0x60, 5, devices->i8042, error) && add_device (vm, 0x70, 2, rtc, error)
         && add_device (vm, 0xf4, 1, devices->status, error)
         && add_device (vm, ACPI_PM_CONTROL_PORT, 2, devices->power_off, error)
         && add_virtio (vm, options, terminal, devices->kept, error);
}

static KvmVm *
create_machine (KvmSystem *system, KvmMemory *memory, const BootOptions *options, Devices *devices,
                GError **error)
{
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, error);
  g_autoptr (KvmMemorySlot) slot
      = vm ? kvm_vm_add_memory (vm, 0, memory, KVM_MEMORY_SLOT_FLAGS_NONE, error) : NULL;

  /* The kernel has the interrupt controllers and the timer, and with 1 the port 0x61, too. */
  if (slot == NULL || !kvm_vm_x86_set_tss_address (vm, 0xfffbd000, error)
      || !kvm_vm_create_irqchip (vm, error) || !kvm_vm_x86_create_pit (vm, 1, error)
      || !add_devices (vm, options, devices, error))
    return NULL;
  g_ptr_array_add (devices->kept, devices->serial);
  return g_steal_pointer (&vm);
}

/* What KVM offers; and a clock and a timer that need no calibration. */
static KvmX86Cpuid *
make_cpuid (KvmSystem *system, GError **error)
{
  g_autoptr (KvmX86Cpuid) cpuid = kvm_system_x86_get_supported_cpuid (system, error);
  KvmX86CpuidEntry entry;

  if (cpuid == NULL || !kvm_x86_cpuid_find (cpuid, 1, 0, &entry))
    return g_steal_pointer (&cpuid);
  entry.ecx |= CPUID_TSC_DEADLINE | CPUID_HYPERVISOR;
  entry.ebx &= 0xffffff; /* the processor's number is 0 */
  return kvm_x86_cpuid_with_entry (cpuid, &entry, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  BootOptions options = { 0 };
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_object_unref);
  Devices devices = { .kept = kept };
  g_autoptr (KvmSystem) system = NULL;
  g_autoptr (KvmMemory) memory = NULL;
  g_autoptr (KvmVm) vm = NULL;
  g_autoptr (KvmVcpu) vcpu = NULL;
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (KvmExit) exit = NULL;

  if (!boot_options_parse (&options, COMMAND_LINE, &argc, &argv, &error)
      || (memory = suspend_make_memory (options.resume, options.memory_mib, &error)) == NULL
      || (system = kvm_system_new (&error)) == NULL
      || (vm = create_machine (system, memory, &options, &devices, &error)) == NULL
      || (vcpu = kvm_vm_create_vcpu (vm, 0, &error)) == NULL
      || (cpuid = make_cpuid (system, &error)) == NULL
      || !kvm_vcpu_x86_set_cpuid (vcpu, cpuid, &error)
      || !(options.resume != NULL ? suspend_restore (options.resume, vm, kept, &error)
                                  : boot_load (&options, vcpu, NULL, &error))
      || (exit = boot_run (vcpu, &options, &error)) == NULL
      || !kvm_serial_flush (devices.serial, NULL, &error)
      || (boot_was_stopped (exit, &options)
          && !suspend_save (options.suspend, vm, memory, kept, &error)))
    {
      g_printerr ("boot-linux: %s\n", error->message);
      return EXIT_FAILURE;
    }

  if (kvm_debug_exit_get_has_value (devices.status))
    return kvm_debug_exit_get_value (devices.status);
  if (kvm_debug_exit_get_has_value (devices.power_off)
      || kvm_i8042_get_reset_requested (devices.i8042) || boot_was_stopped (exit, &options))
    return EXIT_SUCCESS;
  g_printerr ("boot-linux: the guest stopped: %s\n%s", kvm_exit_to_string (exit),
              kvm_vcpu_dump (vcpu, NULL));
  return EXIT_FAILURE;
}
