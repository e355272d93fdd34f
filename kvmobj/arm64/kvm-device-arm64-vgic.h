/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

/**
 * KvmArm64VgicAddress:
 * @KVM_ARM64_VGIC_ADDRESS_V2_DISTRIBUTOR: the distributor of a GICv2: 4 KiB
 * @KVM_ARM64_VGIC_ADDRESS_V2_CPU_INTERFACE: the CPU interface of a GICv2: 8 KiB
 * @KVM_ARM64_VGIC_ADDRESS_V3_DISTRIBUTOR: the distributor of a GICv3: 64 KiB
 * @KVM_ARM64_VGIC_ADDRESS_V3_REDISTRIBUTORS: the redistributors of a GICv3, one behind the other:
 *   128 KiB for each vCPU
 * @KVM_ARM64_VGIC_ADDRESS_ITS: an interrupt translation service: 128 KiB
 *
 * What of an interrupt controller has an address. The numbers are the kernel's
 * `KVM_VGIC_…_ADDR_TYPE_…`.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_ARM64_VGIC_ADDRESS_V2_DISTRIBUTOR = 0,
  KVM_ARM64_VGIC_ADDRESS_V2_CPU_INTERFACE = 1,
  KVM_ARM64_VGIC_ADDRESS_V3_DISTRIBUTOR = 2,
  KVM_ARM64_VGIC_ADDRESS_V3_REDISTRIBUTORS = 3,
  KVM_ARM64_VGIC_ADDRESS_ITS = 4,
} KvmArm64VgicAddress;

/**
 * KvmArm64VgicRegs:
 * @KVM_ARM64_VGIC_REGS_DISTRIBUTOR: the distributor's, of 32 bits each
 * @KVM_ARM64_VGIC_REGS_V2_CPU_INTERFACE: the CPU interface's of a GICv2, of 32 bits each
 * @KVM_ARM64_VGIC_REGS_V3_REDISTRIBUTOR: a redistributor's of a GICv3, of 32 bits each
 * @KVM_ARM64_VGIC_REGS_V3_CPU_SYSREGS: the system registers of a GICv3's CPU interface, of 64 bits
 * @KVM_ARM64_VGIC_REGS_ITS: an interrupt translation service's, of 64 bits each
 *
 * The registers of an interrupt controller. The numbers are the kernel's
 * `KVM_DEV_ARM_VGIC_GRP_…_REGS`.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_ARM64_VGIC_REGS_DISTRIBUTOR = 1,
  KVM_ARM64_VGIC_REGS_V2_CPU_INTERFACE = 2,
  KVM_ARM64_VGIC_REGS_V3_REDISTRIBUTOR = 5,
  KVM_ARM64_VGIC_REGS_V3_CPU_SYSREGS = 6,
  KVM_ARM64_VGIC_REGS_ITS = 8,
} KvmArm64VgicRegs;

KVMOBJ_AVAILABLE_IN_0_1
KvmDevice *kvm_vm_arm64_create_vgic_v2 (KvmVm *vm, guint64 distributor, guint64 cpu_interface,
                                        GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmDevice *kvm_vm_arm64_create_vgic_v3 (KvmVm *vm, guint64 distributor, guint64 redistributors,
                                        GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmDevice *kvm_vm_arm64_create_vgic_its (KvmVm *vm, guint64 address, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_vgic_get_address (KvmDevice *device, KvmArm64VgicAddress kind,
                                            guint64 *address, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_vgic_set_address (KvmDevice *device, KvmArm64VgicAddress kind,
                                            guint64 address, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_vgic_get_redistributors (KvmDevice *device, guint index, guint64 *address,
                                                   guint *n_redistributors, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_vgic_add_redistributors (KvmDevice *device, guint index, guint64 address,
                                                   guint n_redistributors, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_vgic_get_n_irqs (KvmDevice *device, guint *n_irqs, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_vgic_set_n_irqs (KvmDevice *device, guint n_irqs, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_vgic_get_maintenance_irq (KvmDevice *device, guint *irq, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_vgic_set_maintenance_irq (KvmDevice *device, guint irq, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_vgic_init (KvmDevice *device, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_vgic_get_reg (KvmDevice *device, KvmArm64VgicRegs regs, guint32 cpu,
                                        guint64 reg, guint64 *value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_vgic_set_reg (KvmDevice *device, KvmArm64VgicRegs regs, guint32 cpu,
                                        guint64 reg, guint64 value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_vgic_get_line_levels (KvmDevice *device, guint32 cpu, guint irq,
                                                guint32 *levels, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_vgic_set_line_levels (KvmDevice *device, guint32 cpu, guint irq,
                                                guint32 levels, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_vgic_save_pending_tables (KvmDevice *device, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_its_save_tables (KvmDevice *device, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_its_restore_tables (KvmDevice *device, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_arm64_its_reset (KvmDevice *device, GError **error);

G_END_DECLS
