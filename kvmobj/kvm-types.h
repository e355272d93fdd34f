/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <gio/gio.h>

#include <kvmobj/kvm-capability.h>
#include <kvmobj/kvm-error.h>
#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

/* The classes name each other, so they are declared before any of them is described. */
typedef struct _KvmSystem KvmSystem;
typedef struct _KvmVm KvmVm;
typedef struct _KvmVcpu KvmVcpu;
typedef struct _KvmDevice KvmDevice;
typedef struct _KvmMemory KvmMemory;
typedef struct _KvmMemorySlot KvmMemorySlot;
typedef struct _KvmExit KvmExit;
typedef struct _KvmIoBus KvmIoBus;

/**
 * KvmIoSpace:
 * @KVM_IO_SPACE_PORT: the 65536 ports of x86
 * @KVM_IO_SPACE_MMIO: guest-physical addresses behind which there is no memory slot
 *
 * Where a guest finds a device.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_IO_SPACE_PORT,
  KVM_IO_SPACE_MMIO,
} KvmIoSpace;

G_END_DECLS
