/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Kernels of every protocol, with initial RAM disks, command lines and device trees, all of which
 * the first bytes choose. What is for another architecture is taken apart here, too. */

#include "fuzz.h"

#include "boot/kvm-boot-private.h"

#define MEMORY_SIZE 0x400000

static KvmVm *vm; /* one for all */
static KvmVcpu *vcpu;

static void
set_up (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = NULL;
  g_autoptr (KvmMemory) memory = NULL;
  g_autoptr (KvmMemorySlot) slot = NULL;

  system = kvm_system_new (&error);
  g_assert_no_error (error);
  vm = kvm_system_create_vm (system, &error);
  g_assert_no_error (error);
  memory = kvm_memory_new (MEMORY_SIZE, &error);
  g_assert_no_error (error);
  slot = kvm_vm_add_memory (vm, 0, memory, KVM_MEMORY_SLOT_FLAGS_NONE, &error);
  g_assert_no_error (error);
  vcpu = kvm_vm_create_vcpu (vm, 0, &error);
  g_assert_no_error (error);
}

/* As kvm_vm_load_kernel () does where such kernels run. */
static void
load_image (GBytes *kernel, GBytes *initrd, const char *command_line, GBytes *device_tree)
{
  KvmBoot boot = {
    .vm = vm,
    .initrd = initrd,
    .command_line = command_line,
    .device_tree = device_tree,
  };
  g_autoptr (GError) error = NULL;

  boot.kernel = g_bytes_get_data (kernel, &boot.kernel_size);
  if (!_kvm_boot_is_arm64 (&boot) && !_kvm_boot_is_riscv (&boot))
    return;
  fuzz_assert (_kvm_boot_find_memory (&boot, &error) && _kvm_boot_load_image (&boot, &error),
               error);
  g_clear_pointer (&boot.ram, g_array_unref);
  g_clear_pointer (&boot.free, g_array_unref);
}

static GBytes *
take_bytes (const guint8 **data, gsize *size, gsize length)
{
  GBytes *bytes;

  length = MIN (length, *size);
  bytes = g_bytes_new (*data, length);
  *data += length;
  *size -= length;
  return bytes;
}

/* How long the RAM disk, the command line and the device tree are; these; and the kernel. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gsize initrd_length = fuzz_take (&data, &size, 1), line_length = fuzz_take (&data, &size, 1);
  gsize tree_length = fuzz_take (&data, &size, 2);
  g_autoptr (GBytes) initrd = take_bytes (&data, &size, initrd_length);
  g_autofree char *command_line = g_strndup ((const char *) data, MIN (line_length, size));
  g_autoptr (GBytes) tree = NULL;
  g_autoptr (GBytes) kernel = NULL;
  g_autoptr (KvmBootLayout) layout = NULL;
  g_autoptr (GError) error = NULL;

  if (vm == NULL)
    set_up ();
  g_bytes_unref (take_bytes (&data, &size, line_length));
  tree = take_bytes (&data, &size, tree_length);
  kernel = g_bytes_new_static (data, size);

  layout = kvm_vm_load_kernel (vm, kernel, initrd, command_line, NULL, &error);
  fuzz_assert (layout != NULL, error);
  if (layout != NULL)
    fuzz_assert (kvm_vcpu_setup_boot (vcpu, layout, &error), error);
  load_image (kernel, initrd_length != 0 ? initrd : NULL, command_line,
              tree_length != 0 ? tree : NULL);
  return 0;
}
