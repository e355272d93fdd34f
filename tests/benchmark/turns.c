/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "turns.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define N_TURNS 41

double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

/* What one takes, of as many as fill the time. */
static double
take_turn (Thing thing, gpointer data, double time)
{
  double begun = now (), end;
  guint n = 0;

  do
    {
      for (guint i = 0; i < 8; i++)
        thing (data);
      n += 8;
      end = now ();
    }
  while (end - begun < time);
  return (end - begun) / n;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return *(const double *) a < *(const double *) b ? -1 : 1;
}

static double
get_quantile (double *values, double part)
{
  qsort (values, N_TURNS, sizeof *values, compare);
  return values[(guint) (part * (N_TURNS - 1))];
}

void
measure_by_turns (const char *key, Thing library, Thing bare, gpointer data, double milliseconds)
{
  double of_library[N_TURNS], of_bare[N_TURNS], ratios[N_TURNS], ratio;

  for (guint turn = 0; turn < N_TURNS; turn++)
    {
      of_library[turn] = take_turn (library, data, milliseconds * 1e6);
      of_bare[turn] = take_turn (bare, data, milliseconds * 1e6);
      ratios[turn] = of_library[turn] / of_bare[turn];
    }
  ratio = get_quantile (ratios, 0.5);
  printf ("%s %.0f %.0f %.3f %.3f\n", key, get_quantile (of_library, 0.5),
          get_quantile (of_bare, 0.5), ratio,
          (get_quantile (ratios, 0.75) - get_quantile (ratios, 0.25)) / 2 / ratio);
  fflush (stdout);
}
