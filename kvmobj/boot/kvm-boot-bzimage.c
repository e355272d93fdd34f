/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Linux for x86: Documentation/arch/x86/boot.rst. */

#include "config.h"

#include <string.h>

#include "kvm-boot-private.h"
#include "kvm-error.h"

/* Offsets in the image, and the same in the boot_params. */
#define SETUP_SECTS 0x1f1
#define SYSSIZE 0x1f4
#define BOOT_FLAG 0x1fe
#define JUMP 0x200
#define HEADER 0x202
#define VERSION 0x206
#define TYPE_OF_LOADER 0x210
#define LOADFLAGS 0x211
#define RAMDISK_IMAGE 0x218
#define RAMDISK_SIZE 0x21c
#define HEAP_END_PTR 0x224
#define CMD_LINE_PTR 0x228
#define INITRD_ADDR_MAX 0x22c
#define KERNEL_ALIGNMENT 0x230
#define RELOCATABLE_KERNEL 0x234
#define XLOADFLAGS 0x236
#define CMDLINE_SIZE 0x238
#define SETUP_DATA 0x250
#define PREF_ADDRESS 0x258
#define INIT_SIZE 0x260
#define HEADER_END 0x264 /* of what is used here */

/* In the boot_params alone. */
#define E820_ENTRIES 0x1e8
#define HEADER_LIMIT 0x290
#define E820_TABLE 0x2d0
#define BOOT_PARAMS_SIZE 0x1000

#define SECTOR 512
#define PARAGRAPH 16
#define VERSION_NEEDED 0x20c /* has xloadflags */
#define LOADED_HIGH 0x01
#define KERNEL_64 0x01
#define ENTRY_64 0x200 /* from where the kernel is loaded */
#define OTHER_LOADER 0xff
#define HEAP_END 0xe000
#define N_E820 128
#define E820_ENTRY_SIZE 20

gboolean
_kvm_boot_is_bzimage (const KvmBoot *boot)
{
  return boot->kernel_size >= HEADER + 4 && memcmp (boot->kernel + HEADER, "HdrS", 4) == 0;
}

/* The beginning of what runs in protected mode, after the code for real mode. */
static gsize
get_setup_size (const KvmBoot *boot)
{
  guint8 n_sectors = boot->kernel[SETUP_SECTS];

  return ((n_sectors != 0 ? n_sectors : 4) + 1) * SECTOR;
}

static gsize
get_header_end (const KvmBoot *boot)
{
  return HEADER + boot->kernel[JUMP + 1];
}

static gboolean
check_header (const KvmBoot *boot, GError **error)
{
  if (boot->kernel_size < HEADER_END)
    _kvm_boot_set_error (error,
                         "setup header is cut off: the image has 0x%" G_GSIZE_MODIFIER "x bytes",
                         boot->kernel_size);
  else if (_kvm_boot_get_16 (boot, BOOT_FLAG) != 0xaa55)
    _kvm_boot_set_error (error, "boot_flag is 0x%x, not 0xaa55",
                         _kvm_boot_get_16 (boot, BOOT_FLAG));
  else if (boot->kernel[JUMP] != 0xeb || get_header_end (boot) < HEADER_END
           || get_header_end (boot) > HEADER_LIMIT)
    _kvm_boot_set_error (error, "jump, 0x%x, leads to no end of the setup header",
                         _kvm_boot_get_16 (boot, JUMP));
  else if (_kvm_boot_get_16 (boot, VERSION) < VERSION_NEEDED)
    _kvm_boot_set_error (error, "version is 0x%x: Linux 3.8 and later have 0x%x or more",
                         _kvm_boot_get_16 (boot, VERSION), VERSION_NEEDED);
  else if ((boot->kernel[LOADFLAGS] & LOADED_HIGH) == 0)
    _kvm_boot_set_error (error, "loadflags, 0x%x, are those of a zImage", boot->kernel[LOADFLAGS]);
  else if ((_kvm_boot_get_16 (boot, XLOADFLAGS) & KERNEL_64) == 0)
    _kvm_boot_set_error (error, "xloadflags, 0x%x, have no 64-bit entry point",
                         _kvm_boot_get_16 (boot, XLOADFLAGS));
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_sizes (const KvmBoot *boot, GError **error)
{
  gsize setup_size = get_setup_size (boot);
  guint64 length = (guint64) _kvm_boot_get_32 (boot, SYSSIZE) * PARAGRAPH;
  guint32 alignment = _kvm_boot_get_32 (boot, KERNEL_ALIGNMENT);

  if (setup_size >= boot->kernel_size)
    _kvm_boot_set_error (
        error,
        "setup_sects, %u, go past the end of the image, which has 0x%" G_GSIZE_MODIFIER "x bytes",
        boot->kernel[SETUP_SECTS], boot->kernel_size);
  else if (length > boot->kernel_size - setup_size + PARAGRAPH - 1)
    _kvm_boot_set_error (error,
                         "syssize says 0x%" G_GINT64_MODIFIER
                         "x bytes, and the image has 0x%" G_GSIZE_MODIFIER
                         "x of them: it is cut off",
                         length, boot->kernel_size - setup_size);
  else if (length <= ENTRY_64)
    _kvm_boot_set_error (error, "syssize, 0x%x, leaves nothing to run",
                         _kvm_boot_get_32 (boot, SYSSIZE));
  else if (_kvm_boot_get_32 (boot, INIT_SIZE) < boot->kernel_size - setup_size)
    _kvm_boot_set_error (error, "init_size, 0x%x, is less than the kernel has",
                         _kvm_boot_get_32 (boot, INIT_SIZE));
  else if (alignment == 0 || (alignment & (alignment - 1)) != 0)
    _kvm_boot_set_error (error, "kernel_alignment, 0x%x, is no power of 2", alignment);
  else if (_kvm_boot_get_64 (boot, PREF_ADDRESS) < MIB
           || _kvm_boot_get_64 (boot, PREF_ADDRESS) >= 4 * GIB)
    _kvm_boot_set_error (
        error, "pref_address is 0x%" G_GINT64_MODIFIER "x, not above 1 MiB and below 4 GiB",
        _kvm_boot_get_64 (boot, PREF_ADDRESS));
  else if (_kvm_boot_get_32 (boot, CMDLINE_SIZE) == 0)
    _kvm_boot_set_error (error, "cmdline_size is 0");
  else
    return TRUE;
  return FALSE;
}

/* Linux moves itself if it is not where it prefers to be, and never down. */
static gboolean
take_kernel (KvmBoot *boot, GError **error)
{
  guint64 wanted = _kvm_boot_get_64 (boot, PREF_ADDRESS);

  boot->layout.kernel_address = wanted;
  boot->layout.kernel_length = _kvm_boot_get_32 (boot, INIT_SIZE);
  if (boot->kernel[RELOCATABLE_KERNEL] == 0)
    return _kvm_boot_take (boot, "kernel", wanted, boot->layout.kernel_length, error);
  return _kvm_boot_take_lowest (boot, "kernel", boot->layout.kernel_length,
                                _kvm_boot_get_32 (boot, KERNEL_ALIGNMENT), wanted, 4 * GIB,
                                &boot->layout.kernel_address, error);
}

static void
set_32 (guint8 *params, gsize offset, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (params + offset, &value, sizeof value);
}

static void
set_64 (guint8 *params, gsize offset, guint64 value)
{
  value = GUINT64_TO_LE (value);
  memcpy (params + offset, &value, sizeof value);
}

static void
fill_params (KvmBoot *boot, guint8 *params)
{
  g_autoptr (GArray) map = _kvm_boot_make_e820 (boot);
  guint8 *entry = params + E820_TABLE;

  memcpy (params + SETUP_SECTS, boot->kernel + SETUP_SECTS, get_header_end (boot) - SETUP_SECTS);
  params[TYPE_OF_LOADER] = OTHER_LOADER;
  set_32 (params, HEAP_END_PTR, HEAP_END);
  set_32 (params, RAMDISK_IMAGE, boot->layout.initrd_address);
  set_32 (params, RAMDISK_SIZE, boot->layout.initrd_length);
  set_32 (params, CMD_LINE_PTR, boot->layout.command_line_address);
  set_64 (params, SETUP_DATA, 0);

  params[E820_ENTRIES] = MIN (map->len, N_E820);
  for (guint i = 0; i < params[E820_ENTRIES]; i++, entry += E820_ENTRY_SIZE)
    {
      const KvmBootE820 *range = &g_array_index (map, KvmBootE820, i);

      set_64 (entry, 0, range->address);
      set_64 (entry, 8, range->length);
      set_32 (entry, 16, range->type);
    }
}

gboolean
_kvm_boot_load_bzimage (KvmBoot *boot, GError **error)
{
  KvmBootLayout *layout = &boot->layout;
  guint8 params[BOOT_PARAMS_SIZE] = { 0 };
  gsize setup_size;
  guint64 initrd_max;

  if (!check_header (boot, error) || !check_sizes (boot, error)
      || !_kvm_boot_take_x86_low (boot, _kvm_boot_get_32 (boot, CMDLINE_SIZE), error)
      || !take_kernel (boot, error))
    return FALSE;
  initrd_max = (guint64) _kvm_boot_get_32 (boot, INITRD_ADDR_MAX) + 1;
  if (!_kvm_boot_take_initrd (boot, layout->kernel_address + layout->kernel_length, initrd_max,
                              error))
    return FALSE;

  layout->protocol = KVM_BOOT_PROTOCOL_X86_LINUX;
  layout->entry = layout->kernel_address + ENTRY_64;
  layout->parameters_length = sizeof params;
  fill_params (boot, params);
  setup_size = get_setup_size (boot);
  return _kvm_boot_write (boot, layout->kernel_address, boot->kernel + setup_size,
                          boot->kernel_size - setup_size, error)
         && _kvm_boot_write (boot, layout->parameters_address, params, sizeof params, error)
         && _kvm_boot_write_x86_low (boot, error) && _kvm_boot_write_initrd (boot, error);
}
