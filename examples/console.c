/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A guest whose serial port is the terminal, or with --pty a pseudo-terminal for another program,
 * such as "screen /dev/pts/…". It says everything in capitals, sleeps in between, and ends at a
 * dot. */

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <kvmobj/kvmobj.h>

#define START 0x1000

static const guint8 code[] = {
  0xb0, 0x11, 0xe6, 0x20, /* mov $0x11, %al; out %al, $0x20     the interrupt controller */
  0xb0, 0x20, 0xe6, 0x21, /* mov $0x20, %al; out %al, $0x21     has vectors from 0x20 on */
  0xb0, 0x04, 0xe6, 0x21, /* mov $4, %al; out %al, $0x21 */
  0xb0, 0x01, 0xe6, 0x21, /* mov $1, %al; out %al, $0x21 */
  0xb0, 0xef, 0xe6, 0x21, /* mov $0xef, %al; out %al, $0x21     and only the port's, 4 */
  0xc7, 0x06, 0x90, 0,
  0x2a, 0x10, /* movw $0x102a, 0x90     the handler below */
  0xc7, 0x06, 0x92, 0,
  0,    0, /* movw $0, 0x92 */
  0xba, 0xf9, 0x03, 0xb0,
  1,    0xee,             /* mov $0x3f9, %dx; mov $1, %al; out %al, (%dx)     of input */
  0xfb,                   /* sti */
  0xf4,                   /* hlt */
  0xeb, 0xfd,             /* jmp to the halt */
  0xba, 0xfd, 0x03, 0xec, /* mov $0x3fd, %dx; in (%dx), %al     the handler: */
  0xa8, 0x01, 0x74, 0x15, /* test $1, %al; jz to its end        is there input? */
  0xba, 0xf8, 0x03, 0xec, /* mov $0x3f8, %dx; in (%dx), %al */
  0x3c, '.',  0x74, 0x12, /* cmp $'.', %al; je to the end */
  0x3c, 'a',  0x72, 0x06, /* cmp $'a', %al; jb to the out */
  0x3c, 'z',  0x77, 0x02, /* cmp $'z', %al; ja to the out */
  0x2c, 0x20,             /* sub $0x20, %al */
  0xee,                   /* out %al, (%dx) */
  0xeb, 0xe3,             /* jmp to the handler */
  0xb0, 0x20, 0xe6, 0x20, /* mov $0x20, %al; out %al, $0x20     the interrupt has ended */
  0xcf,                   /* iret */
  0xe6, 0xf4,             /* out %al, $0xf4     the end: nobody answers there */
};

/* The other end of the serial port. */
static GIOStream *
open_stream (gboolean is_pty)
{
  int fd = is_pty ? posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC) : STDIN_FILENO;
  g_autoptr (GInputStream) input = g_unix_input_stream_new (fd, is_pty);
  g_autoptr (GOutputStream) output = g_unix_output_stream_new (is_pty ? fd : STDOUT_FILENO, FALSE);
  struct termios raw;

  if (is_pty && (fd == -1 || grantpt (fd) == -1 || unlockpt (fd) == -1))
    return NULL;
  if (is_pty)
    {
      /* Else it would echo what the guest says, as if that had been typed. */
      tcgetattr (fd, &raw);
      cfmakeraw (&raw);
      tcsetattr (fd, TCSANOW, &raw);
      g_print ("%s\n", ptsname (fd));
      /* Kept open, so that there is no end of file before somebody comes. */
      open (ptsname (fd), O_RDWR | O_NOCTTY | O_CLOEXEC);
    }
  return g_simple_io_stream_new (input, output);
}

static void
on_ended (GObject *runner, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
run_guest (GIOStream *stream, GError **error)
{
  g_autoptr (KvmSystem) system = kvm_system_new (error);
  g_autoptr (KvmVm) vm = system ? kvm_system_create_vm (system, error) : NULL;
  g_autoptr (KvmMemory) memory = vm ? kvm_memory_new (0x10000, error) : NULL;
  g_autoptr (KvmMemorySlot) slot
      = memory ? kvm_vm_add_memory (vm, 0, memory, KVM_MEMORY_SLOT_FLAGS_NONE, error) : NULL;
  g_autoptr (KvmSerial) serial = kvm_serial_new (stream);
  g_autoptr (KvmIrqTrigger) trigger = NULL;
  g_autoptr (KvmVcpu) vcpu = NULL;
  g_autoptr (KvmRunner) runner = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (KvmExit) exit = NULL;

  /* The interrupt controller is the kernel's, and comes before the vCPU and the trigger. */
  if (slot == NULL || !kvm_vm_create_irqchip (vm, error))
    return FALSE;
  vcpu = kvm_vm_create_vcpu (vm, 0, error);
  trigger = vcpu ? kvm_vm_add_irq_trigger (vm, 4, KVM_IRQ_TRIGGER_FLAGS_NONE, error) : NULL;
  if (trigger == NULL || !kvm_memory_write (memory, START, code, sizeof code, error)
      || !kvm_vcpu_x86_setup_real_mode (vcpu, START, error)
      || !kvm_io_bus_add_device (kvm_vm_get_io_bus (vm), KVM_IO_SPACE_PORT, 0x3f8, 8,
                                 KVM_IO_DEVICE (serial), KVM_IO_DEVICE_FLAGS_NONE, error))
    return FALSE;
  kvm_serial_set_interrupt_trigger (serial, trigger);

  runner = kvm_runner_new (vm);
  if (!kvm_runner_add_vcpu (runner, vcpu, error))
    return FALSE;
  kvm_runner_run_async (runner, NULL, on_ended, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  exit = kvm_runner_run_finish (runner, result, error);
  return exit != NULL && kvm_serial_flush (serial, NULL, error);
}

int
main (int argc, char **argv)
{
  gboolean is_pty = argc == 2 && g_str_equal (argv[1], "--pty");
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  signal (SIGPIPE, SIG_IGN);
  if (argc == 1 || is_pty)
    stream = open_stream (is_pty);
  if (stream && run_guest (stream, &error))
    return 0;
  g_printerr ("%s\n", error                 ? error->message
                      : argc == 1 || is_pty ? "There is no pseudo-terminal to be had"
                                            : "Usage: console [--pty]");
  return 1;
}
