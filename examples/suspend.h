/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A machine that was stopped, in a file: a page that says so, its memory, and its state. Where
 * nothing was written the file has holes. */

#include <kvmobj/kvmobj.h>

G_BEGIN_DECLS

/* Nobody may be running the machine. What of its devices is to be kept are KvmSerial and
 * VirtioDevice. The file is new, or still the old one, and never half of it. */
gboolean suspend_save (const char *path, KvmVm *vm, KvmMemory *memory, GPtrArray *devices,
                       GError **error);

/* The memory that is in the file; what is written to it does not reach the file, which can be
 * resumed once more. Or new memory, if there is no file. */
KvmMemory *suspend_make_memory (const char *path, guint mib, GError **error);

/* The machine has been set up as it was, with that memory. */
gboolean suspend_restore (const char *path, KvmVm *vm, GPtrArray *devices, GError **error);

G_END_DECLS
