/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A disk, a source of entropy and a console: virtio 1.2, sections 5.2 to 5.4. */

#include "virtio.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#define CHUNK 65536

/* The disk */

#define BLOCK_ID 2
#define BLOCK_FLUSH_FEATURE (1 << 9)
#define SECTOR 512
#define REQUEST_READ 0
#define REQUEST_WRITE 1
#define REQUEST_FLUSH 4
#define REQUEST_GET_ID 8
#define DONE 0
#define FAILED 1
#define UNSUPPORTED 2

typedef struct
{
  guint32 type;
  guint32 reserved;
  guint64 sector;
} BlockHeader;

G_DECLARE_FINAL_TYPE (VirtioBlock, virtio_block, VIRTIO, BLOCK, VirtioDevice)

struct _VirtioBlock
{
  VirtioDevice parent_instance;
  char *path; /* owned */
  int fd;     /* owned */
  guint64 n_sectors;
  gboolean has_failed; /* which was told */
};

G_DEFINE_FINAL_TYPE (VirtioBlock, virtio_block, VIRTIO_TYPE_DEVICE)

static void
virtio_block_finalize (GObject *object)
{
  VirtioBlock *self = VIRTIO_BLOCK (object);

  if (self->fd != -1)
    close (self->fd);
  g_free (self->path);

  G_OBJECT_CLASS (virtio_block_parent_class)->finalize (object);
}

static gboolean
fail (VirtioBlock *self, const char *what)
{
  if (!self->has_failed)
    g_printerr ("The disk %s: %s\n", self->path, what);
  self->has_failed = TRUE;
  return FALSE;
}

/* Copies between the file and the buffers, piece by piece. */
static gboolean
copy (VirtioBlock *self, const VirtioRequest *request, guint64 position, guint64 length,
      gboolean is_write)
{
  VirtioDevice *device = VIRTIO_DEVICE (self);
  g_autofree guint8 *chunk = g_malloc (CHUNK);

  for (guint64 done = 0; done < length;)
    {
      gsize part = MIN (length - done, CHUNK);
      gssize n;

      if (is_write
          && virtio_device_read (device, request, sizeof (BlockHeader) + done, chunk, part)
                 != (gssize) part)
        return FALSE;
      n = is_write ? pwrite (self->fd, chunk, part, position + done)
                   : pread (self->fd, chunk, part, position + done);
      if (n <= 0)
        return fail (self, n == 0 ? "it has become shorter" : g_strerror (errno));
      if (!is_write && virtio_device_write (device, request, done, chunk, n) != n)
        return FALSE;
      done += n;
    }
  return TRUE;
}

static gboolean
transfer_sectors (VirtioBlock *self, const VirtioRequest *request, guint64 sector, guint64 length,
                  gboolean is_write)
{
  if (length % SECTOR != 0 || sector > self->n_sectors
      || length / SECTOR > self->n_sectors - sector)
    return FALSE;
  return copy (self, request, sector * SECTOR, length, is_write);
}

static guint8
serve_block (VirtioBlock *self, const VirtioRequest *request, guint64 in_length)
{
  guint64 out_length = virtio_request_get_out_length (request);
  BlockHeader header;
  char id[20] = "libkvmobj";

  if (virtio_device_read (VIRTIO_DEVICE (self), request, 0, &header, sizeof header)
      != sizeof header)
    return FAILED;
  switch (header.type)
    {
    case REQUEST_READ:
      return transfer_sectors (self, request, header.sector, in_length, FALSE) ? DONE : FAILED;
    case REQUEST_WRITE:
      return transfer_sectors (self, request, header.sector, out_length - sizeof header, TRUE)
                 ? DONE
                 : FAILED;
    case REQUEST_FLUSH:
      return fdatasync (self->fd) == 0 || fail (self, g_strerror (errno)) ? DONE : FAILED;
    case REQUEST_GET_ID:
      virtio_device_write (VIRTIO_DEVICE (self), request, 0, id, MIN (sizeof id, in_length));
      return DONE;
    default:
      return UNSUPPORTED;
    }
}

static void
virtio_block_serve (VirtioDevice *device)
{
  VirtioRequest request;

  while (virtio_device_pop (device, 0, &request))
    {
      guint64 length = virtio_request_get_in_length (&request);
      guint8 status;

      /* The status is the last byte. */
      if (length != 0)
        {
          status = serve_block (VIRTIO_BLOCK (device), &request, length - 1);
          virtio_device_write (device, &request, length - 1, &status, 1);
        }
      virtio_device_push (device, 0, &request, MIN (length, G_MAXUINT32));
    }
}

static void
virtio_block_get_config (VirtioDevice *device, guint8 config[16])
{
  memcpy (config, &VIRTIO_BLOCK (device)->n_sectors, sizeof (guint64));
}

static void
virtio_block_class_init (VirtioBlockClass *klass)
{
  VirtioDeviceClass *device_class = VIRTIO_DEVICE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = virtio_block_finalize;
  device_class->device_id = BLOCK_ID;
  device_class->n_queues = 1;
  device_class->features = BLOCK_FLUSH_FEATURE;
  device_class->serve = virtio_block_serve;
  device_class->get_config = virtio_block_get_config;
}

static void
virtio_block_init (VirtioBlock *self)
{
  self->fd = -1;
}

VirtioDevice *
virtio_block_new (const char *path, GError **error)
{
  g_autoptr (VirtioBlock) self = g_object_new (virtio_block_get_type (), NULL);
  off_t size = -1;
  int errsv;

  self->path = g_strdup (path);
  self->fd = open (path, O_RDWR | O_CLOEXEC);
  if (self->fd != -1 && flock (self->fd, LOCK_EX | LOCK_NB) == 0)
    size = lseek (self->fd, 0, SEEK_END);
  errsv = errno;
  if (size < SECTOR)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errsv), "The disk %s: %s", path,
                   size >= 0              ? "it has no sector"
                   : errsv == EWOULDBLOCK ? "another program uses it"
                                          : g_strerror (errsv));
      return NULL;
    }
  self->n_sectors = size / SECTOR;
  return VIRTIO_DEVICE (g_steal_pointer (&self));
}

/* Entropy */

#define ENTROPY_ID 4

G_DECLARE_FINAL_TYPE (VirtioEntropy, virtio_entropy, VIRTIO, ENTROPY, VirtioDevice)

struct _VirtioEntropy
{
  VirtioDevice parent_instance;
};

G_DEFINE_FINAL_TYPE (VirtioEntropy, virtio_entropy, VIRTIO_TYPE_DEVICE)

static void
virtio_entropy_serve (VirtioDevice *device)
{
  VirtioRequest request;
  guint8 bytes[256];

  while (virtio_device_pop (device, 0, &request))
    {
      guint64 length = virtio_request_get_in_length (&request);
      gssize n = getrandom (bytes, MIN (length, sizeof bytes), 0);

      n = n > 0 ? virtio_device_write (device, &request, 0, bytes, n) : 0;
      virtio_device_push (device, 0, &request, MAX (n, 0));
    }
}

static void
virtio_entropy_class_init (VirtioEntropyClass *klass)
{
  VirtioDeviceClass *device_class = VIRTIO_DEVICE_CLASS (klass);

  device_class->device_id = ENTROPY_ID;
  device_class->n_queues = 1;
  device_class->serve = virtio_entropy_serve;
}

static void
virtio_entropy_init (VirtioEntropy *self)
{
}

VirtioDevice *
virtio_entropy_new (void)
{
  return g_object_new (virtio_entropy_get_type (), NULL);
}

/* The console */

#define CONSOLE_ID 3
#define INPUT 0
#define OUTPUT 1

G_DECLARE_FINAL_TYPE (VirtioConsole, virtio_console, VIRTIO, CONSOLE, VirtioDevice)

struct _VirtioConsole
{
  VirtioDevice parent_instance;
  GIOStream *stream;         /* owned */
  GCancellable *cancellable; /* owned */
  GBytes *input;             /* owned: what the guest has not taken yet; NULL if there is none */
  gboolean is_reading;
};

G_DEFINE_FINAL_TYPE (VirtioConsole, virtio_console, VIRTIO_TYPE_DEVICE)

static void
virtio_console_dispose (GObject *object)
{
  VirtioConsole *self = VIRTIO_CONSOLE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->stream);
  g_clear_pointer (&self->input, g_bytes_unref);

  G_OBJECT_CLASS (virtio_console_parent_class)->dispose (object);
}

static void read_input (VirtioConsole *self);

/* Input goes to the guest as far as it has buffers for it. */
static void
give_input (VirtioConsole *self)
{
  VirtioDevice *device = VIRTIO_DEVICE (self);
  VirtioRequest request;

  while (self->input != NULL && virtio_device_pop (device, INPUT, &request))
    {
      gsize size;
      gconstpointer data = g_bytes_get_data (self->input, &size);
      gssize n = MAX (virtio_device_write (device, &request, 0, data, size), 0);
      GBytes *rest = (gsize) n < size ? g_bytes_new_from_bytes (self->input, n, size - n) : NULL;

      g_bytes_unref (self->input);
      self->input = rest;
      virtio_device_push (device, INPUT, &request, n);
    }
  if (self->input == NULL)
    read_input (self);
}

static void
on_input (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (stream), result, NULL);
  VirtioConsole *self = user_data;

  /* At an error or the end there is no more; and after a cancellation no console, either. */
  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    return;
  self->is_reading = FALSE;
  self->input = g_steal_pointer (&bytes);
  give_input (self);
}

static void
read_input (VirtioConsole *self)
{
  if (self->is_reading)
    return;
  self->is_reading = TRUE;
  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (self->stream), 4096,
                                   G_PRIORITY_DEFAULT, self->cancellable, on_input, self);
}

static void
virtio_console_serve (VirtioDevice *device)
{
  VirtioConsole *self = VIRTIO_CONSOLE (device);
  GOutputStream *output = g_io_stream_get_output_stream (self->stream);
  VirtioRequest request;
  guint8 chunk[4096];

  while (virtio_device_pop (device, OUTPUT, &request))
    {
      gssize n;

      for (guint64 done = 0;
           (n = virtio_device_read (device, &request, done, chunk, sizeof chunk)) > 0; done += n)
        if (!g_output_stream_write_all (output, chunk, n, NULL, NULL, NULL))
          break;
      virtio_device_push (device, OUTPUT, &request, 0);
    }
  give_input (self);
}

static void
virtio_console_class_init (VirtioConsoleClass *klass)
{
  VirtioDeviceClass *device_class = VIRTIO_DEVICE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = virtio_console_dispose;
  device_class->device_id = CONSOLE_ID;
  device_class->n_queues = 2;
  device_class->serve = virtio_console_serve;
}

static void
virtio_console_init (VirtioConsole *self)
{
  self->cancellable = g_cancellable_new ();
}

VirtioDevice *
virtio_console_new (GIOStream *stream)
{
  VirtioConsole *self = g_object_new (virtio_console_get_type (), NULL);

  self->stream = g_object_ref (stream);
  return VIRTIO_DEVICE (self);
}
