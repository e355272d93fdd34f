/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Linux comes up in the examples that boot it, answers at its shell, and switches itself off:
 * test-linux DIRECTORY PROGRAM…, where the directory is what linux/make-guest has made. */

#include "kvm-test.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define PROMPT "/root # "

/* The board of riscv64 has no interrupt controller. */
#ifdef __riscv
#define HAS_SERIAL_INTERRUPT FALSE
#else
#define HAS_SERIAL_INTERRUPT TRUE
#endif

/* A debugger looks at Linux where the library walks the tables of its pages. */
#ifdef __aarch64__
#define IS_DEBUGGED TRUE
#else
#define IS_DEBUGGED FALSE
#endif

static const char *directory;
static GPtrArray *program;

typedef struct
{
  GSubprocess *process;
  GInputStream *output;
  GString *seen;
} Session;

/* What comes until this text, or until the end if it is NULL; the next begins after it. */
static char *
session_read (Session *self, const char *expected)
{
  char *text;
  const char *found;

  while (expected == NULL || (found = strstr (self->seen->str, expected)) == NULL)
    {
      g_autoptr (GError) error = NULL;
      char buffer[4096];
      gssize n = g_input_stream_read (self->output, buffer, sizeof buffer, NULL, &error);

      g_assert_no_error (error);
      if (n == 0 && expected == NULL)
        return g_strdup (self->seen->str);
      if (n == 0)
        g_error ("The guest has ended:\n%s", self->seen->str);
      for (gssize i = 0; i < n; i++)
        if (g_ascii_isprint (buffer[i]) || buffer[i] == '\n' || buffer[i] == '\t')
          g_string_append_c (self->seen, buffer[i]);
    }
  found += strlen (expected);
  text = g_strndup (self->seen->str, found - self->seen->str);
  g_string_erase (self->seen, 0, found - self->seen->str);
  return text;
}

static void
session_write (Session *self, const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strconcat (line, "\n", NULL);

  g_output_stream_write_all (g_subprocess_get_stdin_pipe (self->process), text, strlen (text), NULL,
                             NULL, &error);
  g_assert_no_error (error);
}

static char *
session_ask (Session *self, const char *line)
{
  session_write (self, line);
  return session_read (self, PROMPT);
}

/* The arguments come after the kernel and the initial RAM disk; NULL for none of them. */
static void
session_spawn (Session *self, const char *kernel, const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  gboolean is_script = program->len > 1;

  for (guint i = 0; i < program->len; i++)
    g_ptr_array_add (argv, g_strdup (program->pdata[i]));
  if (kernel != NULL)
    {
      g_ptr_array_add (argv, g_build_filename (directory, kernel, NULL));
      if (!is_script)
        g_ptr_array_add (argv, g_strdup ("--initrd"));
      g_ptr_array_add (argv, g_build_filename (directory, "initrd", NULL));
    }
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add (argv, g_strdup (*arguments));
  g_ptr_array_add (argv, NULL);

  self->seen = g_string_new (NULL);
  self->process = g_subprocess_newv ((const char *const *) argv->pdata,
                                     G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                         | G_SUBPROCESS_FLAGS_STDERR_MERGE,
                                     &error);
  g_assert_no_error (error);
  self->output = g_subprocess_get_stdout_pipe (self->process);
}

static void
session_expect_shell (Session *self)
{
  g_autofree char *text = session_read (self, PROMPT);

  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, "BusyBox"));
}

static void
session_begin (Session *self, const char *kernel, const char *const *arguments)
{
  session_spawn (self, kernel, arguments);
  session_expect_shell (self);
}

/* The program has ended, or will do so by itself. */
static void
session_wait (Session *self, int status)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = session_read (self, NULL);

  g_test_message ("%s", text);
  g_subprocess_wait (self->process, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (self->process));
  g_assert_cmpint (g_subprocess_get_exit_status (self->process), ==, status);
  g_object_unref (self->process);
  g_string_free (self->seen, TRUE);
}

static void
session_end (Session *self, const char *line, int status)
{
  session_write (self, line);
  session_wait (self, status);
}

static void
assert_answers (Session *self, const char *line, const char *expected)
{
  g_autofree char *text = session_ask (self, line);

  g_test_message ("%s", text);
  if (strstr (text, expected) == NULL)
    g_error ("\"%s\" is not what the guest says:\n%s", expected, text);
}

static void
test_shell (void)
{
  const char *const arguments[] = { NULL };
  Session session;

  session_begin (&session, "vmlinuz", arguments);
  assert_answers (&session, "uname -a", "Linux (none) ");
  assert_answers (&session, "cat /proc/interrupts", HAS_SERIAL_INTERRUPT ? "ttyS0" : "timer");
  session_end (&session, "exit 5", 5);
}

static void
test_pvh (void)
{
  const char *const arguments[] = { "--append", "quiet", NULL };
  Session session;

  session_begin (&session, "vmlinux", arguments);
  assert_answers (&session, "uname -m", "x86_64");
  session_end (&session, "poweroff", 0);
}

static void
assert_disk_has (const char *disk, const char *words)
{
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (disk, &contents, &size, &error));
  g_assert_nonnull (memmem (contents, size, words, strlen (words)));
}

/* On the virtio console. The file must be in what the host then sees of the disk. */
static void
test_disk (void)
{
  g_autofree char *disk = g_build_filename (directory, "disk", NULL);
  g_autofree char *words = g_strdup_printf ("written-%08x", g_random_int ());
  g_autofree char *line = g_strdup_printf (
      "mount /dev/vda /mnt && echo %s >/mnt/file && umount /mnt && echo $?", words);
  const char *const arguments[]
      = { "--append", "quiet console=hvc0", "--virtio-console", "--disk", disk, NULL };
  Session session;

  session_begin (&session, "vmlinux", arguments);
  assert_answers (&session, line, "\n0\n");
  assert_answers (&session, "cat /sys/class/misc/hw_random/rng_current", "virtio_rng.0");
  assert_answers (&session, "head -c 16 /dev/hwrng | wc -c", "\n16\n");
  session_end (&session, "reboot", 0);

  assert_disk_has (disk, words);
}

static void
test_power_off (void)
{
  const char *const arguments[] = { "--append", "quiet", NULL };
  Session session;

  session_begin (&session, "vmlinuz", arguments);
  session_end (&session, "poweroff", 0);
}

/* The machine is put away at its shell, with a disk that is mounted and a process in the
 * background, and goes on in another process. */
static void
test_suspend (void)
{
  g_autofree char *disk = g_build_filename (directory, "disk", NULL);
  g_autofree char *words = g_strdup_printf ("suspended-%08x", g_random_int ());
  g_autofree char *line = g_strdup_printf ("words=%s; mount /dev/vda /mnt && echo $?", words);
  g_autoptr (GError) error = NULL;
  g_autofree char *place = g_dir_make_tmp ("kvmobj-XXXXXX", &error);
  g_autofree char *file = g_build_filename (place, "machine", NULL);
  const char *const arguments[]
      = { "--append", "quiet", "--memory", "128", "--disk", disk, "--suspend", file, NULL };
  const char *const resume[] = { "--resume", file, "--disk", disk, NULL };
  gint64 start;
  Session session;
  GStatBuf buf;

  session_begin (&session, "vmlinux", arguments);
  assert_answers (&session, line, "\n0\n");
  assert_answers (&session, "sleep 1000 & echo $!", PROMPT);
  start = g_get_monotonic_time ();
  g_subprocess_send_signal (session.process, SIGTERM);
  session_wait (&session, 0);
  g_assert_cmpint (g_stat (file, &buf), ==, 0);
  g_test_message ("suspended in %.2f s: %" G_GINT64_FORMAT " KiB of %" G_GINT64_FORMAT,
                  (g_get_monotonic_time () - start) / 1e6, (gint64) buf.st_blocks / 2,
                  (gint64) buf.st_size / 1024);

  start = g_get_monotonic_time ();
  session_spawn (&session, NULL, resume);
  assert_answers (&session, "echo is $words", words);
  g_test_message ("resumed in %.2f s", (g_get_monotonic_time () - start) / 1e6);
  assert_answers (&session, "jobs", "sleep 1000");
  assert_answers (&session, "sleep 1; echo slept", "\nslept\n");
  assert_answers (&session, "head -c 16 /dev/hwrng | wc -c", "\n16\n");
  assert_answers (&session, "echo $words >/mnt/file && umount /mnt && echo $?", "\n0\n");
  session_end (&session, "exit 6", 6);

  assert_disk_has (disk, words);
  g_assert_cmpint (g_remove (file), ==, 0);
  g_assert_cmpint (g_rmdir (place), ==, 0);
}

/* What speaks for GDB, of which a foreign host has none; test-gdb.py has the real one. */
static GSocketConnection *
debugger_connect (const char *path)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *self
      = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);

  g_assert_no_error (error);
  return self;
}

static char
debugger_read (GSocketConnection *self)
{
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_cmpint (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (self)), &byte, 1,
                                        NULL, &error),
                   ==, 1);
  return byte;
}

/* The reply must begin so; a stop comes when the guest has stopped. */
static char *
debugger_ask (GSocketConnection *self, const char *text, const char *expected)
{
  g_autoptr (GString) packet = g_string_new (NULL);
  g_autoptr (GString) reply = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  guint8 sum = 0;
  char byte;

  for (const char *at = text; *at != '\0'; at++)
    sum += *at;
  g_string_printf (packet, "$%s#%02x", text, sum);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (self)), packet->str,
                             packet->len, NULL, NULL, &error);
  g_assert_no_error (error);
  while (debugger_read (self) != '$')
    ;
  while ((byte = debugger_read (self)) != '#')
    g_string_append_c (reply, byte);
  debugger_read (self);
  debugger_read (self);
  g_test_message ("%s: %s", text, reply->str);
  if (!g_str_has_prefix (reply->str, expected))
    g_error ("\"%s\" is not \"%s\", the reply to %s", reply->str, expected, text);
  return g_string_free (g_steal_pointer (&reply), FALSE);
}

static void
debugger_tell (GSocketConnection *self, const char *text, const char *expected)
{
  g_free (debugger_ask (self, text, expected));
}

static char *
make_socket_path (void)
{
  g_autofree char *name = g_strdup_printf ("kvmobj-gdb-%08x", g_random_int ());

  return g_build_filename (g_get_tmp_dir (), name, NULL);
}

static guint64
ask_for_symbol (Session *self, const char *name)
{
  g_autofree char *line = g_strdup_printf ("grep ' %s$' /proc/kallsyms", name);
  g_autofree char *text = session_ask (self, line);
  const char *answer = strchr (text, '\n'); /* the line that was typed comes first */

  g_test_message ("%s", text);
  g_assert_nonnull (answer);
  return g_ascii_strtoull (answer, NULL, 16);
}

/* Linux where nothing is in another place each time, which waits for a debugger. */
static GSocketConnection *
spawn_debugged (Session *session, const char *path)
{
  const char *const arguments[] = { "--append", "quiet nokaslr", "--gdb", path, NULL };

  session_spawn (session, "vmlinuz", arguments);
  g_free (session_read (session, "target remote"));
  return debugger_connect (path);
}

/* It stops where Linux begins, which is at this virtual address, and goes on from there. */
static void
break_at_start (const char *path, guint64 address)
{
  g_autofree char *where = g_strdup_printf ("1,%" G_GINT64_MODIFIER "x,4", address);
  g_autofree char *insert = g_strconcat ("Z", where, NULL),
                  *remove = g_strconcat ("z", where, NULL);
  g_autofree char *counter
      = g_strdup_printf ("%016" G_GINT64_MODIFIER "x", GUINT64_SWAP_LE_BE (address));
  g_autoptr (GSocketConnection) connection = NULL;
  Session session;

  connection = spawn_debugged (&session, path);
  debugger_tell (connection, insert, "OK");
  debugger_tell (connection, "vCont;c", "T05thread:1;");
  debugger_tell (connection, "p20", counter);
  debugger_tell (connection, remove, "OK");
  debugger_tell (connection, "vCont;s:1", "T05thread:1;");
  debugger_tell (connection, "D", "OK");
  session_expect_shell (&session);
  session_end (&session, "exit 6", 6);
}

/* A debugger is there before the first instruction, and comes again when Linux is at its shell. */
static void
test_gdb (void)
{
  g_autofree char *path = make_socket_path (), *request = NULL, *code = NULL;
  g_autoptr (GSocketConnection) first = NULL, second = NULL;
  guint64 start;
  Session session;

  first = spawn_debugged (&session, path);
  for (guint i = 0; i < 3; i++)
    debugger_tell (first, "vCont;s:1", "T05thread:1;");
  debugger_tell (first, "D", "OK");
  session_expect_shell (&session);

  /* The code is where the kernel's tables have it. */
  request = g_strdup_printf ("m%" G_GINT64_MODIFIER "x,10", ask_for_symbol (&session, "schedule"));
  second = debugger_connect (path);
  code = debugger_ask (second, request, "");
  g_assert_cmpuint (strlen (code), ==, 32);
  debugger_tell (second, "vCont;s", "T05thread:1;");
  debugger_tell (second, "D", "OK");
  start = ask_for_symbol (&session, "start_kernel");
  session_end (&session, "exit 5", 5);

  break_at_start (path, start);
}

int
main (int argc, char **argv)
{
  g_autofree char *name = NULL;

  kvm_test_init (&argc, &argv);
  g_assert_cmpint (argc, >=, 3);
  directory = argv[1];
  program = g_ptr_array_new ();
  for (int i = 2; i < argc; i++)
    g_ptr_array_add (program, argv[i]);
  name = g_path_get_basename (argv[2]);

  g_test_add_func ("/linux/shell", test_shell);
  if (g_str_equal (name, "boot-linux-board"))
    g_test_add_func ("/linux/power-off", test_power_off);
  if (g_str_equal (name, "boot-linux"))
    {
      g_test_add_func ("/linux/pvh", test_pvh);
      g_test_add_func ("/linux/disk", test_disk);
      g_test_add_func ("/linux/suspend", test_suspend);
    }
  if (IS_DEBUGGED)
    g_test_add_func ("/linux/gdb", test_gdb);

  return g_test_run ();
}
