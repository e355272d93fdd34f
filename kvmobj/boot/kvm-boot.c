/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-arch-private.h"
#include "kvm-boot-private.h"
#include "kvm-vcpu-private.h"
#include "kvm-vm-private.h"

G_DEFINE_BOXED_TYPE (KvmBootLayout, kvm_boot_layout, kvm_boot_layout_copy, kvm_boot_layout_free)

/**
 * kvm_boot_layout_new:
 *
 * Makes a layout whose fields are 0, for a program that places a kernel by itself.
 *
 * Returns: (transfer full): the layout
 *
 * Since: 0.1
 */
KvmBootLayout *
kvm_boot_layout_new (void)
{
  return g_new0 (KvmBootLayout, 1);
}

/**
 * kvm_boot_layout_copy:
 * @self: a layout
 *
 * Copies the layout.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmBootLayout *
kvm_boot_layout_copy (const KvmBootLayout *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_boot_layout_free:
 * @self: (transfer full): a layout
 *
 * Frees the layout.
 *
 * Since: 0.1
 */
void
kvm_boot_layout_free (KvmBootLayout *self)
{
  g_free (self);
}

static const struct
{
  int arch;
  const char *what;
  gboolean (*is_it) (const KvmBoot *boot);
  gboolean (*load) (KvmBoot *boot, GError **error);
} protocols[] = {
  { KVMOBJ_ARCH_X86, "an x86 bzImage", _kvm_boot_is_bzimage, _kvm_boot_load_bzimage },
  { KVMOBJ_ARCH_X86, "an x86 ELF file", _kvm_boot_is_elf, _kvm_boot_load_pvh },
  { KVMOBJ_ARCH_ARM64, "an arm64 Image", _kvm_boot_is_arm64, _kvm_boot_load_image },
  { KVMOBJ_ARCH_RISCV, "a riscv64 Image", _kvm_boot_is_riscv, _kvm_boot_load_image },
};

/* What people take for a kernel. */
static const struct
{
  gsize offset;
  const char *bytes;
  gsize length;
  const char *what;
} others[] = {
  { 0, "\x1f\x8b", 2, "is compressed with gzip; unpack it first" },
  { 0,
    "\xfd"
    "7zXZ",
    5, "is compressed with xz; unpack it first" },
  { 0, "\x28\xb5\x2f\xfd", 4, "is compressed with zstd; unpack it first" },
  { 4, "zimg", 4, "is a compressed EFI image; the Image inside it is wanted" },
  { 0, "070701", 6, "is a cpio archive, as an initial RAM disk is" },
  { 0, "MZ", 2, "is an EFI program, but no Linux" },
};

static gboolean
load (KvmBoot *boot, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
    if (protocols[i].is_it (boot))
      {
        if (protocols[i].arch == KVMOBJ_HOST_ARCH)
          return protocols[i].load (boot, error);
        g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                     "The kernel is %s, and this host is " KVMOBJ_HOST_ARCH_NAME,
                     protocols[i].what);
        return FALSE;
      }

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (boot->kernel_size >= others[i].offset + others[i].length
        && memcmp (boot->kernel + others[i].offset, others[i].bytes, others[i].length) == 0)
      {
        g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "The kernel %s", others[i].what);
        return FALSE;
      }
  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "The %" G_GSIZE_FORMAT " bytes are no kernel: neither a bzImage (\"HdrS\" at byte "
               "0x202), an ELF file, nor an Image (\"ARM\\x64\" or \"RSC\\x05\" at byte 0x38)",
               boot->kernel_size);
  return FALSE;
}

/**
 * kvm_vm_load_kernel:
 * @vm: a virtual machine that has its memory already
 * @kernel: the kernel's image, as it is in /boot
 * @initrd: (nullable): the initial RAM disk, or %NULL for none
 * @command_line: (nullable): the kernel's command line, or %NULL for an empty one
 * @device_tree: (nullable): on arm64 and riscv64 what there is in the machine, as
 *   [method@Kvm.DeviceTree.finish] makes it; on x86 %NULL
 * @error: return location for an error
 *
 * Loads a kernel, with all that it is told, into the memory slots of a virtual machine, as a boot
 * loader would. It says where everything is; [method@Kvm.Vcpu.setup_boot] then has the first vCPU
 * begin there.
 *
 * - On x86 the kernel is a bzImage, which is what Linux distributions have in /boot; or an ELF file
 *   with the entry point of PVH, such as the vmlinux that is packed into a bzImage. It is told of
 *   the memory by a map made of the slots: those that can be written to are memory, but for
 *   640 KiB to 1 MiB, and read-only ones are reserved. Programs may place a firmware's tables in
 * the latter 384 KiB, where Linux looks for those of ACPI.
 * - On arm64 and riscv64 it is an Image. What @device_tree says of memory and in /chosen of the
 *   command line and the initial RAM disk is replaced; a command line that is %NULL leaves that of
 *   the tree as it is.
 *
 * To load a file, use `g_file_load_bytes ()`; it is not mapped, since one who shortens a mapped
 * file ends the program.
 *
 * ```python
 * kernel, _ = Gio.File.new_for_path("/boot/vmlinuz").load_bytes(None)
 * layout = vm.load_kernel(kernel, None, "console=ttyS0", None)
 * vcpu.setup_boot(layout)
 * ```
 *
 * Nothing is believed that the image says of itself. Fails with %KVM_ERROR_INVALID if a field of
 * the image is wrong, which the message names, the command line is longer than the kernel takes, or
 * the device tree is none; %KVM_ERROR_NO_SPACE if the memory is too small for the kernel or the
 * initial RAM disk, and %KVM_ERROR_NOT_SUPPORTED for another architecture's kernel, one without
 * 64-bit entry point, or a device tree if the library was built without libfdt. Memory is written
 * to only after everything was found to be right and to fit.
 *
 * Returns: (transfer full): what is where
 *
 * Since: 0.1
 */
KvmBootLayout *
kvm_vm_load_kernel (KvmVm *vm, GBytes *kernel, GBytes *initrd, const char *command_line,
                    GBytes *device_tree, GError **error)
{
  KvmBoot boot = {
    .vm = vm,
    .command_line = command_line,
    .device_tree = device_tree,
  };
  gboolean done = FALSE;

  g_return_val_if_fail (KVM_IS_VM (vm) && kernel != NULL, NULL);

  boot.kernel = g_bytes_get_data (kernel, &boot.kernel_size);
  if (initrd != NULL && g_bytes_get_size (initrd) != 0)
    boot.initrd = initrd;
  if (_kvm_boot_find_memory (&boot, error))
    done = load (&boot, error);
  g_clear_pointer (&boot.ram, g_array_unref);
  g_clear_pointer (&boot.free, g_array_unref);
  return done ? kvm_boot_layout_copy (&boot.layout) : NULL;
}

/**
 * kvm_vcpu_setup_boot:
 * @vcpu: a vCPU of the machine that has the kernel
 * @layout: what [method@Kvm.Vm.load_kernel] gave
 * @error: return location for an error
 *
 * Has the vCPU begin with the kernel: it gets the registers that the protocol asks for. It is for
 * the first vCPU alone; the guest starts the others.
 *
 * On x86 the vCPU has its CPUID already ([method@Kvm.Vcpu.x86_set_cpuid]), and tables are written
 * for it. On arm64 it was initialized.
 *
 * Fails with %KVM_ERROR_NOT_SUPPORTED if the kernel is another architecture's, and as what sets
 * registers does, such as [method@Kvm.Vcpu.x86_setup_long_mode] and [method@Kvm.Vcpu.set_one_reg].
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_setup_boot (KvmVcpu *vcpu, const KvmBootLayout *layout, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && layout != NULL, FALSE);

  switch (layout->protocol)
    {
    case KVM_BOOT_PROTOCOL_X86_LINUX:
    case KVM_BOOT_PROTOCOL_X86_PVH:
      return _kvm_boot_setup_x86 (vcpu, layout, error);
    case KVM_BOOT_PROTOCOL_ARM64_LINUX:
      return _kvm_boot_setup_arm64 (vcpu, layout, error);
    case KVM_BOOT_PROTOCOL_RISCV_LINUX:
      return _kvm_boot_setup_riscv (vcpu, layout, error);
    default:
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "There is no boot protocol %d",
                   layout->protocol);
      return FALSE;
    }
}
