/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-error.h"

/* Which architecture this build runs on: the one place that asks the compiler. Every file is
 * compiled on every architecture; what another one would do is refused at run time. */
#define KVMOBJ_ARCH_X86 1
#define KVMOBJ_ARCH_ARM64 2
#define KVMOBJ_ARCH_RISCV 3

#if defined(__x86_64__)
#define KVMOBJ_HOST_ARCH KVMOBJ_ARCH_X86
#define KVMOBJ_HOST_ARCH_NAME "x86_64"
#elif defined(__aarch64__)
#define KVMOBJ_HOST_ARCH KVMOBJ_ARCH_ARM64
#define KVMOBJ_HOST_ARCH_NAME "arm64"
#elif defined(__riscv) && __riscv_xlen == 64
#define KVMOBJ_HOST_ARCH KVMOBJ_ARCH_RISCV
#define KVMOBJ_HOST_ARCH_NAME "riscv64"
#else
#error "libkvmobj knows x86_64, arm64 and riscv64."
#endif

/* What puts the interrupt controllers into the kernel, for hints. */
#if KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_RISCV
#define KVMOBJ_IRQCHIP_MAKER "kvm_device_riscv_init_aia ()"
#else
#define KVMOBJ_IRQCHIP_MAKER "kvm_vm_create_irqchip ()"
#endif

/* The first line of a method that only @arch (X86, ARM64, RISCV) has. */
#define _kvm_return_val_unless_arch(arch, value, error)                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (KVMOBJ_HOST_ARCH != KVMOBJ_ARCH_##arch)                                                    \
      {                                                                                            \
        g_set_error ((error), KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,                                  \
                     "%s () is for " #arch " alone, and this host is " KVMOBJ_HOST_ARCH_NAME,      \
                     G_STRFUNC);                                                                   \
        return (value);                                                                            \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END
