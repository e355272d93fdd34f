/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Saving and restoring a PC with one vCPU, but for its memory: with the library, and with the bare
 * ioctls that it takes. */
void benchmark_state_init (void);
void benchmark_state_clear (void);
void benchmark_state_with_library (void);
void benchmark_state_with_ioctls (void);
