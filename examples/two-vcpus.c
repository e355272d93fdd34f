/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Two vCPUs pass a ball: it is a number in memory that they share, and who has it interrupts the
 * other. The first starts the second, too, as the processors of a PC do it. */

#include <kvmobj/kvmobj.h>

#define START 0x1000 /* for the second one a page, whose number is in the start-up interrupt */
#define HANDLER 0x1048
#define VECTOR 0x40
#define LAST 6

/* Both run this, in 16-bit real mode; the registers of the local APIC are MSRs from 0x800 on
 * (x2APIC). */
static const guint8 code[] = {
  0xbc, 0,    0x80,                  /* mov $0x8000, %sp */
  0x66, 0xb9, 0x1b,   0,    0,    0, /* mov $0x1b, %ecx */
  0x0f, 0x32,                        /* rdmsr              IA32_APIC_BASE: */
  0x0d, 0,    0x0c,                  /* or $0xc00, %ax     on, as an x2APIC */
  0x0f, 0x30,                        /* wrmsr */
  0x89, 0xc3,                        /* mov %ax, %bx */
  0xb9, 0x0f, 0x08,                  /* mov $0x80f, %cx    the spurious interrupt register: */
  0x66, 0xb8, 0xff,   0x01, 0,    0, /* mov $0x1ff, %eax   interrupts are taken */
  0x66, 0x31, 0xd2,                  /* xor %edx, %edx */
  0x0f, 0x30,                        /* wrmsr */
  0xb1, 0x30,                        /* mov $0x30, %cl     the interrupt command register */
  0xf6, 0xc7, 0x01,                  /* test $1, %bh       is this the first vCPU? */
  0x74, 0x12,                        /* jz                 no */
  0x66, 0xb8, 0,      0x45, 0x0c, 0, /* mov $0xc4500, %eax     INIT to all others */
  0x0f, 0x30,                        /* wrmsr */
  0x66, 0xb8, 0x01,   0x46, 0x0c, 0, /* mov $0xc4601, %eax     start at page 1 */
  0x0f, 0x30,                        /* wrmsr */
  0xeb, 0x0b,                        /* jmp to the sti */
  0xbc, 0,    0x70,                  /* mov $0x7000, %sp   the second has a stack of its own */
  0x66, 0xb8, VECTOR, 0,    0x0c, 0, /* mov $0xc0040, %eax */
  0x0f, 0x30,                        /* wrmsr              and begins: an interrupt to the first */
  0xfb,                              /* sti */
  0xf4,                              /* hlt */
  0xeb, 0xfd,                        /* jmp to the hlt */
  0xff, 0x06, 0,      0x08,          /* incw 0x800         the handler: the ball */
  0xa1, 0,    0x08,                  /* mov 0x800, %ax */
  0xe7, 0x10,                        /* out %ax, $0x10     is shown */
  0x66, 0x31, 0xc0,                  /* xor %eax, %eax */
  0xb1, 0x0b,                        /* mov $0x0b, %cl */
  0x0f, 0x30,                        /* wrmsr              the interrupt has ended */
  0x66, 0xb8, VECTOR, 0,    0x0c, 0, /* mov $0xc0040, %eax */
  0xb1, 0x30,                        /* mov $0x30, %cl */
  0x0f, 0x30,                        /* wrmsr              and the ball is the other's */
  0xcf,                              /* iret */
};

/* In the main loop's thread; the vCPU that has the ball waits, and the other sleeps. */
static gboolean
on_ball (KvmRunner *runner, KvmRunnerExit *token, gpointer user_data)
{
  KvmExit *exit = kvm_runner_exit_get_exit (token);

  if (kvm_exit_get_reason (exit) != KVM_EXIT_REASON_IO)
    return FALSE;
  g_print ("vCPU %u: %u\n", kvm_vcpu_get_id (kvm_runner_exit_get_vcpu (token)),
           (guint) kvm_exit_get_value (exit));
  return kvm_exit_get_value (exit) < LAST && kvm_runner_exit_complete (token, NULL);
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
  /* Without CPUID, a vCPU has no x2APIC. */
  g_autoptr (KvmX86Cpuid) cpuid = slot ? kvm_system_x86_get_supported_cpuid (system, error) : NULL;
  g_autoptr (KvmRunner) runner = slot ? kvm_runner_new (vm) : NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (KvmExit) exit = NULL;

  if (cpuid == NULL || !kvm_memory_write (memory, START, code, sizeof code, error)
      || !kvm_memory_write_u16_le (memory, 4 * VECTOR, HANDLER, error)
      || !kvm_vm_create_irqchip (vm, error))
    return FALSE;
  for (guint id = 0; id < 2; id++)
    {
      g_autoptr (KvmVcpu) vcpu = kvm_vm_create_vcpu (vm, id, error);

      /* The second vCPU waits for its start, and needs nothing but a thread. */
      if (vcpu == NULL || !kvm_vcpu_x86_set_cpuid (vcpu, cpuid, error)
          || (id == 0 && !kvm_vcpu_x86_setup_real_mode (vcpu, START, error))
          || !kvm_runner_add_vcpu (runner, vcpu, error))
        return FALSE;
    }

  g_signal_connect (runner, "exit", G_CALLBACK (on_ball), NULL);
  kvm_runner_run_async (runner, NULL, on_ended, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  exit = kvm_runner_run_finish (runner, result, error);
  return exit != NULL;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc == 1 && run_guest (&error))
    return 0;
  g_printerr ("%s\n", error ? error->message : "Usage: two-vcpus");
  return 1;
}
