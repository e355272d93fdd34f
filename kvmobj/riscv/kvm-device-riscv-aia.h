/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-device.h>

G_BEGIN_DECLS

/**
 * KVMOBJ_RISCV_AIA_APLIC_SIZE:
 *
 * How many bytes of guest-physical addresses the APLIC takes.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_AIA_APLIC_SIZE 0x4000

/**
 * KVMOBJ_RISCV_AIA_IMSIC_SIZE:
 *
 * How many bytes of guest-physical addresses the IMSIC of a vCPU takes, without those of its
 * guests.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_AIA_IMSIC_SIZE 0x1000

/**
 * KvmRiscvAiaConfig:
 * @KVM_RISCV_AIA_CONFIG_MODE: how the IMSICs work, a [enum@Kvm.RiscvAiaMode]
 * @KVM_RISCV_AIA_CONFIG_IDS: the highest interrupt identity of an IMSIC: 63, 127, 191, … up to
 *   2047, as far as the host goes
 * @KVM_RISCV_AIA_CONFIG_SOURCES: the number of the APLIC's interrupt sources, below 1024; with 0
 *   there is no APLIC
 * @KVM_RISCV_AIA_CONFIG_GROUP_BITS: how many bits of an IMSIC's address are the group, below 8
 * @KVM_RISCV_AIA_CONFIG_GROUP_SHIFT: where these bits begin, from 24 to 55
 * @KVM_RISCV_AIA_CONFIG_HART_BITS: how many bits of an IMSIC's address are the hart in the group,
 *   below 16; they follow those of the guest
 * @KVM_RISCV_AIA_CONFIG_GUEST_BITS: how many bits of an IMSIC's address are the guest of the hart,
 *   below 8; they begin with bit 12
 *
 * What the AIA can be told before it is initialized. The numbers are the kernel's
 * `KVM_DEV_RISCV_AIA_CONFIG_…`.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_RISCV_AIA_CONFIG_MODE = 0,
  KVM_RISCV_AIA_CONFIG_IDS = 1,
  KVM_RISCV_AIA_CONFIG_SOURCES = 2,
  KVM_RISCV_AIA_CONFIG_GROUP_BITS = 3,
  KVM_RISCV_AIA_CONFIG_GROUP_SHIFT = 4,
  KVM_RISCV_AIA_CONFIG_HART_BITS = 5,
  KVM_RISCV_AIA_CONFIG_GUEST_BITS = 6,
} KvmRiscvAiaConfig;

/**
 * KvmRiscvAiaMode:
 * @KVM_RISCV_AIA_MODE_EMUL: the kernel emulates them
 * @KVM_RISCV_AIA_MODE_HWACCEL: the host's IMSICs serve the guest
 * @KVM_RISCV_AIA_MODE_AUTO: the host's IMSICs serve the guest where there is one left, and else the
 *   kernel emulates them
 *
 * How the IMSICs of a virtual machine work.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_RISCV_AIA_MODE_EMUL = 0,
  KVM_RISCV_AIA_MODE_HWACCEL = 1,
  KVM_RISCV_AIA_MODE_AUTO = 2,
} KvmRiscvAiaMode;

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_riscv_get_aia_config (KvmDevice *device, KvmRiscvAiaConfig config, guint *value,
                                          GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_riscv_set_aia_config (KvmDevice *device, KvmRiscvAiaConfig config, guint value,
                                          GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_riscv_get_aplic_address (KvmDevice *device, guint64 *address, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_riscv_set_aplic_address (KvmDevice *device, guint64 address, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_riscv_get_imsic_address (KvmDevice *device, guint vcpu, guint64 *address,
                                             GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_riscv_set_imsic_address (KvmDevice *device, guint vcpu, guint64 address,
                                             GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_riscv_init_aia (KvmDevice *device, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_riscv_get_aplic_reg (KvmDevice *device, guint offset, guint *value,
                                         GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_riscv_set_aplic_reg (KvmDevice *device, guint offset, guint value,
                                         GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_riscv_get_imsic_reg (KvmDevice *device, guint vcpu, guint select,
                                         guint64 *value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_device_riscv_set_imsic_reg (KvmDevice *device, guint vcpu, guint select, guint64 value,
                                         GError **error);

G_END_DECLS
