/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Virtio 1.2, sections 2.7 (split queues) and 4.2 (MMIO). */

#include "virtio.h"

#include <string.h>

/* Registers */
#define MAGIC 0x000
#define VERSION 0x004
#define DEVICE_ID 0x008
#define VENDOR_ID 0x00c
#define DEVICE_FEATURES 0x010
#define DEVICE_FEATURES_SELECT 0x014
#define DRIVER_FEATURES 0x020
#define DRIVER_FEATURES_SELECT 0x024
#define QUEUE_SELECT 0x030
#define QUEUE_SIZE_MAX 0x034
#define QUEUE_SIZE 0x038
#define QUEUE_READY 0x044
#define QUEUE_NOTIFY 0x050
#define INTERRUPT_STATUS 0x060
#define INTERRUPT_ACKNOWLEDGE 0x064
#define STATUS 0x070
#define QUEUE_DESCRIPTORS 0x080 /* each has an upper half behind it */
#define QUEUE_AVAILABLE 0x090
#define QUEUE_USED 0x0a0
#define CONFIG 0x100
#define CONFIG_SIZE 16

#define STATUS_NEEDS_RESET 0x40
#define INTERRUPT_USED 1
#define INTERRUPT_CONFIG 2

#define DESCRIPTOR_NEXT 1
#define DESCRIPTOR_WRITE 2

typedef struct
{
  guint64 address;
  guint32 length;
  guint16 flags;
  guint16 next;
} Descriptor;

typedef struct
{
  guint32 size;
  guint32 ready;
  guint64 addresses[3]; /* of the descriptors, and the available and the used ring */
  guint16 n_popped;
  guint16 n_pushed;
} Queue;

typedef struct
{
  KvmVm *vm;              /* not owned: it has the device; NULL until it does */
  KvmIrqTrigger *trigger; /* owned */
  KvmDoorbell *doorbell;  /* owned */
  GSource *source;        /* owned */

  GMutex lock; /* for what follows, which vCPUs and the main context use */
  guint32 status, interrupt_status;
  guint32 features_select, driver_features_select, queue_select;
  Queue queues[VIRTIO_MAX_QUEUES];
} VirtioDevicePrivate;

static void virtio_device_io_device_init (KvmIoDeviceInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (VirtioDevice, virtio_device, G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (VirtioDevice)
                                      G_IMPLEMENT_INTERFACE (KVM_TYPE_IO_DEVICE,
                                                             virtio_device_io_device_init))

static VirtioDevicePrivate *
get_private (gpointer self)
{
  return virtio_device_get_instance_private (self);
}

static void
virtio_device_finalize (GObject *object)
{
  VirtioDevicePrivate *priv = get_private (object);

  if (priv->source != NULL)
    g_source_destroy (priv->source);
  g_clear_pointer (&priv->source, g_source_unref);
  g_clear_object (&priv->doorbell);
  g_clear_object (&priv->trigger);
  g_mutex_clear (&priv->lock);

  G_OBJECT_CLASS (virtio_device_parent_class)->finalize (object);
}

static void
virtio_device_class_init (VirtioDeviceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = virtio_device_finalize;
}

static void
virtio_device_init (VirtioDevice *self)
{
  g_mutex_init (&get_private (self)->lock);
}

static void
interrupt (VirtioDevicePrivate *priv, guint32 why)
{
  priv->interrupt_status |= why;
  if (priv->trigger != NULL)
    kvm_irq_trigger_raise (priv->trigger, NULL);
}

/* Until the guest resets it. */
static gboolean
break_device (VirtioDevicePrivate *priv)
{
  if ((priv->status & STATUS_NEEDS_RESET) == 0)
    {
      priv->status |= STATUS_NEEDS_RESET;
      interrupt (priv, INTERRUPT_CONFIG);
    }
  return FALSE;
}

static guint32
read_register (VirtioDevice *self, VirtioDevicePrivate *priv, guint64 offset)
{
  VirtioDeviceClass *klass = VIRTIO_DEVICE_GET_CLASS (self);
  gboolean has_queue = priv->queue_select < klass->n_queues;

  switch (offset)
    {
    case MAGIC:
      return 0x74726976; /* "virt" */
    case VERSION:
      return 2;
    case DEVICE_ID:
      return klass->device_id;
    case VENDOR_ID:
      return 0x4d56424b;
    case DEVICE_FEATURES:
      if (priv->features_select > 1)
        return 0;
      return (klass->features | VIRTIO_F_VERSION_1) >> 32 * priv->features_select;
    case QUEUE_SIZE_MAX:
      return has_queue ? VIRTIO_QUEUE_SIZE : 0;
    case QUEUE_READY:
      return has_queue ? priv->queues[priv->queue_select].ready : 0;
    case INTERRUPT_STATUS:
      return priv->interrupt_status;
    case STATUS:
      return priv->status;
    default:
      return 0;
    }
}

static gboolean
is_queue_size (guint32 size)
{
  return size != 0 && size <= VIRTIO_QUEUE_SIZE && (size & (size - 1)) == 0;
}

/* A queue does not change while it is ready. */
static void
write_queue_register (VirtioDevicePrivate *priv, guint64 offset, guint32 value)
{
  Queue *queue = &priv->queues[priv->queue_select];
  guint which = (offset - QUEUE_DESCRIPTORS) / 0x10;
  guint64 *address = &queue->addresses[MIN (which, 2)];

  if (queue->ready && offset != QUEUE_READY)
    return;
  switch (offset)
    {
    case QUEUE_SIZE:
      queue->size = value;
      break;
    case QUEUE_READY:
      queue->ready = value & 1;
      queue->n_popped = queue->n_pushed = 0;
      if (!is_queue_size (queue->size))
        queue->ready = break_device (priv);
      break;
    case QUEUE_DESCRIPTORS:
    case QUEUE_AVAILABLE:
    case QUEUE_USED:
      *address = (*address & ~(guint64) G_MAXUINT32) | value;
      break;
    case QUEUE_DESCRIPTORS + 4:
    case QUEUE_AVAILABLE + 4:
    case QUEUE_USED + 4:
      *address = (*address & G_MAXUINT32) | (guint64) value << 32;
      break;
    default:
      break;
    }
}

static void
write_register (VirtioDevice *self, VirtioDevicePrivate *priv, guint64 offset, guint32 value)
{
  switch (offset)
    {
    case DEVICE_FEATURES_SELECT:
      priv->features_select = value;
      break;
    case QUEUE_SELECT:
      priv->queue_select = value;
      break;
    case INTERRUPT_ACKNOWLEDGE:
      priv->interrupt_status &= ~value;
      break;
    case STATUS:
      priv->status = value;
      if (value == 0) /* a reset */
        {
          memset (priv->queues, 0, sizeof priv->queues);
          priv->interrupt_status = 0;
        }
      break;
    default:
      if (priv->queue_select < VIRTIO_DEVICE_GET_CLASS (self)->n_queues)
        write_queue_register (priv, offset, value);
      break;
    }
}

static guint64
virtio_device_io_read (KvmIoDevice *device, guint64 offset, guint size)
{
  VirtioDevice *self = VIRTIO_DEVICE (device);
  VirtioDevicePrivate *priv = get_private (self);
  guint8 config[CONFIG_SIZE] = { 0 };
  guint64 value = 0;

  if (offset >= CONFIG)
    {
      if (VIRTIO_DEVICE_GET_CLASS (self)->get_config != NULL)
        VIRTIO_DEVICE_GET_CLASS (self)->get_config (self, config);
      for (guint i = 0; i < size && offset - CONFIG + i < CONFIG_SIZE; i++)
        value |= (guint64) config[offset - CONFIG + i] << 8 * i;
      return value;
    }
  if (size != 4)
    return 0;
  g_mutex_lock (&priv->lock);
  value = read_register (self, priv, offset);
  g_mutex_unlock (&priv->lock);
  return value;
}

static gboolean
virtio_device_io_write (KvmIoDevice *device, guint64 offset, guint size, guint64 value)
{
  VirtioDevicePrivate *priv = get_private (device);

  if (size == 4 && offset < CONFIG)
    {
      g_mutex_lock (&priv->lock);
      write_register (VIRTIO_DEVICE (device), priv, offset, value);
      g_mutex_unlock (&priv->lock);
    }
  return FALSE;
}

static void
virtio_device_io_device_init (KvmIoDeviceInterface *iface)
{
  iface->read = virtio_device_io_read;
  iface->write = virtio_device_io_write;
}

static gboolean
on_ring (gpointer self)
{
  kvm_doorbell_get_count (get_private (self)->doorbell);
  VIRTIO_DEVICE_GET_CLASS (self)->serve (self);
  return G_SOURCE_CONTINUE;
}

gboolean
virtio_device_attach (VirtioDevice *self, KvmVm *vm, guint64 address, guint gsi, GError **error)
{
  VirtioDevicePrivate *priv = get_private (self);

  priv->vm = vm;
  priv->trigger = kvm_vm_add_irq_trigger (vm, gsi, KVM_IRQ_TRIGGER_FLAGS_NONE, error);
  priv->doorbell = priv->trigger == NULL ? NULL
                                         : kvm_vm_add_doorbell (vm, KVM_IO_SPACE_MMIO,
                                                                address + QUEUE_NOTIFY, 4, error);
  if (priv->doorbell == NULL)
    return FALSE;
  priv->source = kvm_doorbell_create_source (priv->doorbell);
  g_source_set_callback (priv->source, on_ring, self, NULL);
  g_source_attach (priv->source, g_main_context_get_thread_default ());
  return kvm_io_bus_add_device (kvm_vm_get_io_bus (vm), KVM_IO_SPACE_MMIO, address,
                                VIRTIO_MMIO_SIZE, KVM_IO_DEVICE (self), KVM_IO_DEVICE_FLAGS_NONE,
                                error);
}

#define STATE_TYPE G_VARIANT_TYPE ("(uuuuuua(uutttqq))")

GVariant *
virtio_device_save_state (VirtioDevice *self)
{
  VirtioDevicePrivate *priv = get_private (self);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (STATE_TYPE);

  g_variant_builder_add (&builder, "u", VIRTIO_DEVICE_GET_CLASS (self)->device_id);
  g_variant_builder_add (&builder, "u", priv->status);
  g_variant_builder_add (&builder, "u", priv->interrupt_status);
  g_variant_builder_add (&builder, "u", priv->features_select);
  g_variant_builder_add (&builder, "u", priv->driver_features_select);
  g_variant_builder_add (&builder, "u", priv->queue_select);
  g_variant_builder_open (&builder, G_VARIANT_TYPE ("a(uutttqq)"));
  for (guint i = 0; i < VIRTIO_MAX_QUEUES; i++)
    {
      const Queue *queue = &priv->queues[i];

      g_variant_builder_add (&builder, "(uutttqq)", queue->size, queue->ready, queue->addresses[0],
                             queue->addresses[1], queue->addresses[2], queue->n_popped,
                             queue->n_pushed);
    }
  g_variant_builder_close (&builder);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

gboolean
virtio_device_restore_state (VirtioDevice *self, GVariant *state, GError **error)
{
  VirtioDevicePrivate *priv = get_private (self);
  g_autoptr (GVariantIter) iter = NULL;
  guint32 device_id = 0;

  if (g_variant_is_of_type (state, STATE_TYPE))
    g_variant_get_child (state, 0, "u", &device_id);
  if (device_id != VIRTIO_DEVICE_GET_CLASS (self)->device_id)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "This is no state of a virtio device %u",
                   VIRTIO_DEVICE_GET_CLASS (self)->device_id);
      return FALSE;
    }

  g_variant_get (state, "(uuuuuua(uutttqq))", NULL, &priv->status, &priv->interrupt_status,
                 &priv->features_select, &priv->driver_features_select, &priv->queue_select, &iter);
  for (guint i = 0; i < VIRTIO_MAX_QUEUES; i++)
    {
      Queue *queue = &priv->queues[i];

      if (g_variant_iter_next (iter, "(uutttqq)", &queue->size, &queue->ready, &queue->addresses[0],
                               &queue->addresses[1], &queue->addresses[2], &queue->n_popped,
                               &queue->n_pushed))
        queue->ready = queue->ready && is_queue_size (queue->size);
    }

  /* What it was told of may not have reached it, nor may the device have heard the doorbell. */
  if (priv->interrupt_status != 0)
    interrupt (priv, priv->interrupt_status);
  VIRTIO_DEVICE_GET_CLASS (self)->serve (self);
  return TRUE;
}

static gboolean
read_guest (VirtioDevicePrivate *priv, guint64 address, gpointer data, gsize length)
{
  return kvm_vm_read_memory (priv->vm, address, data, length, NULL);
}

/* Follows the chain of descriptors, which may be a circle. */
static gboolean
read_chain (VirtioDevicePrivate *priv, const Queue *queue, VirtioRequest *request)
{
  guint16 i = request->head;

  request->n_out = request->n_in = 0;
  for (guint n = 0; n < queue->size; n++)
    {
      Descriptor descriptor;

      if (i >= queue->size
          || !read_guest (priv, queue->addresses[0] + i * sizeof descriptor, &descriptor,
                          sizeof descriptor)
          || (descriptor.flags & ~(DESCRIPTOR_NEXT | DESCRIPTOR_WRITE)) != 0)
        return FALSE;
      if ((descriptor.flags & DESCRIPTOR_WRITE) != 0)
        request->in[request->n_in++] = (VirtioBuffer){ descriptor.address, descriptor.length };
      else if (request->n_in != 0) /* what is read comes first */
        return FALSE;
      else
        request->out[request->n_out++] = (VirtioBuffer){ descriptor.address, descriptor.length };
      if ((descriptor.flags & DESCRIPTOR_NEXT) == 0)
        return TRUE;
      i = descriptor.next;
    }
  return FALSE;
}

static gboolean
pop (VirtioDevicePrivate *priv, Queue *queue, VirtioRequest *request)
{
  guint16 n_available, n;

  if (!queue->ready || (priv->status & STATUS_NEEDS_RESET) != 0)
    return FALSE;
  if (!read_guest (priv, queue->addresses[1] + 2, &n_available, 2))
    return break_device (priv);
  n = n_available - queue->n_popped;
  if (n == 0)
    return FALSE;
  __atomic_thread_fence (__ATOMIC_ACQUIRE); /* the entry is there before its number is */
  if (n > queue->size
      || !read_guest (priv, queue->addresses[1] + 4 + queue->n_popped % queue->size * 2,
                      &request->head, 2)
      || !read_chain (priv, queue, request))
    return break_device (priv);
  queue->n_popped++;
  return TRUE;
}

gboolean
virtio_device_pop (VirtioDevice *self, guint queue, VirtioRequest *request)
{
  VirtioDevicePrivate *priv = get_private (self);
  gboolean found;

  g_mutex_lock (&priv->lock);
  found = pop (priv, &priv->queues[queue], request);
  g_mutex_unlock (&priv->lock);
  return found;
}

void
virtio_device_push (VirtioDevice *self, guint which, const VirtioRequest *request,
                    guint32 n_written)
{
  VirtioDevicePrivate *priv = get_private (self);
  Queue *queue = &priv->queues[which];
  guint32 element[2] = { request->head, n_written };
  guint16 n_pushed;
  guint64 used;

  g_mutex_lock (&priv->lock);
  used = queue->addresses[2];
  n_pushed = queue->n_pushed + 1;
  if (!queue->ready) /* it was reset meanwhile */
    ;
  else if (!kvm_vm_write_memory (priv->vm, used + 4 + queue->n_pushed % queue->size * 8,
                                 (guint8 *) element, sizeof element, NULL))
    break_device (priv);
  else
    {
      __atomic_thread_fence (__ATOMIC_RELEASE);
      if (kvm_vm_write_memory (priv->vm, used + 2, (guint8 *) &n_pushed, 2, NULL))
        {
          queue->n_pushed = n_pushed;
          interrupt (priv, INTERRUPT_USED);
        }
      else
        break_device (priv);
    }
  g_mutex_unlock (&priv->lock);
}

static gssize
transfer (VirtioDevice *self, const VirtioBuffer *buffers, guint n_buffers, guint64 offset,
          guint8 *data, gsize length, gboolean is_write)
{
  KvmVm *vm = get_private (self)->vm;
  gsize done = 0;

  for (guint i = 0; i < n_buffers && done < length; i++)
    {
      gsize part;

      if (offset >= buffers[i].length)
        {
          offset -= buffers[i].length;
          continue;
        }
      part = MIN (length - done, buffers[i].length - offset);
      if (buffers[i].address > G_MAXUINT64 - offset
          || !(is_write
                   ? kvm_vm_write_memory (vm, buffers[i].address + offset, data + done, part, NULL)
                   : kvm_vm_read_memory (vm, buffers[i].address + offset, data + done, part, NULL)))
        return -1;
      offset = 0;
      done += part;
    }
  return done;
}

gssize
virtio_device_read (VirtioDevice *self, const VirtioRequest *request, guint64 offset, gpointer data,
                    gsize length)
{
  return transfer (self, request->out, request->n_out, offset, data, length, FALSE);
}

gssize
virtio_device_write (VirtioDevice *self, const VirtioRequest *request, guint64 offset,
                     gconstpointer data, gsize length)
{
  return transfer (self, request->in, request->n_in, offset, (guint8 *) data, length, TRUE);
}

static guint64
get_length (const VirtioBuffer *buffers, guint n_buffers)
{
  guint64 length = 0;

  for (guint i = 0; i < n_buffers; i++)
    length += buffers[i].length;
  return length;
}

guint64
virtio_request_get_in_length (const VirtioRequest *request)
{
  return get_length (request->in, request->n_in);
}

guint64
virtio_request_get_out_length (const VirtioRequest *request)
{
  return get_length (request->out, request->n_out);
}
