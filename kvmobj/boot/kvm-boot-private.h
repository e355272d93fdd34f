/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-boot.h"

G_BEGIN_DECLS

#define KIB G_GUINT64_CONSTANT (0x400)
#define MIB G_GUINT64_CONSTANT (0x100000)
#define GIB G_GUINT64_CONSTANT (0x40000000)

typedef struct
{
  guint64 start;
  guint64 end; /* the first byte after it */
} KvmBootRange;

/* A kernel on its way into a virtual machine. Nothing is written before all of it was checked. */
typedef struct
{
  KvmVm *vm;
  const guint8 *kernel;
  gsize kernel_size;
  GBytes *initrd; /* NULL if there is none */
  const char *command_line;
  GBytes *device_tree; /* NULL if there is none */
  GArray *ram;         /* owned; of KvmBootRange: what the guest can use as memory, in order */
  GArray *free;        /* owned; of KvmBootRange: where nothing was placed yet, in order */
  KvmBootLayout layout;
} KvmBoot;

/* Fields of the image, which the caller knows to be within it. */
guint16 _kvm_boot_get_16 (const KvmBoot *boot, gsize offset);
guint32 _kvm_boot_get_32 (const KvmBoot *boot, gsize offset);
guint64 _kvm_boot_get_64 (const KvmBoot *boot, gsize offset);

/* Fills in @ram and @free. */
gboolean _kvm_boot_find_memory (KvmBoot *boot, GError **error);

/* Says which field of the kernel is wrong, and how: "The kernel's <format>". */
void _kvm_boot_set_error (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Takes these bytes for the named thing; FALSE with an error if they are not free memory. */
gboolean _kvm_boot_take (KvmBoot *boot, const char *what, guint64 address, guint64 length,
                         GError **error);

/* Takes the lowest room there is at @min or above, and below @max. */
gboolean _kvm_boot_take_lowest (KvmBoot *boot, const char *what, guint64 length, guint64 alignment,
                                guint64 min, guint64 max, guint64 *address, GError **error);

/* The same for the initial RAM disk, if there is one. */
gboolean _kvm_boot_take_initrd (KvmBoot *boot, guint64 min, guint64 max, GError **error);

/* What was taken gets its contents. */
gboolean _kvm_boot_write (KvmBoot *boot, guint64 address, gconstpointer data, gsize length,
                          GError **error);
gboolean _kvm_boot_clear (KvmBoot *boot, guint64 address, guint64 length, GError **error);
gboolean _kvm_boot_write_initrd (KvmBoot *boot, GError **error);

/* The protocols. A loader is called if the image looks as if it were for it. */
gboolean _kvm_boot_is_bzimage (const KvmBoot *boot);
gboolean _kvm_boot_load_bzimage (KvmBoot *boot, GError **error);
gboolean _kvm_boot_is_elf (const KvmBoot *boot);
gboolean _kvm_boot_load_pvh (KvmBoot *boot, GError **error);
gboolean _kvm_boot_is_arm64 (const KvmBoot *boot);
gboolean _kvm_boot_is_riscv (const KvmBoot *boot);
gboolean _kvm_boot_load_image (KvmBoot *boot, GError **error);

/* The map of the memory for x86, as E820 has it. */
typedef struct
{
  guint64 address;
  guint64 length;
  guint32 type; /* KVM_BOOT_E820_… */
} KvmBootE820;

#define KVM_BOOT_E820_RAM 1
#define KVM_BOOT_E820_RESERVED 2

GArray *_kvm_boot_make_e820 (const KvmBoot *boot);

/* What both x86 protocols have below 1 MiB: tables, parameters and the command line. */
gboolean _kvm_boot_take_x86_low (KvmBoot *boot, gsize max_command_line, GError **error);
gboolean _kvm_boot_write_x86_low (KvmBoot *boot, GError **error);

/* Tells of the processors and interrupt controllers, if those are the kernel's. */
gboolean _kvm_boot_write_mptable (KvmBoot *boot, GError **error);

/* Says in a device tree what there is in memory. */
GBytes *_kvm_boot_complete_device_tree (const KvmBoot *boot, GError **error);

gboolean _kvm_boot_setup_x86 (KvmVcpu *vcpu, const KvmBootLayout *layout, GError **error);
gboolean _kvm_boot_setup_arm64 (KvmVcpu *vcpu, const KvmBootLayout *layout, GError **error);
gboolean _kvm_boot_setup_riscv (KvmVcpu *vcpu, const KvmBootLayout *layout, GError **error);

G_END_DECLS
