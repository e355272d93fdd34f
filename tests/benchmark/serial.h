/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A guest writes bytes to a serial port that goes to /dev/null: a KvmSerial on the bus, or a
 * program that writes what comes with an exit. */

void benchmark_serial_init (void);
void benchmark_serial_with_library (void);
void benchmark_serial_with_ioctls (void);
