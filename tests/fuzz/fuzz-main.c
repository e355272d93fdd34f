/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fuzz-NAME [-seed=N] [-runs=N] [FILE-OR-DIRECTORY…]: runs a fuzzer where there is no libFuzzer,
 * whose arguments these are: each file as it is, and then N times one of them after changes at
 * random. The same arguments give the same inputs. An input that ends the program is left behind in
 * the file crash-NAME. */

#include "fuzz.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_SIZE 16384
#define MAX_CHANGES 8

static guint8 input[MAX_SIZE];
static gsize input_size;
static char crash_path[256];

/* Whatever it was, the signal comes again when this has returned. */
static void
on_crash (int signal_number)
{
  int fd = open (crash_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

  if (fd != -1 && write (fd, input, input_size) == (gssize) input_size)
    close (fd);
}

static void
add_file (GPtrArray *seeds, const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text;
  gsize size;

  if (!g_file_get_contents (path, &text, &size, &error))
    g_error ("%s", error->message);
  g_ptr_array_add (seeds, g_bytes_new_take (text, MIN (size, MAX_SIZE)));
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* In the order of the names, which is that of no file system. */
static void
add_path (GPtrArray *seeds, const char *path)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  if (directory == NULL)
    {
      add_file (seeds, path);
      return;
    }
  while ((name = g_dir_read_name (directory)) != NULL)
    g_ptr_array_add (names, g_build_filename (path, name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    add_file (seeds, names->pdata[i]);
}

static guint8
pick_byte (GRand *rand)
{
  static const guint8 edges[] = { 0, 1, 0x7f, 0x80, 0xff };

  return g_rand_boolean (rand) ? edges[g_rand_int_range (rand, 0, G_N_ELEMENTS (edges))]
                               : g_rand_int_range (rand, 0, 256);
}

static void
change_input (GRand *rand)
{
  gsize at, length;

  switch (g_rand_int_range (rand, 0, 8))
    {
    case 0: /* another end */
      length = g_rand_int_range (rand, 0, MAX_SIZE);
      if (length > input_size)
        memset (input + input_size, pick_byte (rand), length - input_size);
      input_size = length;
      break;
    case 1: /* a piece of it somewhere else */
      if (input_size < 2)
        break;
      at = g_rand_int_range (rand, 0, input_size);
      length = g_rand_int_range (rand, 1, input_size - at + 1);
      memmove (input + g_rand_int_range (rand, 0, input_size - length + 1), input + at, length);
      break;
    case 2: /* one value over many bytes */
      if (input_size == 0)
        break;
      at = g_rand_int_range (rand, 0, input_size);
      memset (input + at, pick_byte (rand), MIN (input_size - at, 16));
      break;
    default:
      if (input_size > 0)
        input[g_rand_int_range (rand, 0, input_size)] = pick_byte (rand);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  static const int signals[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP };
  struct sigaction action = { .sa_handler = on_crash, .sa_flags = SA_RESETHAND };
  g_autofree char *name = g_path_get_basename (argv[0]);
  g_autoptr (GRand) rand = NULL;
  guint64 n_runs = 0;
  guint seed = 1;

  for (int i = 1; i < argc; i++)
    if (g_str_has_prefix (argv[i], "-runs="))
      n_runs = strtoull (argv[i] + 6, NULL, 10);
    else if (g_str_has_prefix (argv[i], "-seed="))
      seed = strtoul (argv[i] + 6, NULL, 10);
    else
      add_path (seeds, argv[i]);
  if (seeds->len == 0)
    g_ptr_array_add (seeds, g_bytes_new (NULL, 0));

  g_snprintf (crash_path, sizeof crash_path, "crash-%s", name);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    sigaction (signals[i], &action, NULL);

  rand = g_rand_new_with_seed (seed);
  for (guint64 n = 0; n < seeds->len + n_runs; n++)
    {
      gboolean is_seed = n < seeds->len;
      guint index = is_seed ? n : (guint) g_rand_int_range (rand, 0, seeds->len);
      guint n_changes = is_seed ? 0 : g_rand_int_range (rand, 1, MAX_CHANGES + 1);
      const guint8 *data = g_bytes_get_data (seeds->pdata[index], &input_size);

      if (input_size != 0)
        memcpy (input, data, input_size);
      for (guint i = 0; i < n_changes; i++)
        change_input (rand);
      {
        /* In a block of its own, so that a sanitizer sees where it ends. */
        g_autofree guint8 *copy = g_memdup2 (input, input_size);

        LLVMFuzzerTestOneInput (copy, input_size);
      }
    }

  printf ("%s: seed %u, %u files, %" G_GUINT64_FORMAT " changed inputs\n", name, seed, seeds->len,
          n_runs);
  return 0;
}
