/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "null-test.h"

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

static char *directory; /* where the log is, in the process that all others come from */
static char *log_path;

void
null_test_init (int *argc, char ***argv)
{
  g_test_init (argc, argv, NULL);
  alarm (300);
  log_path = g_strdup (g_getenv ("NULL_KVM_LOG"));
  if (log_path == NULL)
    {
      directory = g_dir_make_tmp ("kvm-XXXXXX", NULL);
      log_path = g_build_filename (directory, "log", NULL);
      g_setenv ("NULL_KVM_LOG", log_path, TRUE);
    }
  else
    g_unlink (log_path);
}

int
null_test_run (void)
{
  int ret = g_test_run ();

  if (directory != NULL)
    {
      g_unlink (log_path);
      g_rmdir (directory);
    }
  g_free (directory);
  g_free (log_path);
  return ret;
}

gboolean
in_process (const char *variable, const char *value)
{
  if (g_test_subprocess ())
    return TRUE;

  if (variable != NULL)
    g_setenv (variable, value, TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  if (variable != NULL)
    g_unsetenv (variable);
  g_test_trap_assert_passed ();
  return FALSE;
}

Machine *
machine_new (void)
{
  Machine *self = g_new0 (Machine, 1);
  g_autoptr (GError) error = NULL;

  self->system = kvm_system_new (&error);
  g_assert_no_error (error);
  self->vm = kvm_system_create_vm (self->system, &error);
  g_assert_no_error (error);
  self->vcpu = kvm_vm_create_vcpu (self->vm, 5, &error);
  g_assert_no_error (error);
  return self;
}

void
machine_free (Machine *self)
{
  g_clear_object (&self->vcpu);
  g_clear_object (&self->vm);
  g_clear_object (&self->system);
  g_free (self);
}

char *
last_argument (const char *name)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  char *argument = NULL;

  g_assert_true (g_file_get_contents (log_path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", 4);

      if (g_strv_length (words) == 4 && strcmp (words[2], name) == 0)
        {
          g_free (argument);
          argument = g_strdup (words[3]);
        }
    }
  return argument;
}

guint
count_requests (const char *name)
{
  g_autofree char *needle = g_strdup_printf (" %s ", name);
  g_autofree char *text = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (log_path, &text, NULL, NULL));
  for (const char *at = text; (at = strstr (at, needle)) != NULL; at++)
    n++;
  return n;
}

void
assert_request (const char *name, const char *expected)
{
  g_autofree char *argument = last_argument (name);

  g_assert_cmpstr (argument, ==, expected);
}

void
assert_request_starts (const char *name, const char *expected)
{
  g_autofree char *argument = last_argument (name);

  g_assert_nonnull (argument);
  g_assert_cmpuint (strlen (argument), >, strlen (expected));
  argument[strlen (expected)] = '\0';
  g_assert_cmpstr (argument, ==, expected);
}
