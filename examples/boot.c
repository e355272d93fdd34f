/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "boot.h"

#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <glib-unix.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <gio/gunixsocketaddress.h>

#define OUTPUT_INTERVAL 20 /* milliseconds */

/* What is copied into the guest is not copied before. */
static GBytes *
load (const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);

  return file != NULL ? g_mapped_file_get_bytes (file) : NULL;
}

gboolean
boot_options_parse (BootOptions *self, const char *command_line, int *argc, char ***argv,
                    GError **error)
{
  g_autofree char *initrd = NULL, *append = NULL;
  const GOptionEntry entries[] = {
    { "initrd", 'i', 0, G_OPTION_ARG_FILENAME, &initrd, "Initial RAM disk", "FILE" },
    { "append", 'a', 0, G_OPTION_ARG_STRING, &append, "More for the command line", "WORDS" },
    { "memory", 'm', 0, G_OPTION_ARG_INT, &self->memory_mib, "Memory, 512 if not given", "MIB" },
    { "disk", 'd', 0, G_OPTION_ARG_FILENAME, &self->disk, "A disk, which is written to", "FILE" },
    { "gdb", 0, 0, G_OPTION_ARG_FILENAME, &self->gdb, "A UNIX socket where GDB is waited for",
      "PATH" },
    { "suspend", 0, 0, G_OPTION_ARG_FILENAME, &self->suspend,
      "Where the machine is kept when SIGTERM or SIGINT ends the program", "FILE" },
    { "resume", 0, 0, G_OPTION_ARG_FILENAME, &self->resume,
      "The machine that goes on, in the place of a kernel; with the same disk and console",
      "FILE" },
    { "virtio-console", 0, 0, G_OPTION_ARG_NONE, &self->is_virtio_console,
      "The terminal is a virtio console, not the serial port", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("KERNEL");

  self->memory_mib = 512;
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc != (self->resume != NULL ? 1 : 2) || self->memory_mib <= 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s",
                   self->memory_mib <= 0 ? "That is no memory"
                   : *argc == 1          ? "Give one kernel, such as /boot/vmlinuz"
                                         : "Give one kernel, or a machine to resume");
      return FALSE;
    }
  if (self->resume != NULL)
    return TRUE;
  self->command_line = g_strjoin (" ", command_line, append, NULL);
  self->kernel = load ((*argv)[1], error);
  self->initrd = self->kernel != NULL && initrd != NULL ? load (initrd, error) : NULL;
  return self->kernel != NULL && (self->initrd != NULL || initrd == NULL);
}

void
boot_options_clear (BootOptions *self)
{
  g_clear_pointer (&self->kernel, g_bytes_unref);
  g_clear_pointer (&self->initrd, g_bytes_unref);
  g_free (self->command_line);
  g_free (self->disk);
  g_free (self->gdb);
  g_free (self->suspend);
  g_free (self->resume);
}

static struct termios cooked;

static void
restore_terminal (void)
{
  tcsetattr (STDIN_FILENO, TCSANOW, &cooked);
}

GIOStream *
boot_open_terminal (void)
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GOutputStream) output = g_unix_output_stream_new (STDOUT_FILENO, FALSE);
  struct termios raw;

  signal (SIGPIPE, SIG_IGN);
  if (tcgetattr (STDIN_FILENO, &cooked) == 0)
    {
      raw = cooked;
      cfmakeraw (&raw);
      tcsetattr (STDIN_FILENO, TCSANOW, &raw);
      atexit (restore_terminal);
    }
  return g_simple_io_stream_new (input, output);
}

gboolean
boot_add_serial (KvmVm *vm, KvmIoSpace space, guint64 address, KvmSerial *serial, GError **error)
{
  return kvm_io_bus_add_device (kvm_vm_get_io_bus (vm), space, address, 8, KVM_IO_DEVICE (serial),
                                KVM_IO_DEVICE_FLAGS_NONE, error)
         && kvm_vm_add_coalesced_zone (vm, space, address, 1, error);
}

gboolean
boot_load (const BootOptions *options, KvmVcpu *vcpu, GBytes *device_tree, GError **error)
{
  g_autoptr (KvmBootLayout) layout
      = kvm_vm_load_kernel (kvm_vcpu_get_vm (vcpu), options->kernel, options->initrd,
                            options->command_line, device_tree, error);

  return layout != NULL && kvm_vcpu_setup_boot (vcpu, layout, error);
}

/* Where there is no device, reads give all ones and writes are lost, as on a PC's bus. */
static gboolean
answer_nothing (KvmRunner *runner, KvmRunnerExit *token, gpointer user_data)
{
  KvmExit *exit = kvm_runner_exit_get_exit (token);
  KvmExitReason reason = kvm_exit_get_reason (exit);

  if (reason != KVM_EXIT_REASON_IO && reason != KVM_EXIT_REASON_MMIO)
    return FALSE;
  if (!kvm_exit_is_write (exit))
    kvm_exit_set_value (exit, G_MAXUINT64);
  return kvm_runner_exit_complete (token, NULL);
}

static void
on_ended (GObject *runner, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
stop (gpointer runner)
{
  kvm_runner_stop (runner);
  return G_SOURCE_CONTINUE;
}

static KvmGdbServer *
wait_for_gdb (KvmRunner *runner, const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  KvmGdbServer *server = kvm_gdb_server_new (runner, address, error);

  if (server != NULL)
    g_printerr ("In GDB: target remote %s\n", path);
  while (server != NULL && !kvm_gdb_server_get_connected (server))
    g_main_context_iteration (NULL, TRUE);
  return server;
}

static void
ignore_write (KvmIoSpace space, guint64 address, guint size, guint64 value, gpointer user_data)
{
}

static gboolean
send_output (gpointer vm)
{
  kvm_vm_drain_coalesced (vm, ignore_write, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

KvmExit *
boot_run (KvmVcpu *vcpu, const BootOptions *options, GError **error)
{
  g_autoptr (KvmRunner) runner = kvm_runner_new (kvm_vcpu_get_vm (vcpu));
  g_autoptr (KvmGdbServer) server = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  KvmExit *exit;

  if (!kvm_runner_add_vcpu (runner, vcpu, error))
    return NULL;
  if (options->gdb != NULL && (server = wait_for_gdb (runner, options->gdb, error)) == NULL)
    return NULL;
  g_timeout_add (OUTPUT_INTERVAL, send_output, kvm_vcpu_get_vm (vcpu));
  g_unix_signal_add (SIGINT, stop, runner);
  g_unix_signal_add (SIGTERM, stop, runner);
  g_signal_connect (runner, "exit", G_CALLBACK (answer_nothing), NULL);
  kvm_runner_run_async (runner, NULL, on_ended, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  exit = kvm_runner_run_finish (runner, result, error);
  return exit != NULL || *error != NULL ? exit : g_object_ref (kvm_vcpu_get_exit (vcpu));
}

gboolean
boot_was_stopped (KvmExit *exit, const BootOptions *options)
{
  return options->suspend != NULL && kvm_exit_get_reason (exit) == KVM_EXIT_REASON_INTERRUPTED;
}
