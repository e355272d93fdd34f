/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Two ways to do a thing, by turns, so that whatever else the machine does slows both. */

#include <glib.h>

G_BEGIN_DECLS

typedef void (*Thing) (gpointer data);

double now (void); /* in nanoseconds */

/* Prints a line: KEY, the medians of the two in nanoseconds, the median of the ratios of
 * neighbouring turns, and half of what the middle half of the ratios is apart, in parts of that.
 * A turn takes so many milliseconds. */
void measure_by_turns (const char *key, Thing library, Thing bare, gpointer data,
                       double milliseconds);

G_END_DECLS
