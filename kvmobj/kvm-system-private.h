/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-handle-private.h"
#include "kvm-system.h"
#include "x86/kvm-x86-cpuid.h"

G_BEGIN_DECLS

struct _KvmSystem
{
  GObject parent_instance;
  KvmHandle handle;
  char *path;                /* owned; where to open it, NULL if an fd was given */
  int fd_to_take;            /* -1, or what was given until it is taken */
  int vcpu_mmap_size;        /* fetched once, when it is opened */
  guint generation;          /* _kvm_fork_generation of the process that made it */
  GMutex lock;               /* for what follows */
  KvmX86Cpuid *x86_cpuid[3]; /* owned; each NULL until it is asked for */
  GBytes *x86_msr_lists[2];  /* so are these */
};

/* For finalize. */
void _kvm_system_x86_clear (KvmSystem *self);

/* Whom the mode of a file lets open it; in a directory that cannot be read, all. */
typedef enum
{
  KVM_PERMITTED_OWNER,
  KVM_PERMITTED_GROUP,
  KVM_PERMITTED_UNNAMED_GROUP,
  KVM_PERMITTED_ALL,
} KvmPermitted;

/* Gives the name of the group where it is the group that may, and has one. */
KvmPermitted _kvm_system_find_group (const char *path, char **group);

G_END_DECLS
