/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Virtio devices behind MMIO: what all of them share. A device is on the I/O bus; its guest rings a
 * doorbell, which a main context hears, and is interrupted when a request is done. Nothing in the
 * guest's memory is believed: what is broken there breaks the device until the guest resets it. */

#include <kvmobj/kvmobj.h>

G_BEGIN_DECLS

#define VIRTIO_MMIO_SIZE 0x200
#define VIRTIO_MAX_QUEUES 2
#define VIRTIO_QUEUE_SIZE 128
#define VIRTIO_F_VERSION_1 (G_GUINT64_CONSTANT (1) << 32)

typedef struct
{
  guint64 address; /* guest-physical */
  guint32 length;
} VirtioBuffer;

/* What the guest asks for: buffers to read from, and then those to write to. */
typedef struct
{
  guint16 head;
  guint n_out, n_in;
  VirtioBuffer out[VIRTIO_QUEUE_SIZE];
  VirtioBuffer in[VIRTIO_QUEUE_SIZE];
} VirtioRequest;

#define VIRTIO_TYPE_DEVICE (virtio_device_get_type ())
G_DECLARE_DERIVABLE_TYPE (VirtioDevice, virtio_device, VIRTIO, DEVICE, GObject)

struct _VirtioDeviceClass
{
  GObjectClass parent_class;
  guint device_id;
  guint n_queues;
  guint64 features;

  /* Serves what is in the queues; in the thread of the main context. */
  void (*serve) (VirtioDevice *self);
  /* Fills in the device's own fields, which are 0 before. */
  void (*get_config) (VirtioDevice *self, guint8 config[16]);
};

/* Puts the device in the machine, with this interrupt; the doorbell is heard in the main context
 * that is the thread's default. */
gboolean virtio_device_attach (VirtioDevice *self, KvmVm *vm, guint64 address, guint gsi,
                               GError **error);

/* What the device holds for its guest, and the same put into another of its kind, which then serves
 * what waits in the queues. No request may be going on. */
GVariant *virtio_device_save_state (VirtioDevice *self);
gboolean virtio_device_restore_state (VirtioDevice *self, GVariant *state, GError **error);

/* The next request, or FALSE: there is none, or the queue is broken. */
gboolean virtio_device_pop (VirtioDevice *self, guint queue, VirtioRequest *request);

/* A request is done, and so many bytes of its buffers were written to. */
void virtio_device_push (VirtioDevice *self, guint queue, const VirtioRequest *request,
                         guint32 n_written);

/* Copies from and to the buffers of a request, from @offset on. They return how many bytes there
 * were; or -1 if a buffer is not in the guest's memory. */
gssize virtio_device_read (VirtioDevice *self, const VirtioRequest *request, guint64 offset,
                           gpointer data, gsize length);
gssize virtio_device_write (VirtioDevice *self, const VirtioRequest *request, guint64 offset,
                            gconstpointer data, gsize length);

/* How many bytes there are to write to. */
guint64 virtio_request_get_in_length (const VirtioRequest *request);
guint64 virtio_request_get_out_length (const VirtioRequest *request);

/* The devices. A disk's file is locked against others, and opened to be written to. */
VirtioDevice *virtio_block_new (const char *path, GError **error);
VirtioDevice *virtio_entropy_new (void);
VirtioDevice *virtio_console_new (GIOStream *stream);

G_END_DECLS
