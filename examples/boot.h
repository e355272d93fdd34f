/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the programs that boot Linux share: options, the terminal, and the run. */

#include <kvmobj/kvmobj.h>

G_BEGIN_DECLS

typedef struct
{
  GBytes *kernel;     /* owned */
  GBytes *initrd;     /* owned; NULL if there is none */
  char *command_line; /* owned */
  char *disk;         /* owned; NULL if there is none */
  int memory_mib;
  gboolean is_virtio_console;
} BootOptions;

/* Loads what the options name. */
gboolean boot_options_parse (BootOptions *self, const char *command_line, int *argc, char ***argv,
                             GError **error);
void boot_options_clear (BootOptions *self);

/* Standard input and output; if that is a terminal, it is raw until the end. */
GIOStream *boot_open_terminal (void);

/* Runs the machine until a device, the guest or a signal ends it; the last exit tells why. NULL
 * with an error if it cannot run. */
KvmExit *boot_run (KvmVcpu *vcpu, GError **error);

G_END_DECLS
