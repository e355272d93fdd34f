/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

/**
 * KvmBootProtocol:
 * @KVM_BOOT_PROTOCOL_X86_LINUX: a bzImage, which begins in 64-bit mode with the `boot_params`
 * @KVM_BOOT_PROTOCOL_X86_PVH: an ELF file, which begins in 32-bit mode with the `start_info`
 * @KVM_BOOT_PROTOCOL_ARM64_LINUX: an arm64 Image, which begins with a device tree
 * @KVM_BOOT_PROTOCOL_RISCV_LINUX: a riscv64 Image, which begins with a device tree
 *
 * How a kernel is started, and what it is told with.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_BOOT_PROTOCOL_X86_LINUX,
  KVM_BOOT_PROTOCOL_X86_PVH,
  KVM_BOOT_PROTOCOL_ARM64_LINUX,
  KVM_BOOT_PROTOCOL_RISCV_LINUX,
} KvmBootProtocol;

#define KVM_TYPE_BOOT_LAYOUT (kvm_boot_layout_get_type ())

typedef struct _KvmBootLayout KvmBootLayout;

/**
 * KvmBootLayout:
 * @protocol: how the kernel is started
 * @entry: where the first vCPU begins
 * @kernel_address: where the kernel is
 * @kernel_length: how much memory the kernel says it needs there; more than its image has
 * @initrd_address: where the initial RAM disk is
 * @initrd_length: its length in bytes; 0 if there is none
 * @command_line_address: where the command line is; 0 if it is in the device tree
 * @parameters_address: where the `boot_params`, the `start_info` or the device tree are
 * @parameters_length: their length in bytes
 * @tables_address: where there is room for the tables with which an x86 vCPU begins; else 0
 *
 * What [method@Kvm.Vm.load_kernel] has placed where. All addresses are guest-physical ones.
 *
 * Since: 0.1
 */
struct _KvmBootLayout
{
  KvmBootProtocol protocol;
  guint64 entry;
  guint64 kernel_address;
  guint64 kernel_length;
  guint64 initrd_address;
  guint64 initrd_length;
  guint64 command_line_address;
  guint64 parameters_address;
  guint64 parameters_length;
  guint64 tables_address;
};

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_boot_layout_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmBootLayout *kvm_boot_layout_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmBootLayout *kvm_boot_layout_copy (const KvmBootLayout *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_boot_layout_free (KvmBootLayout *self);

KVMOBJ_AVAILABLE_IN_0_1
KvmBootLayout *kvm_vm_load_kernel (KvmVm *vm, GBytes *kernel, GBytes *initrd,
                                   const char *command_line, GBytes *device_tree, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_setup_boot (KvmVcpu *vcpu, const KvmBootLayout *layout, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmBootLayout, kvm_boot_layout_free)

G_END_DECLS
