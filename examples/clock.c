/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A guest counts seconds by the interrupts of its timer, and sleeps in between; the program is in a
 * main loop, which Ctrl-C ends. */

#include <signal.h>

#include <glib-unix.h>
#include <kvmobj/kvmobj.h>

/* What the guest runs, in 16-bit real mode. */
static const guint8 code[] = {
  0xb0, 0x11, 0xe6, 0x20, /* mov $0x11, %al; out %al, $0x20     the interrupt controller */
  0xb0, 0x20, 0xe6, 0x21, /* mov $0x20, %al; out %al, $0x21     has vectors from 0x20 on */
  0xb0, 0x04, 0xe6, 0x21, /* mov $4, %al; out %al, $0x21 */
  0xb0, 0x01, 0xe6, 0x21, /* mov $1, %al; out %al, $0x21 */
  0xb0, 0xfe, 0xe6, 0x21, /* mov $0xfe, %al; out %al, $0x21     and only the timer's */
  0xb0, 0x34, 0xe6, 0x43, /* mov $0x34, %al; out %al, $0x43     the timer */
  0xb0, 0x9c, 0xe6, 0x40, /* mov $0x9c, %al; out %al, $0x40     interrupts 100 times */
  0xb0, 0x2e, 0xe6, 0x40, /* mov $0x2e, %al; out %al, $0x40     a second */
  0xc7, 0x06, 0x80, 0,    0x32, 0x10, /* movw $0x1032, 0x80     the handler below */
  0xc7, 0x06, 0x82, 0,    0,    0,    /* movw $0, 0x82 */
  0xb1, 100,                          /* mov $100, %cl */
  0xfb,                               /* sti */
  0xf4,                               /* hlt */
  0xeb, 0xfd,                         /* jmp to the halt */
  0xfe, 0xc9,                         /* dec %cl     the handler */
  0x75, 0x07,                         /* jnz past the next four */
  0xb1, 100,                          /* mov $100, %cl */
  0x43,                               /* inc %bx */
  0x89, 0xd8,                         /* mov %bx, %ax */
  0xe7, 0x10,                         /* out %ax, $0x10 */
  0xb0, 0x20, 0xe6, 0x20, /* mov $0x20, %al; out %al, $0x20     the interrupt has ended */
  0xcf,                   /* iret */
};

static KvmRunner *
make_runner (GError **error)
{
  g_autoptr (KvmSystem) system = kvm_system_new (error);
  g_autoptr (KvmVm) vm = system ? kvm_system_create_vm (system, error) : NULL;
  g_autoptr (KvmMemory) memory = vm ? kvm_memory_new (0x10000, error) : NULL;
  g_autoptr (KvmMemorySlot) slot
      = memory ? kvm_vm_add_memory (vm, 0, memory, KVM_MEMORY_SLOT_FLAGS_NONE, error) : NULL;
  g_autoptr (KvmRunner) runner = NULL;
  g_autoptr (KvmVcpu) vcpu = NULL;

  /* The interrupt controller and the timer are the kernel's, and come before the vCPU. */
  if (slot == NULL || !kvm_vm_create_irqchip (vm, error) || !kvm_vm_x86_create_pit (vm, 0, error))
    return NULL;
  vcpu = kvm_vm_create_vcpu (vm, 0, error);
  if (vcpu == NULL || !kvm_memory_write (memory, 0x1000, code, sizeof code, error)
      || !kvm_vcpu_x86_setup_real_mode (vcpu, 0x1000, error))
    return NULL;

  runner = kvm_runner_new (vm);
  return kvm_runner_add_vcpu (runner, vcpu, error) ? g_steal_pointer (&runner) : NULL;
}

/* In the main loop's thread, while the vCPU waits in its own. */
static gboolean
show_time (KvmRunner *runner, KvmRunnerExit *exit, gpointer user_data)
{
  KvmExit *details = kvm_runner_exit_get_exit (exit);

  if (kvm_exit_get_reason (details) != KVM_EXIT_REASON_IO)
    return FALSE;
  g_print ("%u s\n", (guint) kvm_exit_get_value (details));
  kvm_runner_exit_complete (exit, NULL);
  return TRUE;
}

static gboolean
on_interrupt (gpointer user_data)
{
  kvm_runner_stop (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_ended (GObject *runner, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmExit) exit = kvm_runner_run_finish (KVM_RUNNER (runner), result, &error);
  g_autofree char *why = exit ? kvm_exit_to_string (exit) : NULL;

  if (error || why)
    g_printerr ("%s\n", error ? error->message : why);
  g_main_loop_quit (user_data);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmRunner) runner = argc == 1 ? make_runner (&error) : NULL;

  if (runner == NULL)
    {
      g_printerr ("%s\n", error ? error->message : "Usage: clock");
      return 1;
    }
  g_signal_connect (runner, "exit", G_CALLBACK (show_time), NULL);
  g_unix_signal_add (SIGINT, on_interrupt, runner);
  kvm_runner_run_async (runner, NULL, on_ended, loop);
  g_main_loop_run (loop);
  return 0;
}
