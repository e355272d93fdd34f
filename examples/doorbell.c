/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A guest rings a bell three times, and a main loop hears it without any exit of the guest's: the
 * kernel writes to an eventfd, and the guest goes on at once. */

#include <kvmobj/kvmobj.h>

#define START 0x1000
#define MESSAGE 0x800 /* where the guest says what it rings for */

static const guint8 code[] = {
  0xb9, 3,    0,             /* mov $3, %cx */
  0x89, 0x0e, 0, 0x08,       /* mov %cx, 0x800     the message */
  0xe6, 0x10,                /* out %al, $0x10     rings; what is written does not matter */
  0x83, 0x3e, 0, 0x08, 0x00, /* cmpw $0, 0x800     until the message was taken */
  0x75, 0xf9,                /* jne to the cmpw */
  0xe2, 0xf1,                /* loop to the message */
  0xf4,                      /* hlt */
};

/* In the main loop's thread, while the guest runs in another. */
static gboolean
on_ring (gpointer memory)
{
  guint16 message;

  if (kvm_memory_read_u16_le (memory, MESSAGE, &message, NULL))
    g_print ("Ding, %u\n", message);
  kvm_memory_write_u16_le (memory, MESSAGE, 0, NULL);
  return G_SOURCE_CONTINUE;
}

static void
on_ended (GObject *runner, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
run_guest (GError **error)
{
  g_autoptr (KvmSystem) system = kvm_system_new (error);
  g_autoptr (KvmVm) vm = system ? kvm_system_create_vm (system, error) : NULL;
  g_autoptr (KvmMemory) memory = vm ? kvm_memory_new (0x10000, error) : NULL;
  g_autoptr (KvmMemorySlot) slot
      = memory ? kvm_vm_add_memory (vm, 0, memory, KVM_MEMORY_SLOT_FLAGS_NONE, error) : NULL;
  g_autoptr (KvmVcpu) vcpu = slot ? kvm_vm_create_vcpu (vm, 0, error) : NULL;
  g_autoptr (KvmDoorbell) doorbell
      = vcpu ? kvm_vm_add_doorbell (vm, KVM_IO_SPACE_PORT, 0x10, 1, error) : NULL;
  g_autoptr (KvmRunner) runner = doorbell ? kvm_runner_new (vm) : NULL;
  g_autoptr (GSource) source = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (KvmExit) exit = NULL;

  if (runner == NULL || !kvm_memory_write (memory, START, code, sizeof code, error)
      || !kvm_vcpu_x86_setup_real_mode (vcpu, START, error)
      || !kvm_runner_add_vcpu (runner, vcpu, error))
    return FALSE;
  source = kvm_doorbell_create_source (doorbell);
  g_source_set_callback (source, on_ring, memory, NULL);
  g_source_attach (source, NULL);

  kvm_runner_run_async (runner, NULL, on_ended, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_destroy (source);
  exit = kvm_runner_run_finish (runner, result, error);
  return exit != NULL;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc == 1 && run_guest (&error))
    return 0;
  g_printerr ("%s\n", error ? error->message : "Usage: doorbell");
  return 1;
}
