/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-doorbell.h"
#include "kvm-enum-types.h"
#include "kvm-error-private.h"
#include "kvm-eventfd-private.h"
#include "kvm-ioctl-private.h"

/**
 * KvmDoorbell:
 *
 * A port or an address that a guest rings by writing to it (an ioeventfd), made by
 * [method@Kvm.Vm.add_doorbell]. The vCPU does not stop for it: the kernel notes the write in an
 * eventfd and lets the guest run on, and the program hears of it in a main loop.
 *
 * ```c
 * g_autoptr (KvmDoorbell) doorbell
 *     = kvm_vm_add_doorbell (vm, KVM_IO_SPACE_MMIO, 0xfe003000, 4, &error);
 * g_autoptr (GSource) source = kvm_doorbell_create_source (doorbell);
 *
 * g_source_set_callback (source, on_queue_notified, queue, NULL);
 * g_source_attach (source, NULL);
 * ```
 *
 * What does not ring, such as a read or a write of another length, is an exit as it was before.
 *
 * This is a handle: the doorbell owns its eventfd, and the virtual machine owns the doorbell until
 * [method@Kvm.Doorbell.remove], or until it is closed or ends itself. To drop the handle changes
 * nothing: the guest still rings, and sources still fire. The handle does not keep the virtual
 * machine alive. Once the virtual machine does not have the doorbell any more, its methods fail
 * with %KVM_ERROR_CLOSED, its sources fire no more, and only its getters answer.
 *
 * A doorbell may be used from any thread.
 *
 * Since: 0.1
 */

struct _KvmDoorbell
{
  GObject parent_instance;
  KvmEventfd *eventfd; /* owned; NULL if it was never added */
};

typedef enum
{
  PROP_SPACE = 1,
  PROP_ADDRESS,
  PROP_LENGTH,
} KvmDoorbellProperty;

static GParamSpec *properties[PROP_LENGTH + 1];

G_DEFINE_FINAL_TYPE (KvmDoorbell, kvm_doorbell, G_TYPE_OBJECT)

#define N_PORTS 0x10000

static void
kvm_doorbell_finalize (GObject *object)
{
  KvmDoorbell *self = KVM_DOORBELL (object);

  g_clear_pointer (&self->eventfd, _kvm_eventfd_unref);

  G_OBJECT_CLASS (kvm_doorbell_parent_class)->finalize (object);
}

static void
kvm_doorbell_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  KvmDoorbell *self = KVM_DOORBELL (object);

  switch ((KvmDoorbellProperty) id)
    {
    case PROP_SPACE:
      g_value_set_enum (value, kvm_doorbell_get_space (self));
      break;
    case PROP_ADDRESS:
      g_value_set_uint64 (value, kvm_doorbell_get_address (self));
      break;
    case PROP_LENGTH:
      g_value_set_uint (value, kvm_doorbell_get_length (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_doorbell_class_init (KvmDoorbellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = kvm_doorbell_finalize;
  object_class->get_property = kvm_doorbell_get_property;

  /**
   * KvmDoorbell:space:
   *
   * Whether the doorbell is at a port or at a guest-physical address.
   *
   * Since: 0.1
   */
  properties[PROP_SPACE]
      = g_param_spec_enum ("space", NULL, NULL, KVM_TYPE_IO_SPACE, KVM_IO_SPACE_PORT,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * KvmDoorbell:address:
   *
   * The port or the guest-physical address of the doorbell.
   *
   * Since: 0.1
   */
  properties[PROP_ADDRESS] = g_param_spec_uint64 ("address", NULL, NULL, 0, G_MAXUINT64, 0,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * KvmDoorbell:length:
   *
   * How many bytes a write has that rings; 0 if any write does.
   *
   * Since: 0.1
   */
  properties[PROP_LENGTH] = g_param_spec_uint ("length", NULL, NULL, 0, 8, 0,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
kvm_doorbell_init (KvmDoorbell *self)
{
}

static gboolean
check_place (KvmIoSpace space, guint64 address, guint length, GError **error)
{

  if (space != KVM_IO_SPACE_PORT && space != KVM_IO_SPACE_MMIO)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "There is no I/O space %d", (int) space);
  else if (length != 0 && length != 1 && length != 2 && length != 4 && length != 8)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "The length of a doorbell is 1, 2, 4 or 8, or 0 for any, not %u", length);
  else if (address + length < address) /* nor does the kernel take the very last byte */
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "A doorbell of length %u at 0x%" G_GINT64_MODIFIER
                 "x goes past the end of the address space",
                 length, address);
  else if (space == KVM_IO_SPACE_PORT && address + MAX (length, 1) > N_PORTS)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "A doorbell of length %u at port 0x%" G_GINT64_MODIFIER
                 "x goes past the last port, 0xffff",
                 length, address);
  else if (space == KVM_IO_SPACE_PORT && KVMOBJ_HOST_ARCH != KVMOBJ_ARCH_X86)
    g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                 "A doorbell at port 0x%" G_GINT64_MODIFIER
                 "x: only x86 has ports, and this host is " KVMOBJ_HOST_ARCH_NAME,
                 address);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_value (guint length, guint64 value, GError **error)
{
  if (length == 0)
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                         "A doorbell for one value needs a length; 0 is for any write");
  else if (length < 8 && value >> 8 * length != 0)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "A doorbell of length %u is never rung with 0x%" G_GINT64_MODIFIER
                 "x, which has more",
                 length, value);
  else
    return TRUE;
  return FALSE;
}

static void
add_doorbell_detail (KvmVm *vm, KvmEventfd *eventfd, GError **error)
{
  const char *place = eventfd->doorbell.flags & KVMOBJ_IOEVENTFD_PIO ? "port" : "address";
  guint64 address = eventfd->doorbell.addr;
  guint length = eventfd->doorbell.len;

  if (error == NULL || (*error)->code == KVM_ERROR_CLOSED)
    return;

  if ((*error)->code == KVM_ERROR_EXISTS)
    {
      (*error)->code = KVM_ERROR_OVERLAP;
      _kvm_error_add_detail (error,
                             "%s 0x%" G_GINT64_MODIFIER "x, length %u: a doorbell is there already",
                             place, address, length);
      return;
    }
  if ((*error)->code == KVM_ERROR_INVALID_ARGUMENT && length == 0
      && _kvm_handle_peek_extension (&vm->handle, KVM_CAPABILITY_IOEVENTFD_ANY_LENGTH) == 0)
    {
      (*error)->code = KVM_ERROR_NOT_SUPPORTED;
      _kvm_error_add_detail (error,
                             "%s 0x%" G_GINT64_MODIFIER
                             "x: this kernel has no doorbells for writes of any length "
                             "(KVM_CAP_IOEVENTFD_ANY_LENGTH is 0)",
                             place, address);
      return;
    }
  _kvm_error_add_detail (error, "%s 0x%" G_GINT64_MODIFIER "x, length %u", place, address, length);
}

static KvmDoorbell *
add_doorbell (KvmVm *vm, KvmIoSpace space, guint64 address, guint length, guint32 flags,
              guint64 value, GError **error)
{
  g_autoptr (KvmEventfd) eventfd = NULL;
  KvmDoorbell *self;

  if (!_kvm_handle_check (&vm->handle, "KVM_IOEVENTFD", error))
    return NULL;
  eventfd = _kvm_eventfd_new (vm, KVM_EVENTFD_DOORBELL, FALSE, error);
  if (eventfd == NULL)
    return NULL;

  eventfd->doorbell.addr = address;
  eventfd->doorbell.len = length;
  eventfd->doorbell.datamatch = value;
  eventfd->doorbell.flags = flags | (space == KVM_IO_SPACE_PORT ? KVMOBJ_IOEVENTFD_PIO : 0);
  if (!_kvm_eventfd_add (eventfd, error))
    {
      add_doorbell_detail (vm, eventfd, error);
      return NULL;
    }
  self = g_object_new (KVM_TYPE_DOORBELL, NULL);
  self->eventfd = g_steal_pointer (&eventfd);
  return self;
}

/**
 * kvm_vm_add_doorbell:
 * @vm: a virtual machine
 * @space: whether @address is a port or a guest-physical address
 * @address: a port or a guest-physical address
 * @length: how many bytes a write that rings has: 1, 2, 4 or 8, or 0 for a write of any length
 *   (%KVM_CAPABILITY_IOEVENTFD_ANY_LENGTH)
 * @error: return location for an error
 *
 * Lets the guest ring a doorbell by writing anything to @address (`KVM_IOEVENTFD`;
 * %KVM_CAPABILITY_IOEVENTFD; x86, arm64 and riscv64, ports on x86 alone). The write must begin at
 * @address. There may be others for writes of other lengths. Memory slots come first: what is in
 * one does not ring. See section 4.59 of api.rst.
 *
 * Fails with %KVM_ERROR_OVERLAP if there is one already that would hear the same write;
 * %KVM_ERROR_INVALID if the length is none of these, or the address is too high;
 * %KVM_ERROR_TOO_MANY_FILES if the process has no file descriptor left; %KVM_ERROR_CLOSED; and with
 * %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: (transfer full): a handle on the doorbell
 *
 * Since: 0.1
 */
KvmDoorbell *
kvm_vm_add_doorbell (KvmVm *vm, KvmIoSpace space, guint64 address, guint length, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm), NULL);

  if (!check_place (space, address, length, error))
    return NULL;
  return add_doorbell (vm, space, address, length, 0, 0, error);
}

/**
 * kvm_vm_add_doorbell_for_value:
 * @vm: a virtual machine
 * @space: whether @address is a port or a guest-physical address
 * @address: a port or a guest-physical address
 * @length: how many bytes a write that rings has: 1, 2, 4 or 8
 * @value: what must be written
 * @error: return location for an error
 *
 * Lets the guest ring a doorbell by writing one value to @address (`KVM_IOEVENTFD` with a
 * datamatch; %KVM_CAPABILITY_IOEVENTFD). There may be others there for other values, such as one
 * for each queue of a device. See section 4.59 of api.rst.
 *
 * Fails as [method@Kvm.Vm.add_doorbell] does, and with %KVM_ERROR_INVALID if the length is 0, or if
 * @value has more bytes than that.
 *
 * Returns: (transfer full): a handle on the doorbell
 *
 * Since: 0.1
 */
KvmDoorbell *
kvm_vm_add_doorbell_for_value (KvmVm *vm, KvmIoSpace space, guint64 address, guint length,
                               guint64 value, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm), NULL);

  if (!check_place (space, address, length, error) || !check_value (length, value, error))
    return NULL;
  return add_doorbell (vm, space, address, length, KVMOBJ_IOEVENTFD_DATAMATCH, value, error);
}

/**
 * kvm_doorbell_remove:
 * @self: a doorbell
 * @error: return location for an error
 *
 * Takes the doorbell away from the guest, whose writes are then exits (`KVM_IOEVENTFD` with
 * deassign). The sources fire no more, and their contexts let go of them; a callback that has begun
 * in another thread may still be running. See section 4.59 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED if the doorbell is removed already, or if its virtual machine is
 * closed or has ended.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_doorbell_remove (KvmDoorbell *self, GError **error)
{
  g_return_val_if_fail (KVM_IS_DOORBELL (self), FALSE);

  return _kvm_eventfd_remove (self->eventfd, "doorbell", error);
}

/**
 * kvm_doorbell_get_space:
 * @self: a doorbell
 *
 * Gets whether the doorbell is at a port or at a guest-physical address.
 *
 * Returns: the I/O space
 *
 * Since: 0.1
 */
KvmIoSpace
kvm_doorbell_get_space (KvmDoorbell *self)
{
  g_return_val_if_fail (KVM_IS_DOORBELL (self), KVM_IO_SPACE_PORT);

  return self->eventfd == NULL || self->eventfd->doorbell.flags & KVMOBJ_IOEVENTFD_PIO
             ? KVM_IO_SPACE_PORT
             : KVM_IO_SPACE_MMIO;
}

/**
 * kvm_doorbell_get_address:
 * @self: a doorbell
 *
 * Gets where the doorbell is.
 *
 * Returns: the port or the guest-physical address
 *
 * Since: 0.1
 */
guint64
kvm_doorbell_get_address (KvmDoorbell *self)
{
  g_return_val_if_fail (KVM_IS_DOORBELL (self), 0);

  return self->eventfd != NULL ? self->eventfd->doorbell.addr : 0;
}

/**
 * kvm_doorbell_get_length:
 * @self: a doorbell
 *
 * Gets how many bytes a write has that rings.
 *
 * Returns: 1, 2, 4 or 8; 0 if a write of any length rings
 *
 * Since: 0.1
 */
guint
kvm_doorbell_get_length (KvmDoorbell *self)
{
  g_return_val_if_fail (KVM_IS_DOORBELL (self), 0);

  return self->eventfd != NULL ? self->eventfd->doorbell.len : 0;
}

/**
 * kvm_doorbell_get_fd:
 * @self: a doorbell
 *
 * Lends the eventfd, for something else that polls it. It is the doorbell's: do not close it. What
 * is read from it is neither counted nor told to sources. When the doorbell goes quiet, the eventfd
 * becomes readable a last time.
 *
 * Returns: the file descriptor; -1 if the doorbell is removed, or its virtual machine has ended
 *
 * Since: 0.1
 */
int
kvm_doorbell_get_fd (KvmDoorbell *self)
{
  g_return_val_if_fail (KVM_IS_DOORBELL (self), -1);

  return _kvm_eventfd_get_fd (self->eventfd);
}

/**
 * kvm_doorbell_get_count:
 * @self: a doorbell
 *
 * Gets how often the guest has rung. To ask changes nothing for the sources.
 *
 * Do not read [method@Kvm.Doorbell.get_fd] besides. To count, this takes all that is in the eventfd
 * and puts 1 back, so that sources still fire. Who reads that 1 does not learn how often the guest
 * has rung, and the next ring is taken for it and not counted.
 *
 * Returns: how often, since the doorbell was added
 *
 * Since: 0.1
 */
guint64
kvm_doorbell_get_count (KvmDoorbell *self)
{
  g_return_val_if_fail (KVM_IS_DOORBELL (self), 0);

  return _kvm_eventfd_get_count (self->eventfd);
}

/**
 * kvm_doorbell_create_source:
 * @self: a doorbell
 *
 * Creates a source that fires when the guest has rung. Its callback is a `GSourceFunc`, and it may
 * be attached to any `GMainContext`. It does without the handle, which may be dropped. The callback
 * returns %G_SOURCE_CONTINUE to hear of the next ring, too: one that returns nothing, as is easily
 * written in Python and JavaScript, is not called again.
 *
 * The guest does not wait for the callback. What is rung before a callback comes is one: look at
 * [method@Kvm.Doorbell.get_count], or better at what the guest has put into its memory. If there
 * are several sources, each time one of them fires, whichever is first.
 *
 * Once the doorbell is removed, or its virtual machine is closed or has ended, the source fires no
 * more and its context lets go of it. The callback itself may bring that about.
 *
 * Returns: (transfer full): a source
 *
 * Since: 0.1
 */
GSource *
kvm_doorbell_create_source (KvmDoorbell *self)
{
  g_return_val_if_fail (KVM_IS_DOORBELL (self), NULL);

  return _kvm_eventfd_create_source (self->eventfd, "KvmDoorbell");
}
