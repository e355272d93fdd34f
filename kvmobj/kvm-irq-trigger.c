/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-enum-types.h"
#include "kvm-error-private.h"
#include "kvm-eventfd-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-irq-trigger.h"

/**
 * KvmIrqTrigger:
 *
 * A way to interrupt a guest (an irqfd), made by [method@Kvm.Vm.add_irq_trigger]. The interrupt
 * controllers are the kernel's, so a vCPU need not stop for it, and any thread may raise it.
 *
 * A device whose interrupt is an edge raises it and is done. One whose interrupt is a level asks
 * with %KVM_IRQ_TRIGGER_FLAGS_RESAMPLE to be told when the guest has ended the interrupt, and
 * raises it again if there is still something to be done:
 *
 * ```c
 * g_autoptr (KvmIrqTrigger) trigger
 *     = kvm_vm_add_irq_trigger (vm, 5, KVM_IRQ_TRIGGER_FLAGS_RESAMPLE, &error);
 * g_autoptr (GSource) source = kvm_irq_trigger_create_source (trigger);
 *
 * g_source_set_callback (source, raise_again_if_not_empty, queue, NULL);
 * g_source_attach (source, NULL);
 * kvm_irq_trigger_raise (trigger, &error);
 * ```
 *
 * This is a handle: the trigger owns its eventfds, and the virtual machine owns the trigger until
 * [method@Kvm.IrqTrigger.remove], or until it is closed or ends itself. To drop the handle changes
 * nothing for what else has the eventfd or a source. The handle does not keep the virtual machine
 * alive, so a device of the virtual machine's may have one. Once the virtual machine does not have
 * the trigger any more, its methods fail with %KVM_ERROR_CLOSED, its sources fire no more, and only
 * its getters answer.
 *
 * A trigger may be used from any thread.
 *
 * Since: 0.1
 */

struct _KvmIrqTrigger
{
  GObject parent_instance;
  KvmEventfd *eventfd; /* owned; NULL if it was never added */
};

typedef enum
{
  PROP_GSI = 1,
  PROP_FLAGS,
} KvmIrqTriggerProperty;

static GParamSpec *properties[PROP_FLAGS + 1];

G_DEFINE_FINAL_TYPE (KvmIrqTrigger, kvm_irq_trigger, G_TYPE_OBJECT)

static void
kvm_irq_trigger_finalize (GObject *object)
{
  KvmIrqTrigger *self = KVM_IRQ_TRIGGER (object);

  g_clear_pointer (&self->eventfd, _kvm_eventfd_unref);

  G_OBJECT_CLASS (kvm_irq_trigger_parent_class)->finalize (object);
}

static void
kvm_irq_trigger_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  KvmIrqTrigger *self = KVM_IRQ_TRIGGER (object);

  switch ((KvmIrqTriggerProperty) id)
    {
    case PROP_GSI:
      g_value_set_uint (value, kvm_irq_trigger_get_gsi (self));
      break;
    case PROP_FLAGS:
      g_value_set_flags (value, kvm_irq_trigger_get_flags (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_irq_trigger_class_init (KvmIrqTriggerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = kvm_irq_trigger_finalize;
  object_class->get_property = kvm_irq_trigger_get_property;

  /**
   * KvmIrqTrigger:gsi:
   *
   * The number of the interrupt (global system interrupt).
   *
   * Since: 0.1
   */
  properties[PROP_GSI] = g_param_spec_uint ("gsi", NULL, NULL, 0, G_MAXUINT, 0,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * KvmIrqTrigger:flags:
   *
   * How the interrupt is raised.
   *
   * Since: 0.1
   */
  properties[PROP_FLAGS] = g_param_spec_flags ("flags", NULL, NULL, KVM_TYPE_IRQ_TRIGGER_FLAGS, 0,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
kvm_irq_trigger_init (KvmIrqTrigger *self)
{
}

static void
add_trigger_detail (KvmVm *vm, KvmEventfd *eventfd, GError **error)
{
  guint gsi = eventfd->trigger.gsi;
  gboolean resample = eventfd->resample_fd != -1;

  if (error == NULL || (*error)->code == KVM_ERROR_CLOSED)
    return;

  if ((*error)->code == KVM_ERROR_INVALID_ARGUMENT && resample
      && _kvm_handle_peek_extension (&vm->handle, KVM_CAPABILITY_IRQFD_RESAMPLE) == 0)
    {
      (*error)->code = KVM_ERROR_NOT_SUPPORTED;
      _kvm_error_add_detail (error,
                             "GSI %u: this kernel does not tell the end of an interrupt "
                             "(KVM_CAP_IRQFD_RESAMPLE is 0)",
                             gsi);
    }
  else if ((*error)->code == KVM_ERROR_INVALID_ARGUMENT)
    _kvm_error_add_detail (
        error,
        "GSI %u; %sthe interrupt controllers must be in the kernel first, see " KVMOBJ_IRQCHIP_MAKER,
        gsi, resample ? "all of " : "");
  else if ((*error)->code == KVM_ERROR_AGAIN)
    _kvm_error_add_detail (error, "GSI %u; the interrupt controller is not initialized yet", gsi);
  else
    _kvm_error_add_detail (error, "GSI %u", gsi);
}

/**
 * kvm_vm_add_irq_trigger:
 * @vm: a virtual machine with interrupt controllers in the kernel
 * @gsi: the number of the interrupt (global system interrupt); without other routes, on x86 the pin
 *   of the I/O APIC, which below 16 is that of the PICs too
 * @flags: how it is raised
 * @error: return location for an error
 *
 * Makes a trigger for an interrupt of the guest (`KVM_IRQFD`; %KVM_CAPABILITY_IRQFD; x86, arm64,
 * and riscv64 with AIA). There may be several for one interrupt. The kernel takes any number; to
 * raise one that leads nowhere does nothing. See section 4.75 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if the interrupt controllers are not in the kernel (x86),
 * %KVM_ERROR_AGAIN if they are not initialized (arm64), %KVM_ERROR_INVALID if there are no such
 * flags, %KVM_ERROR_TOO_MANY_FILES if the process has no file descriptor left, %KVM_ERROR_CLOSED,
 * and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: (transfer full): a handle on the trigger
 *
 * Since: 0.1
 */
KvmIrqTrigger *
kvm_vm_add_irq_trigger (KvmVm *vm, guint gsi, KvmIrqTriggerFlags flags, GError **error)
{
  g_autoptr (KvmEventfd) eventfd = NULL;
  KvmIrqTrigger *self;

  g_return_val_if_fail (KVM_IS_VM (vm), NULL);

  if (flags & ~KVM_IRQ_TRIGGER_FLAGS_RESAMPLE)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "An interrupt trigger has no flags 0x%x",
                   flags & ~KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
      return NULL;
    }
  if (!_kvm_handle_check (&vm->handle, "KVM_IRQFD", error))
    return NULL;
  eventfd = _kvm_eventfd_new (vm, KVM_EVENTFD_IRQ_TRIGGER, flags != 0, error);
  if (eventfd == NULL)
    return NULL;

  eventfd->trigger.gsi = gsi;
  eventfd->trigger.flags = flags;
  if (!_kvm_eventfd_add (eventfd, error))
    {
      add_trigger_detail (vm, eventfd, error);
      return NULL;
    }
  self = g_object_new (KVM_TYPE_IRQ_TRIGGER, NULL);
  self->eventfd = g_steal_pointer (&eventfd);
  return self;
}

/**
 * kvm_irq_trigger_raise:
 * @self: a trigger
 * @error: return location for an error
 *
 * Raises the interrupt (in Python `raise_ ()`). This does not wait for the guest, and does not stop
 * it.
 *
 * An edge that is raised again before the guest has taken the first may be one interrupt. A level
 * that is up stays up.
 *
 * Fails with %KVM_ERROR_CLOSED if the trigger is removed, or if its virtual machine is closed or
 * has ended.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_irq_trigger_raise (KvmIrqTrigger *self, GError **error)
{
  g_return_val_if_fail (KVM_IS_IRQ_TRIGGER (self), FALSE);

  return _kvm_eventfd_signal (self->eventfd, "interrupt trigger", error);
}

/**
 * kvm_irq_trigger_remove:
 * @self: a trigger
 * @error: return location for an error
 *
 * Removes the trigger (`KVM_IRQFD` with deassign). A level that this trigger alone holds up goes
 * down. The sources fire no more, and their contexts let go of them; a callback that has begun in
 * another thread may still be running. See section 4.75 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED if the trigger is removed already, or if its virtual machine is
 * closed or has ended.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_irq_trigger_remove (KvmIrqTrigger *self, GError **error)
{
  g_return_val_if_fail (KVM_IS_IRQ_TRIGGER (self), FALSE);

  return _kvm_eventfd_remove (self->eventfd, "interrupt trigger", error);
}

/**
 * kvm_irq_trigger_get_gsi:
 * @self: a trigger
 *
 * Gets the number of the interrupt.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
kvm_irq_trigger_get_gsi (KvmIrqTrigger *self)
{
  g_return_val_if_fail (KVM_IS_IRQ_TRIGGER (self), 0);

  return self->eventfd != NULL ? self->eventfd->trigger.gsi : 0;
}

/**
 * kvm_irq_trigger_get_flags:
 * @self: a trigger
 *
 * Gets how the interrupt is raised.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
KvmIrqTriggerFlags
kvm_irq_trigger_get_flags (KvmIrqTrigger *self)
{
  g_return_val_if_fail (KVM_IS_IRQ_TRIGGER (self), KVM_IRQ_TRIGGER_FLAGS_NONE);

  return self->eventfd != NULL ? self->eventfd->trigger.flags : KVM_IRQ_TRIGGER_FLAGS_NONE;
}

/**
 * kvm_irq_trigger_get_fd:
 * @self: a trigger
 *
 * Lends the eventfd, for something else that raises the interrupt by writing to it, such as another
 * process. It is the trigger's: do not close it.
 *
 * Returns: the file descriptor; -1 if the trigger is removed, or its virtual machine has ended
 *
 * Since: 0.1
 */
int
kvm_irq_trigger_get_fd (KvmIrqTrigger *self)
{
  g_return_val_if_fail (KVM_IS_IRQ_TRIGGER (self), -1);

  return _kvm_eventfd_get_fd (self->eventfd);
}

/**
 * kvm_irq_trigger_create_source:
 * @self: a trigger that was added with %KVM_IRQ_TRIGGER_FLAGS_RESAMPLE
 *
 * Creates a source that fires when the guest has ended the interrupt, and the kernel has put the
 * line down. Its callback is a `GSourceFunc`, and it may be attached to any `GMainContext`. It does
 * without the handle, which may be dropped. The callback returns %G_SOURCE_CONTINUE to be called
 * the next time, too.
 *
 * Every trigger for the interrupt is told, also those that did not raise it. Ends that come before
 * a callback does are one. If there are several sources, each time one of them fires, whichever is
 * first.
 *
 * Once the trigger is removed, or its virtual machine is closed or has ended, the source fires no
 * more and its context lets go of it. The callback itself may bring that about.
 *
 * Returns: (transfer full): a source
 *
 * Since: 0.1
 */
GSource *
kvm_irq_trigger_create_source (KvmIrqTrigger *self)
{
  g_return_val_if_fail (KVM_IS_IRQ_TRIGGER (self), NULL);
  /* Without the flag the kernel tells nothing, and the source would never fire. */
  g_return_val_if_fail (self->eventfd == NULL || self->eventfd->resample_fd != -1, NULL);

  return _kvm_eventfd_create_source (self->eventfd, "KvmIrqTrigger");
}
