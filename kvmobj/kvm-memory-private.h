/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-memory.h"

G_BEGIN_DECLS

struct _KvmMemory
{
  GObject parent_instance;
  guint8 *data; /* owned mapping; NULL until it is made */
  guint64 size;
  int fd;           /* owned, of a memfd; else -1 */
  guint generation; /* _kvm_fork_generation of the process that has the mapping */
};

/* Whether the mapping is there, else the reason as an error. */
gboolean _kvm_memory_check (KvmMemory *self, GError **error);

G_END_DECLS
