/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

/**
 * KvmDeviceType:
 * @KVM_DEVICE_TYPE_VFIO: connects devices of VFIO to the VM (x86, arm64)
 * @KVM_DEVICE_TYPE_ARM_VGIC_V2: an interrupt controller GICv2 (arm64)
 * @KVM_DEVICE_TYPE_ARM_VGIC_V3: an interrupt controller GICv3 (arm64)
 * @KVM_DEVICE_TYPE_ARM_VGIC_ITS: the interrupt translation service of a GICv3 (arm64)
 * @KVM_DEVICE_TYPE_RISCV_AIA: the advanced interrupt architecture (riscv64)
 * @KVM_DEVICE_TYPE_ARM_VGIC_V5: an interrupt controller GICv5 (arm64)
 *
 * The devices that the kernel has inside. The numbers are the kernel's `KVM_DEV_TYPE_…`; a method
 * that takes one takes any number.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_DEVICE_TYPE_VFIO = 4,
  KVM_DEVICE_TYPE_ARM_VGIC_V2 = 5,
  KVM_DEVICE_TYPE_ARM_VGIC_V3 = 7,
  KVM_DEVICE_TYPE_ARM_VGIC_ITS = 8,
  KVM_DEVICE_TYPE_RISCV_AIA = 11,
  KVM_DEVICE_TYPE_ARM_VGIC_V5 = 16,
} KvmDeviceType;

#define KVM_TYPE_DEVICE (kvm_device_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmDevice, kvm_device, KVM, DEVICE, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmDevice *kvm_vm_create_device (KvmVm *vm, guint device_type, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_test_device (KvmVm *vm, guint device_type, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmDevice *kvm_device_new_take_fd (KvmVm *vm, guint device_type, int fd, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
void kvm_device_close (KvmDevice *self);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_device_get_fd (KvmDevice *self);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_device_dup_fd (KvmDevice *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmVm *kvm_device_get_vm (KvmDevice *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_device_get_device_type (KvmDevice *self);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_has_attribute (KvmDevice *self, guint group, guint64 attribute, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint8 *kvm_device_get_attribute (KvmDevice *self, guint group, guint64 attribute, gsize size,
                                  gsize *length, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_set_attribute (KvmDevice *self, guint group, guint64 attribute,
                                   const guint8 *data, gsize length, GError **error);

G_END_DECLS
