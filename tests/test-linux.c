/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Linux comes up in the examples that boot it, answers at its shell, and switches itself off:
 * test-linux DIRECTORY PROGRAM…, where the directory is what linux/make-guest has made. */

#include "kvm-test.h"

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

static const char *directory;
static GPtrArray *program;

typedef struct
{
  GSubprocess *process;
  GInputStream *output;
  GString *seen;
} Session;

/* What comes until the shell waits for a command, or until the end; the next begins after it. */
static char *
session_read (Session *self, gboolean to_end)
{
  char *text;
  const char *found;

  while ((found = strstr (self->seen->str, PROMPT)) == NULL || to_end)
    {
      g_autoptr (GError) error = NULL;
      char buffer[4096];
      gssize n = g_input_stream_read (self->output, buffer, sizeof buffer, NULL, &error);

      g_assert_no_error (error);
      if (n == 0 && to_end)
        return g_strdup (self->seen->str);
      if (n == 0)
        g_error ("The guest has ended:\n%s", self->seen->str);
      for (gssize i = 0; i < n; i++)
        if (buffer[i] != '\0' && buffer[i] != '\r')
          g_string_append_c (self->seen, buffer[i]);
    }
  found += strlen (PROMPT);
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
  return session_read (self, FALSE);
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
session_begin (Session *self, const char *kernel, const char *const *arguments)
{
  g_autofree char *text = NULL;

  session_spawn (self, kernel, arguments);
  text = session_read (self, FALSE);
  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, "BusyBox"));
}

/* The program has ended, or will do so by itself. */
static void
session_wait (Session *self, int status)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = session_read (self, TRUE);

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

  return g_test_run ();
}
