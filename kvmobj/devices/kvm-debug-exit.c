/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-debug-exit.h"

/**
 * KvmDebugExit:
 *
 * A port at which a guest ends its own run and says how it went, as test programs do. There is none
 * on a PC; virtual machines have it at port 0xf4 or 0x501, with 1 to 4 ports.
 *
 * A write is kept as [property@Kvm.DebugExit:value], and [method@Kvm.Vcpu.run] returns that exit. A
 * [class@Kvm.Runner] ends with it, and does not emit [signal@Kvm.Runner::exit].
 *
 * Reads give all ones.
 *
 * ```c
 * g_autoptr (KvmDebugExit) debug_exit = kvm_debug_exit_new ();
 *
 * if (!kvm_io_bus_add_device (kvm_vm_get_io_bus (vm), KVM_IO_SPACE_PORT, 0xf4, 4,
 *                             KVM_IO_DEVICE (debug_exit), KVM_IO_DEVICE_FLAGS_NONE, &error))
 *   return FALSE;
 * ```
 *
 * It may be used from any thread.
 *
 * Since: 0.1
 */
struct _KvmDebugExit
{
  GObject parent_instance;
  guint64 value;  /* atomic; set before the following */
  gint has_value; /* atomic */
};

typedef enum
{
  PROP_HAS_VALUE = 1,
  PROP_VALUE,
} KvmDebugExitProperty;

static GParamSpec *properties[PROP_VALUE + 1];

static void kvm_debug_exit_io_device_init (KvmIoDeviceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (KvmDebugExit, kvm_debug_exit, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (KVM_TYPE_IO_DEVICE,
                                                      kvm_debug_exit_io_device_init))

static void
kvm_debug_exit_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  KvmDebugExit *self = KVM_DEBUG_EXIT (object);

  switch ((KvmDebugExitProperty) id)
    {
    case PROP_HAS_VALUE:
      g_value_set_boolean (value, kvm_debug_exit_get_has_value (self));
      break;
    case PROP_VALUE:
      g_value_set_uint64 (value, kvm_debug_exit_get_value (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_debug_exit_class_init (KvmDebugExitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = kvm_debug_exit_get_property;

  /**
   * KvmDebugExit:has-value:
   *
   * Whether the guest has written a value. It is not notified: the run ends.
   *
   * Since: 0.1
   */
  properties[PROP_HAS_VALUE] = g_param_spec_boolean ("has-value", NULL, NULL, FALSE,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * KvmDebugExit:value:
   *
   * What the guest has written last; 0 before that. It is not notified: the run ends.
   *
   * Since: 0.1
   */
  properties[PROP_VALUE] = g_param_spec_uint64 ("value", NULL, NULL, 0, G_MAXUINT64, 0,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
kvm_debug_exit_init (KvmDebugExit *self)
{
}

static gboolean
debug_exit_write (KvmIoDevice *device, guint64 offset, guint size, guint64 value)
{
  KvmDebugExit *self = KVM_DEBUG_EXIT (device);

  __atomic_store_n (&self->value, value, __ATOMIC_RELAXED);
  g_atomic_int_set (&self->has_value, TRUE);
  return TRUE;
}

static void
kvm_debug_exit_io_device_init (KvmIoDeviceInterface *iface)
{
  iface->write = debug_exit_write;
}

/**
 * kvm_debug_exit_new:
 *
 * Makes a debug-exit port.
 *
 * Returns: (transfer full): the device
 *
 * Since: 0.1
 */
KvmDebugExit *
kvm_debug_exit_new (void)
{
  return g_object_new (KVM_TYPE_DEBUG_EXIT, NULL);
}

/**
 * kvm_debug_exit_get_has_value:
 * @self: a debug-exit port
 *
 * Tells whether the guest has written a value.
 *
 * Returns: whether there is one
 *
 * Since: 0.1
 */
gboolean
kvm_debug_exit_get_has_value (KvmDebugExit *self)
{
  g_return_val_if_fail (KVM_IS_DEBUG_EXIT (self), FALSE);

  return g_atomic_int_get (&self->has_value);
}

/**
 * kvm_debug_exit_get_value:
 * @self: a debug-exit port
 *
 * Gets what the guest has written last.
 *
 * Returns: the value; 0 if there is none
 *
 * Since: 0.1
 */
guint64
kvm_debug_exit_get_value (KvmDebugExit *self)
{
  g_return_val_if_fail (KVM_IS_DEBUG_EXIT (self), 0);

  return __atomic_load_n (&self->value, __ATOMIC_RELAXED);
}
