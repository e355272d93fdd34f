/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Files that are copied into memory: firmware, kernels, disks. */

#include "config.h"

#include "kvm-error-private.h"
#include "kvm-memory-private.h"

#define CHUNK_SIZE ((gsize) 256 * 1024)

typedef struct
{
  guint64 offset;
  GFile *file; /* owned */
  guint64 n_bytes;
} Load;

static void
load_free (Load *self)
{
  g_object_unref (self->file);
  g_free (self);
}

static gboolean
check_size (KvmMemory *self, guint64 offset, GFile *file, guint64 size, gboolean is_more,
            GError **error)
{
  g_autofree char *name = NULL;

  if (!_kvm_memory_check_range (self, offset, 0, error))
    return FALSE;
  if (size <= self->size - offset)
    return TRUE;

  name = g_file_get_parse_name (file);
  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "%s has %s%" G_GUINT64_FORMAT " bytes, and there is room for %" G_GUINT64_FORMAT
               " at 0x%" G_GINT64_MODIFIER "x of the memory",
               name, is_more ? "at least " : "", size, self->size - offset, offset);
  return FALSE;
}

/* Streams that do not know their size are read until they end. */
static gboolean
check_stream (KvmMemory *self, guint64 offset, GFile *file, GFileInputStream *stream,
              GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInfo) info
      = g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, cancellable, NULL);

  return info == NULL || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_STANDARD_SIZE)
         || check_size (self, offset, file, g_file_info_get_size (info), FALSE, error);
}

static gboolean
load (KvmMemory *self, guint64 offset, GFile *file, GCancellable *cancellable, guint64 *n_bytes,
      GError **error)
{
  g_autoptr (GFileInputStream) stream = NULL;
  g_autofree guint8 *chunk = NULL;
  gssize n;

  if (!check_size (self, offset, file, 0, FALSE, error))
    return FALSE;
  stream = g_file_read (file, cancellable, error);
  if (stream == NULL || !check_stream (self, offset, file, stream, cancellable, error))
    return FALSE;

  chunk = g_try_malloc (CHUNK_SIZE);
  if (chunk == NULL)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                           "There is no room for a part of the file");
      return FALSE;
    }
  while ((n = g_input_stream_read (G_INPUT_STREAM (stream), chunk, CHUNK_SIZE, cancellable, error))
         > 0)
    {
      if (!check_size (self, offset, file, *n_bytes + n, TRUE, error)
          || !kvm_memory_write (self, offset + *n_bytes, chunk, n, error))
        return FALSE;
      *n_bytes += n;
    }
  return n == 0;
}

/**
 * kvm_memory_load_file:
 * @self: memory
 * @offset: where the file goes, in bytes from the start of the memory
 * @file: a file
 * @cancellable: (nullable): what ends it early when it is cancelled
 * @n_bytes: (out): how many bytes were loaded, which is the size of the file
 * @error: return location for an error
 *
 * Copies a whole file into the memory.
 *
 * Fails with %KVM_ERROR_INVALID if there is no room for the file, which then is not loaded in part
 * unless its size was not known beforehand; with the errors of [method@Gio.File.read], such as
 * %G_IO_ERROR_NOT_FOUND and %G_IO_ERROR_CANCELLED; and as [method@Kvm.Memory.write] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_memory_load_file (KvmMemory *self, guint64 offset, GFile *file, GCancellable *cancellable,
                      guint64 *n_bytes, GError **error)
{
  g_return_val_if_fail (n_bytes != NULL, FALSE);
  *n_bytes = 0;
  g_return_val_if_fail (KVM_IS_MEMORY (self), FALSE);
  g_return_val_if_fail (G_IS_FILE (file), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  return load (self, offset, file, cancellable, n_bytes, error);
}

static void
load_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Load *self = data;
  GError *error = NULL;

  if (load (source, self->offset, self->file, cancellable, &self->n_bytes, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * kvm_memory_load_file_async:
 * @self: memory
 * @offset: where the file goes, in bytes from the start of the memory
 * @file: a file
 * @io_priority: such as `G_PRIORITY_DEFAULT`
 * @cancellable: (nullable): what ends it early when it is cancelled
 * @callback: (nullable) (scope async): what is called when the file is loaded
 * @user_data: what @callback is called with
 *
 * Copies a whole file into the memory, in the background.
 *
 * Since: 0.1
 */
void
kvm_memory_load_file_async (KvmMemory *self, guint64 offset, GFile *file, int io_priority,
                            GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Load *load;

  g_return_if_fail (KVM_IS_MEMORY (self));
  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  load = g_new0 (Load, 1);
  load->offset = offset;
  load->file = g_object_ref (file);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, kvm_memory_load_file_async);
  g_task_set_name (task, "kvm_memory_load_file_async");
  g_task_set_priority (task, io_priority);
  g_task_set_task_data (task, load, (GDestroyNotify) load_free);
  g_task_run_in_thread (task, load_in_thread);
}

/**
 * kvm_memory_load_file_finish:
 * @self: memory
 * @result: what the callback was given
 * @n_bytes: (out): how many bytes were loaded, which is the size of the file
 * @error: return location for an error
 *
 * Gets what [method@Kvm.Memory.load_file_async] came to.
 *
 * Fails as [method@Kvm.Memory.load_file] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_memory_load_file_finish (KvmMemory *self, GAsyncResult *result, guint64 *n_bytes,
                             GError **error)
{
  g_return_val_if_fail (n_bytes != NULL, FALSE);
  *n_bytes = 0;
  g_return_val_if_fail (KVM_IS_MEMORY (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *n_bytes = ((Load *) g_task_get_task_data (G_TASK (result)))->n_bytes;
  return TRUE;
}
