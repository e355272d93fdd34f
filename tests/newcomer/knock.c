/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A lock that opens when a guest knocks at the ports 7, 8 and 9, one after the other.
 *
 * It uses nothing but what the README and the manual tell. What it ran into: the device is 40 lines
 * before it does anything, which is what a GObject takes in C; and a run that ends for an
 * unexpected reason is no error, so that the message may be missing where the other languages
 * throw. */

#include <kvmobj/kvmobj.h>

G_DECLARE_FINAL_TYPE (Lock, lock, NEWCOMER, LOCK, GObject)

struct _Lock
{
  GObject parent_instance;
  guint n_right; /* knocks in a row */
};

static void lock_io_device_init (KvmIoDeviceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (Lock, lock, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (KVM_TYPE_IO_DEVICE, lock_io_device_init))

static guint64
lock_read (KvmIoDevice *device, guint64 offset, guint size)
{
  return NEWCOMER_LOCK (device)->n_right == 3;
}

static gboolean
lock_write (KvmIoDevice *device, guint64 offset, guint size, guint64 value)
{
  Lock *self = NEWCOMER_LOCK (device);

  self->n_right = offset == self->n_right ? self->n_right + 1 : offset == 0;
  return FALSE;
}

static void
lock_io_device_init (KvmIoDeviceInterface *iface)
{
  iface->read = lock_read;
  iface->write = lock_write;
}

static void
lock_class_init (LockClass *klass)
{
}

static void
lock_init (Lock *self)
{
}

static gboolean
run_guest (GError **error)
{
  static const guint8 code[] = {
    0xe6, 7, 0xe6, 9, 0xe6, 8, 0xe4, 7, 0xe6, 0x10, /* 7, 9, 8; in $7,%al; out %al,$0x10 */
    0xe6, 7, 0xe6, 8, 0xe6, 9, 0xe4, 7, 0xe6, 0x10, /* 7, 8, 9; in $7,%al; out %al,$0x10 */
    0xf4,                                           /* hlt */
  };
  g_autoptr (Lock) lock = g_object_new (lock_get_type (), NULL);
  g_autoptr (KvmSystem) system = kvm_system_new (error);
  g_autoptr (KvmVm) vm = system ? kvm_system_create_vm (system, error) : NULL;
  g_autoptr (KvmMemory) memory = vm ? kvm_memory_new (0x1000, error) : NULL;
  g_autoptr (KvmMemorySlot) slot
      = memory ? kvm_vm_add_memory (vm, 0x1000, memory, KVM_MEMORY_SLOT_FLAGS_NONE, error) : NULL;
  g_autoptr (KvmVcpu) vcpu = slot ? kvm_vm_create_vcpu (vm, 0, error) : NULL;
  KvmExitReason reason;

  if (vcpu == NULL || !kvm_memory_write (memory, 0, code, sizeof code, error)
      || !kvm_vcpu_x86_setup_real_mode (vcpu, 0x1000, error)
      || !kvm_io_bus_add_device (kvm_vm_get_io_bus (vm), KVM_IO_SPACE_PORT, 7, 3,
                                 KVM_IO_DEVICE (lock), KVM_IO_DEVICE_FLAGS_NONE, error))
    return FALSE;
  while ((reason = kvm_vcpu_run (vcpu, NULL, error)) == KVM_EXIT_REASON_IO)
    g_print ("%s\n", kvm_exit_get_value (kvm_vcpu_get_exit (vcpu)) ? "open" : "shut");
  return reason == KVM_EXIT_REASON_HLT;
}

int
main (void)
{
  g_autoptr (GError) error = NULL;

  if (run_guest (&error))
    return 0;
  g_printerr ("%s\n", error != NULL ? error->message : "The guest stopped");
  return 1;
}
