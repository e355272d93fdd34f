/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Calls a function that nobody trusts: sandbox NUMBER… counts the steps of Collatz from each
 * number, in a guest. It has a tenth of a second for each, and what it leaves in its memory is gone
 * before the next. From 0 it would never end. */

#include <kvmobj/kvmobj.h>

#define START 0x1000
#define TIME_LIMIT 100 /* ms */

/* The function: the number is in eax, and the steps in ecx when it halts. */
static const guint8 code[] = {
  0xff, 0x06, 0x00, 0x08,             /* incw 0x800        how often it was called */
  0x66, 0x31, 0xc9,                   /* xor %ecx, %ecx */
  0x66, 0x83, 0xf8, 0x01,             /* cmp $1, %eax      the loop */
  0x74, 0x15,                         /* je to the halt */
  0x66, 0x41,                         /* inc %ecx */
  0x66, 0xd1, 0xe8,                   /* shr %eax          an even number: its half */
  0x73, 0xf3,                         /* jnc to the loop */
  0x67, 0x66, 0x8d, 0x44, 0x00, 0x01, /* lea 1(%eax,%eax), %eax */
  0x67, 0x66, 0x8d, 0x44, 0x40, 0x01, /* lea 1(%eax,%eax,2), %eax      an odd one: 3n + 1 */
  0xeb, 0xe5,                         /* jmp to the loop */
  0xf4,                               /* hlt */
};

/* A kick ends the run that is going on, whatever the guest does. */
static gboolean
on_time_limit (gpointer vcpu)
{
  kvm_vcpu_kick (vcpu);
  return G_SOURCE_CONTINUE; /* the caller removes it */
}

static void
on_stopped (GObject *vcpu, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
call (KvmVcpu *vcpu, KvmMemory *memory, KvmMemorySnapshot *snapshot, guint64 number, GError **error)
{
  KvmX86Regs regs = { .rip = START, .rflags = 2, .rax = number };
  g_autoptr (GAsyncResult) result = NULL;
  KvmExitReason reason;
  guint64 n_bytes;
  guint16 n_calls;
  guint timer;

  if (!kvm_memory_reset_to (memory, snapshot, &n_bytes, error)
      || !kvm_vcpu_x86_set_regs (vcpu, &regs, error))
    return FALSE;

  timer = g_timeout_add (TIME_LIMIT, on_time_limit, vcpu);
  kvm_vcpu_run_async (vcpu, NULL, on_stopped, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);

  reason = kvm_vcpu_run_finish (vcpu, result, error);
  if (reason == KVM_EXIT_REASON_ERROR || !kvm_vcpu_x86_get_regs (vcpu, &regs, error)
      || !kvm_memory_read_u16_le (memory, 0x800, &n_calls, error))
    return FALSE;
  g_print ("%" G_GUINT64_FORMAT ": ", number);
  if (reason == KVM_EXIT_REASON_HLT)
    g_print ("%u steps, call number %u\n", (guint) regs.rcx, n_calls);
  else if (reason == KVM_EXIT_REASON_INTERRUPTED)
    g_print ("no end after %u ms, call number %u\n", TIME_LIMIT, n_calls);
  else
    {
      g_autofree char *why = kvm_exit_to_string (kvm_vcpu_get_exit (vcpu));

      g_print ("%s\n", why);
    }
  return TRUE;
}

static gboolean
call_all (const guint64 *numbers, gsize n_numbers, GError **error)
{
  g_autoptr (KvmSystem) system = kvm_system_new (error);
  g_autoptr (KvmVm) vm = system ? kvm_system_create_vm (system, error) : NULL;
  g_autoptr (KvmMemory) memory = vm ? kvm_memory_new (0x10000, error) : NULL;
  /* The kernel notes the pages that are written to, so only those are put back. */
  g_autoptr (KvmMemorySlot) slot
      = memory ? kvm_vm_add_memory (vm, 0, memory, KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, error)
               : NULL;
  g_autoptr (KvmVcpu) vcpu = slot ? kvm_vm_create_vcpu (vm, 0, error) : NULL;
  g_autoptr (KvmMemorySnapshot) snapshot = NULL;

  if (vcpu == NULL || !kvm_memory_write (memory, START, code, sizeof code, error)
      || !kvm_vcpu_x86_setup_real_mode (vcpu, START, error))
    return FALSE;
  snapshot = kvm_memory_create_snapshot (memory, error);
  if (snapshot == NULL)
    return FALSE;
  for (gsize i = 0; i < n_numbers; i++)
    if (!call (vcpu, memory, snapshot, numbers[i], error))
      return FALSE;
  return TRUE;
}

int
main (int argc, char **argv)
{
  guint64 default_numbers[] = { 27, 0, 97 };
  g_autofree guint64 *numbers = g_new (guint64, argc);
  g_autoptr (GError) error = NULL;

  for (int i = 1; i < argc && error == NULL; i++)
    g_ascii_string_to_unsigned (argv[i], 10, 0, 0xffff, &numbers[i - 1], &error);
  if (error == NULL
      && (argc > 1 ? call_all (numbers, argc - 1, &error)
                   : call_all (default_numbers, G_N_ELEMENTS (default_numbers), &error)))
    return 0;
  g_printerr ("%s\n", error->message);
  return 1;
}
