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

G_END_DECLS
