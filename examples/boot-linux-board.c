/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Boots Linux on a machine that a device tree tells of: a processor, memory, and a serial port,
 * which is the terminal. The program ends with the guest, which powers off or resets by its
 * firmware, or writes its exit status to 0x9010000. */

#include <stdlib.h>

#include "boot-board.h"
#include "boot.h"

#define COMMAND_LINE "console=ttyS0 earlycon=uart8250,mmio,0x9000000 panic=-1"
#define SERIAL 0x9000000
#define STATUS 0x9010000

static gboolean
add_device (KvmVm *vm, guint64 address, gpointer device, GError **error)
{
  return kvm_io_bus_add_device (kvm_vm_get_io_bus (vm), KVM_IO_SPACE_MMIO, address, 8, device,
                                KVM_IO_DEVICE_FLAGS_NONE, error);
}

static KvmVm *
create_machine (const BootOptions *options, KvmSerial *serial, KvmDebugExit *status, GError **error)
{
  g_autoptr (KvmSystem) system = kvm_system_new (error);
  g_autoptr (KvmVm) vm = system ? kvm_system_create_vm (system, error) : NULL;
  g_autoptr (KvmMemory) memory
      = vm ? kvm_memory_new ((guint64) options->memory_mib << 20, error) : NULL;
  g_autoptr (KvmMemorySlot) slot
      = memory ? kvm_vm_add_memory (vm, BOARD_MEMORY, memory, KVM_MEMORY_SLOT_FLAGS_NONE, error)
               : NULL;

  if (slot == NULL || !boot_add_serial (vm, KVM_IO_SPACE_MMIO, SERIAL, serial, error)
      || !add_device (vm, STATUS, status, error))
    return NULL;
  return g_steal_pointer (&vm);
}

static GBytes *
make_tree (KvmVcpu *vcpu, GError **error)
{
  g_autoptr (KvmDeviceTree) tree = kvm_device_tree_new ();

  kvm_device_tree_begin_node (tree, "");
  kvm_device_tree_add_string (tree, "compatible", "linux,dummy-virt");
  board_add_cells (tree, "#address-cells", 2);
  board_add_cells (tree, "#size-cells", 2);
  if (!board_describe (vcpu, tree, error))
    return NULL;
  kvm_device_tree_begin_node (tree, "serial@9000000");
  kvm_device_tree_add_string (tree, "compatible", "ns16550a");
  board_add_cells (tree, "reg", 0, SERIAL, 0, 8);
  board_add_cells (tree, "clock-frequency", 1843200);
  board_describe_interrupt (tree);
  kvm_device_tree_end_node (tree);
  kvm_device_tree_end_node (tree);
  return kvm_device_tree_finish (tree, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  BootOptions options = { 0 };
  g_autoptr (GIOStream) terminal = boot_open_terminal ();
  g_autoptr (KvmSerial) serial = kvm_serial_new (terminal);
  g_autoptr (KvmDebugExit) status = kvm_debug_exit_new ();
  g_autoptr (KvmVm) vm = NULL;
  g_autoptr (KvmVcpu) vcpu = NULL;
  g_autoptr (GBytes) tree = NULL;
  g_autoptr (KvmExit) exit = NULL;

  if (!boot_options_parse (&options, COMMAND_LINE, &argc, &argv, &error)
      || (vm = create_machine (&options, serial, status, &error)) == NULL
      || (vcpu = kvm_vm_create_vcpu (vm, 0, &error)) == NULL || !board_set_up (vcpu, serial, &error)
      || (tree = make_tree (vcpu, &error)) == NULL || !boot_load (&options, vcpu, tree, &error)
      || (exit = boot_run (vcpu, &options, &error)) == NULL
      || !kvm_serial_flush (serial, NULL, &error))
    {
      g_printerr ("boot-linux-board: %s\n", error->message);
      return EXIT_FAILURE;
    }

  if (kvm_debug_exit_get_has_value (status))
    return kvm_debug_exit_get_value (status);
  if (kvm_exit_get_reason (exit) == KVM_EXIT_REASON_SYSTEM_EVENT
      && kvm_exit_get_system_event (exit) != KVM_SYSTEM_EVENT_TYPE_CRASH)
    return EXIT_SUCCESS;
  g_printerr ("boot-linux-board: the guest stopped: %s\n%s", kvm_exit_to_string (exit),
              kvm_vcpu_dump (vcpu, NULL));
  return EXIT_FAILURE;
}
