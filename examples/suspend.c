/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "suspend.h"

#include <string.h>

#include "virtio.h"

#define MAGIC "kvmguest"
#define MEMORY_START 0x1000
#define PAGE 0x1000

/* The state of the machine, and those of its devices. */
#define STATE_TYPE G_VARIANT_TYPE ("(a{sv}av)")

typedef struct
{
  char magic[8];
  guint64 memory_size;
} Header;

static GVariant *
save_state (KvmVm *vm, GPtrArray *devices, GError **error)
{
  g_autoptr (GVariant) machine = kvm_vm_save_state (vm, NULL, error);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));

  for (guint i = 0; machine != NULL && i < devices->len; i++)
    {
      gpointer device = devices->pdata[i];
      g_autoptr (GVariant) state = KVM_IS_SERIAL (device) ? kvm_serial_save_state (device, error)
                                                          : virtio_device_save_state (device);

      if (state == NULL)
        return NULL;
      g_variant_builder_add (&builder, "v", state);
    }
  return machine != NULL ? g_variant_ref_sink (g_variant_new ("(@a{sv}av)", machine, &builder))
                         : NULL;
}

static gboolean
write_at (GFileOutputStream *stream, goffset offset, gconstpointer data, gsize size, GError **error)
{
  return g_seekable_seek (G_SEEKABLE (stream), offset, G_SEEK_SET, NULL, error)
         && g_output_stream_write_all (G_OUTPUT_STREAM (stream), data, size, NULL, NULL, error);
}

static gboolean
write_memory (GFileOutputStream *stream, KvmMemory *memory, GError **error)
{
  static const guint8 zeros[PAGE];
  const guint8 *pages = kvm_memory_get_pointer (memory);
  gsize size = kvm_memory_get_size (memory), start = 0;

  for (gsize at = 0; at <= size; at += PAGE)
    if (at == size || memcmp (pages + at, zeros, PAGE) == 0)
      {
        if (at > start
            && !write_at (stream, MEMORY_START + start, pages + start, at - start, error))
          return FALSE;
        start = at + PAGE;
      }
  return TRUE;
}

gboolean
suspend_save (const char *path, KvmVm *vm, KvmMemory *memory, GPtrArray *devices, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GVariant) state = save_state (vm, devices, error);
  g_autoptr (GFileOutputStream) stream
      = state ? g_file_replace (file, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, error) : NULL;
  const Header header = { MAGIC, kvm_memory_get_size (memory) };

  /* The header comes last: without it, it is no such file. */
  return stream != NULL && write_memory (stream, memory, error)
         && write_at (stream, MEMORY_START + header.memory_size, g_variant_get_data (state),
                      g_variant_get_size (state), error)
         && write_at (stream, 0, &header, sizeof header, error)
         && g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, error);
}

static void
set_error (GError **error, const char *path)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s has no machine that was stopped", path);
}

static GBytes *
open_file (const char *path, Header *header, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  gsize size = file != NULL ? g_mapped_file_get_length (file) : 0;

  if (file == NULL)
    return NULL;
  if (size >= MEMORY_START)
    memcpy (header, g_mapped_file_get_contents (file), sizeof *header);
  if (size < MEMORY_START || memcmp (header->magic, MAGIC, sizeof header->magic) != 0
      || header->memory_size > size - MEMORY_START || header->memory_size % PAGE != 0)
    {
      set_error (error, path);
      return NULL;
    }
  return g_mapped_file_get_bytes (file);
}

KvmMemory *
suspend_make_memory (const char *path, guint mib, GError **error)
{
  g_autoptr (GFile) file = path != NULL ? g_file_new_for_path (path) : NULL;
  g_autoptr (GBytes) bytes = NULL;
  Header header;

  if (path == NULL)
    return kvm_memory_new ((guint64) mib << 20, error);
  bytes = open_file (path, &header, error);
  if (bytes == NULL)
    return NULL;
  return kvm_memory_new_from_file (file, MEMORY_START, header.memory_size,
                                   KVM_MEMORY_FLAGS_COPY_ON_WRITE, error);
}

gboolean
suspend_restore (const char *path, KvmVm *vm, GPtrArray *devices, GError **error)
{
  Header header;
  g_autoptr (GBytes) bytes = open_file (path, &header, error);
  g_autoptr (GBytes) tail = NULL;
  g_autoptr (GVariant) all = NULL, machine = NULL, states = NULL;
  gsize start;

  if (bytes == NULL)
    return FALSE;
  start = MEMORY_START + header.memory_size;
  tail = g_bytes_new_from_bytes (bytes, start, g_bytes_get_size (bytes) - start);
  all = g_variant_ref_sink (g_variant_new_from_bytes (STATE_TYPE, tail, FALSE));
  if (!g_variant_is_normal_form (all)) /* it was cut off */
    {
      set_error (error, path);
      return FALSE;
    }
  g_variant_get (all, "(@a{sv}@av)", &machine, &states);
  if (g_variant_n_children (states) != devices->len)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "The machine in %s has other devices",
                   path);
      return FALSE;
    }

  /* The devices interrupt the guest if they did when it was stopped. */
  if (!kvm_vm_restore_state (vm, machine, error))
    return FALSE;
  for (guint i = 0; i < devices->len; i++)
    {
      gpointer device = devices->pdata[i];
      g_autoptr (GVariant) state = NULL;

      g_variant_get_child (states, i, "v", &state);
      if (!(KVM_IS_SERIAL (device) ? kvm_serial_restore_state (device, state, error)
                                   : virtio_device_restore_state (device, state, error)))
        return FALSE;
    }
  return TRUE;
}
