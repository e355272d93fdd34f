/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* benchmark-memory log|rest: what guest memory costs. Prints lines as benchmark-time does:
 *
 *   log   the dirty log of 1 GiB, of which nothing is dirty: collected, and collected and gone
 *         through, beside a bitmap that is allocated and read each time, as others' wrappers do;
 * for the null KVM rest  reading memory beside memcpy (), and "resets": how often a second a guest
 * of 1 MiB that writes to 4 pages can be run and put back, and put back alone */

#include "dirty-guest.h"
#include "turns.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include <linux/kvm.h>

#define MILLISECONDS 20
#define LOG_PAGES ((gsize) 1 << 18)

typedef struct
{
  KvmVm *vm;
  KvmMemory *memory;
  KvmDirtyLog *log;
  gsize length;
  gpointer buffer;
} Data;

static void
collect (gpointer user_data)
{
  Data *data = user_data;

  if (!kvm_dirty_log_collect (data->log, NULL))
    g_error ("kvm_dirty_log_collect ()");
}

static void
collect_and_walk (gpointer user_data)
{
  Data *data = user_data;
  KvmDirtyRange range;

  if (!kvm_dirty_log_collect (data->log, NULL) || kvm_dirty_log_next (data->log, &range))
    g_error ("There is something in the log");
}

static void
collect_bare (gpointer user_data)
{
  Data *data = user_data;
  struct kvm_dirty_log request = { .slot = 0 };
  gpointer bitmap = calloc (LOG_PAGES / 8, 1);

  request.dirty_bitmap = bitmap;
  if (ioctl (kvm_vm_get_fd (data->vm), KVM_GET_DIRTY_LOG, &request) == -1)
    g_error ("KVM_GET_DIRTY_LOG");
  __asm__ volatile("" : : "r"(bitmap) : "memory");
  free (bitmap);
}

static void
read_memory (gpointer user_data)
{
  Data *data = user_data;

  if (!kvm_memory_read (data->memory, 0, data->buffer, data->length, NULL))
    g_error ("kvm_memory_read ()");
}

static void
read_vm (gpointer user_data)
{
  Data *data = user_data;

  if (!kvm_vm_read_memory (data->vm, 0, data->buffer, data->length, NULL))
    g_error ("kvm_vm_read_memory ()");
}

static void
read_bare (gpointer user_data)
{
  Data *data = user_data;

  memcpy (data->buffer, kvm_memory_get_pointer (data->memory), data->length);
  __asm__ volatile("" : : "r"(data->buffer) : "memory");
}

static void
measure_resets (void)
{
  static const guint pages[] = { 3, 17, 40, 63 };
  g_autoptr (DirtyGuest) machine = DIRTY_GUEST (PLAIN, touch);
  g_autoptr (KvmMemorySnapshot) snapshot = kvm_memory_create_snapshot (machine->memory, NULL);
  double begun = now (), of_reset = 0;
  guint64 n_bytes;
  guint n;

  for (n = 0; n % 64 != 0 || now () - begun < 2e9; n++)
    {
      double at;

      dirty_guest_touch (machine, pages, G_N_ELEMENTS (pages));
      at = now ();
      if (!kvm_memory_reset_to (machine->memory, snapshot, &n_bytes, NULL)
          || n_bytes != sizeof pages / sizeof *pages * PAGE)
        g_error ("kvm_memory_reset_to () put %" G_GUINT64_FORMAT " bytes back", n_bytes);
      of_reset += now () - at;
    }
  printf ("resets %.0f %.0f\n", n / (now () - begun) * 1e9, n / of_reset * 1e9);
}

int
main (int argc, char **argv)
{
  gboolean is_log = argc == 2 && strcmp (argv[1], "log") == 0;
  g_autoptr (KvmSystem) system = kvm_system_new (NULL);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, NULL);
  g_autoptr (KvmMemory) memory = kvm_memory_new (is_log ? LOG_PAGES * PAGE : 1 << 20, NULL);
  g_autoptr (KvmMemorySlot) slot
      = kvm_vm_add_memory (vm, 0, memory, KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, NULL);
  g_autoptr (KvmDirtyLog) log = kvm_vm_create_dirty_log (vm, NULL);
  g_autofree gpointer buffer = g_malloc (1 << 20);
  Data data = { vm, memory, log, 0, buffer };

  alarm (120);
  g_assert_true (slot != NULL && log != NULL);
  if (is_log)
    {
      measure_by_turns ("dirty-log", collect, collect_bare, &data, MILLISECONDS);
      measure_by_turns ("dirty-log-walked", collect_and_walk, collect_bare, &data, MILLISECONDS);
      return 0;
    }
  kvm_memory_fill (memory, 0, 1 << 20, 1, NULL);
  for (data.length = 4096; data.length <= 1 << 20; data.length *= 16)
    {
      g_autofree char *key = g_strdup_printf ("read-%" G_GSIZE_FORMAT, data.length);
      g_autofree char *vm_key = g_strdup_printf ("vm-read-%" G_GSIZE_FORMAT, data.length);

      measure_by_turns (key, read_memory, read_bare, &data, MILLISECONDS);
      measure_by_turns (vm_key, read_vm, read_bare, &data, MILLISECONDS);
    }
  measure_resets ();
  return 0;
}
