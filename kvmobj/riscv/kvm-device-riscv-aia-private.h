/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "riscv/kvm-device-riscv-aia.h"

/* The groups of its attributes; those of the first are KvmRiscvAiaConfig. */
#define KVMOBJ_AIA_GROUP_CONFIG 0
#define KVMOBJ_AIA_GROUP_ADDRESS 1
#define KVMOBJ_AIA_GROUP_CONTROL 2
#define KVMOBJ_AIA_GROUP_APLIC 3
#define KVMOBJ_AIA_GROUP_IMSIC 4

#define KVMOBJ_AIA_ADDRESS_APLIC 0
#define KVMOBJ_AIA_ADDRESS_IMSIC(vcpu) (1 + (guint64) (vcpu))
#define KVMOBJ_AIA_CONTROL_INIT 0

#define KVMOBJ_AIA_IMSIC_SELECT_BITS 12
#define KVMOBJ_AIA_IMSIC_ATTRIBUTE(vcpu, select)                                                   \
  ((guint64) (vcpu) << KVMOBJ_AIA_IMSIC_SELECT_BITS | (select))
