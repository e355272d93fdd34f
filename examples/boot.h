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
  char *gdb;          /* owned; where GDB is waited for; or NULL */
  char *suspend;      /* owned; where the machine is kept when it is stopped; or NULL */
  char *resume;       /* owned; what goes on in the place of a kernel; or NULL */
  int memory_mib;
  gboolean is_virtio_console;
} BootOptions;

/* Loads the files that the options name. */
gboolean boot_options_parse (BootOptions *self, const char *command_line, int *argc, char ***argv,
                             GError **error);
void boot_options_clear (BootOptions *self);

/* Standard input and output; if that is a terminal, it is raw until the end. */
GIOStream *boot_open_terminal (void);

/* Puts the serial port there. What the guest sends does not stop it; it goes out when the guest
 * next asks the port for something, or boot_run () finds it a moment later. */
gboolean boot_add_serial (KvmVm *vm, KvmIoSpace space, guint64 address, KvmSerial *serial,
                          GError **error);

/* Puts the kernel into the machine, and the vCPU to its beginning. */
gboolean boot_load (const BootOptions *options, KvmVcpu *vcpu, GBytes *device_tree, GError **error);

/* Runs the machine, as soon as GDB is there if that is waited for, until a device, the guest or a
 * signal ends it; the last exit tells why. NULL with an error if it cannot run. */
KvmExit *boot_run (KvmVcpu *vcpu, const BootOptions *options, GError **error);

/* Whether a signal did, and the machine is to be kept. */
gboolean boot_was_stopped (KvmExit *exit, const BootOptions *options);

G_END_DECLS
