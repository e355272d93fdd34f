/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Does one thing N times under the null KVM, for tests/bench to count:
 *
 *   benchmark-count WHAT N
 *
 * where WHAT is io-out, io-in, mmio-write, mmio-read, interrupted, cancellable, bus, get-regs,
 * set-regs, get-sregs, check-extension or vm. */

#include <stdlib.h>
#include <string.h>

#include <kvmobj/kvmobj.h>

static void G_GNUC_NORETURN
complain (KvmVcpu *vcpu, GError *error)
{
  g_error ("%s", error ? error->message : kvm_exit_to_string (kvm_vcpu_get_exit (vcpu)));
}

/* A device that is accessed a number of times, and then lets the guest stop. */
#define COUNTER_TYPE (counter_get_type ())
G_DECLARE_FINAL_TYPE (Counter, counter, COUNT, ER, GObject)

struct _Counter
{
  GObject parent_instance;
  guint64 n;
};

static guint64
counter_read (KvmIoDevice *device, guint64 offset, guint size)
{
  Counter *self = (Counter *) device;

  if (--self->n == 0)
    kvm_vcpu_kick (g_object_get_data (G_OBJECT (self), "vcpu"));
  return self->n;
}

static gboolean
counter_write (KvmIoDevice *device, guint64 offset, guint size, guint64 value)
{
  Counter *self = (Counter *) device;

  return --self->n == 0;
}

static void
counter_iface_init (KvmIoDeviceInterface *iface)
{
  iface->read = counter_read;
  iface->write = counter_write;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (Counter, counter, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (KVM_TYPE_IO_DEVICE, counter_iface_init))

static void
counter_class_init (CounterClass *klass)
{
}

static void
counter_init (Counter *self)
{
}

/* The null KVM's guest accesses these, if not told otherwise. */
static void
serve (KvmVcpu *vcpu, GCancellable *cancellable, guint64 n)
{
  g_autoptr (Counter) counter = g_object_new (COUNTER_TYPE, NULL);
  KvmIoBus *bus = kvm_vm_get_io_bus (kvm_vcpu_get_vm (vcpu));
  g_autoptr (GError) error = NULL;

  counter->n = n;
  g_object_set_data (G_OBJECT (counter), "vcpu", vcpu);
  if (!kvm_io_bus_add_device (bus, KVM_IO_SPACE_PORT, 0, 0x10000, KVM_IO_DEVICE (counter),
                              KVM_IO_DEVICE_FLAGS_NONE, &error)
      || !kvm_io_bus_add_device (bus, KVM_IO_SPACE_MMIO, 0, G_MAXUINT64, KVM_IO_DEVICE (counter),
                                 KVM_IO_DEVICE_FLAGS_NONE, &error)
      || kvm_vcpu_run (vcpu, cancellable, &error) == KVM_EXIT_REASON_ERROR || counter->n != 0)
    complain (vcpu, error);
}

/* What a program has in its loop. */
static G_GNUC_NO_INLINE guint64
look (KvmVcpu *vcpu, GCancellable *cancellable, KvmExitReason reason, guint64 n)
{
  KvmExit *exit = kvm_vcpu_get_exit (vcpu);
  GError *error = NULL;
  guint64 sum = 0;

  for (; n != 0; n--)
    {
      if (kvm_vcpu_run (vcpu, cancellable, &error) != reason)
        complain (vcpu, error);
      sum += kvm_exit_get_value (exit);
    }
  return sum;
}

static G_GNUC_NO_INLINE void
answer (KvmVcpu *vcpu, GCancellable *cancellable, KvmExitReason reason, guint64 n)
{
  KvmExit *exit = kvm_vcpu_get_exit (vcpu);
  GError *error = NULL;

  for (; n != 0; n--)
    {
      if (kvm_vcpu_run (vcpu, cancellable, &error) != reason)
        complain (vcpu, error);
      kvm_exit_set_value (exit, n);
    }
}

/* What every program does once for a guest. */
static void
make_vm (KvmSystem *system)
{
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, NULL);
  g_autoptr (KvmMemory) memory = kvm_memory_new (0x1000, NULL);
  g_autoptr (KvmMemorySlot) slot
      = kvm_vm_add_memory (vm, 0, memory, KVM_MEMORY_SLOT_FLAGS_NONE, NULL);
  g_autoptr (KvmVcpu) vcpu = kvm_vm_create_vcpu (vm, 0, NULL);

  if (slot == NULL || vcpu == NULL)
    g_error ("There is no VM");
}

int
main (int argc, char **argv)
{
  const char *what = argc == 3 ? argv[1] : "";
  guint64 n = argc == 3 ? g_ascii_strtoull (argv[2], NULL, 10) : 0;
  gboolean is_read = g_str_has_suffix (what, "-in") || g_str_has_suffix (what, "-read");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = NULL;
  g_autoptr (KvmVm) vm = NULL;
  g_autoptr (KvmVcpu) vcpu = NULL;
  GCancellable *passed = strcmp (what, "cancellable") == 0 ? cancellable : NULL;
  KvmExitReason reason
      = g_str_has_prefix (what, "mmio") ? KVM_EXIT_REASON_MMIO : KVM_EXIT_REASON_IO;
  KvmX86Regs regs = { 0 };
  KvmX86Sregs sregs;
  guint64 sum = 0;

  system = kvm_system_new (&error);
  vm = system ? kvm_system_create_vm (system, &error) : NULL;
  vcpu = vm ? kvm_vm_create_vcpu (vm, 0, &error) : NULL;
  if (vcpu == NULL)
    g_error ("%s", error->message);

  if (strcmp (what, "get-regs") == 0)
    for (guint64 i = 0; i < n; i++)
      sum += kvm_vcpu_x86_get_regs (vcpu, &regs, &error);
  else if (strcmp (what, "set-regs") == 0)
    for (guint64 i = 0; i < n; i++)
      sum += kvm_vcpu_x86_set_regs (vcpu, &regs, &error);
  else if (strcmp (what, "get-sregs") == 0)
    for (guint64 i = 0; i < n; i++)
      sum += kvm_vcpu_x86_get_sregs (vcpu, &sregs, &error);
  else if (strcmp (what, "check-extension") == 0)
    for (guint64 i = 0; i < n; i++)
      sum += kvm_vm_check_extension (vm, KVM_CAPABILITY_SYNC_REGS, NULL);
  else if (strcmp (what, "vm") == 0)
    for (guint64 i = 0; i < n; i++)
      make_vm (system);
  else if (strcmp (what, "interrupted") == 0)
    for (guint64 i = 0; i < n; i++)
      sum += kvm_vcpu_run (vcpu, NULL, &error) == KVM_EXIT_REASON_INTERRUPTED;
  else if (strcmp (what, "bus") == 0)
    serve (vcpu, passed, n);
  else if (is_read)
    answer (vcpu, passed, reason, n);
  else
    sum = look (vcpu, passed, reason, n);
  return sum == G_MAXUINT64;
}
