/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Linux for arm64 and riscv64, whose images have the same header:
 * Documentation/arch/arm64/booting.rst and Documentation/arch/riscv/boot-image-header.rst. */

#include "config.h"

#include <string.h>

#include "kvm-arch-private.h"
#include "kvm-boot-private.h"
#include "kvm-vcpu.h"

/* Offsets in the image */
#define TEXT_OFFSET 8
#define IMAGE_SIZE 16
#define FLAGS 24
#define MAGIC 0x38
#define PE_OFFSET 0x3c
#define HEADER_SIZE 0x40

#define FLAGS_BIG_ENDIAN 1
#define ALIGNMENT (2 * MIB)
#define LIMIT (64 * GIB) /* of what the image may say; longer kernels are nonsense */
#define DEVICE_TREE_ALIGNMENT (2 * MIB)

/* In the PE header, and in each of its sections. */
#define PE_SIGNATURE "PE\0"
#define PE_N_SECTIONS 6
#define PE_OPTIONAL_SIZE 20
#define PE_HEADER_SIZE 24
#define SECTION_RAW_SIZE 16
#define SECTION_RAW_OFFSET 20
#define SECTION_SIZE 40

static gboolean
has_magic (const KvmBoot *boot, const char *magic)
{
  return boot->kernel_size >= HEADER_SIZE && memcmp (boot->kernel + MAGIC, magic, 4) == 0;
}

gboolean
_kvm_boot_is_arm64 (const KvmBoot *boot)
{
  return has_magic (boot, "ARM\x64");
}

gboolean
_kvm_boot_is_riscv (const KvmBoot *boot)
{
  return has_magic (boot, "RSC\x05");
}

/* How long the file is the header does not say, but that of EFI does, which is in the same image.
 */
static gboolean
check_pe (const KvmBoot *boot, GError **error)
{
  guint64 header = _kvm_boot_get_32 (boot, PE_OFFSET), sections, n_sections;

  if (memcmp (boot->kernel, "MZ", 2) != 0)
    return TRUE;
  if (header > boot->kernel_size || boot->kernel_size - header < PE_HEADER_SIZE
      || memcmp (boot->kernel + header, PE_SIGNATURE, 4) != 0)
    {
      _kvm_boot_set_error (error, "PE header is not at the byte 0x%" G_GINT64_MODIFIER "x", header);
      return FALSE;
    }
  n_sections = _kvm_boot_get_16 (boot, header + PE_N_SECTIONS);
  sections = header + PE_HEADER_SIZE + _kvm_boot_get_16 (boot, header + PE_OPTIONAL_SIZE);
  if (sections > boot->kernel_size || n_sections * SECTION_SIZE > boot->kernel_size - sections)
    {
      _kvm_boot_set_error (
          error, "PE header has %" G_GUINT64_FORMAT " sections, past the end of the image",
          n_sections);
      return FALSE;
    }
  for (guint64 i = 0; i < n_sections; i++)
    {
      guint64 section = sections + i * SECTION_SIZE;
      guint64 end = (guint64) _kvm_boot_get_32 (boot, section + SECTION_RAW_OFFSET)
                    + _kvm_boot_get_32 (boot, section + SECTION_RAW_SIZE);

      if (end > boot->kernel_size)
        {
          _kvm_boot_set_error (error,
                               "PE section %" G_GUINT64_FORMAT " ends at byte 0x%" G_GINT64_MODIFIER
                               "x, and the image has 0x%" G_GSIZE_MODIFIER "x: it is cut off",
                               i, end, boot->kernel_size);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_header (const KvmBoot *boot, GError **error)
{
  guint64 text_offset = _kvm_boot_get_64 (boot, TEXT_OFFSET);
  guint64 image_size = _kvm_boot_get_64 (boot, IMAGE_SIZE);

  if ((_kvm_boot_get_64 (boot, FLAGS) & FLAGS_BIG_ENDIAN) != 0)
    _kvm_boot_set_error (error, "flags, 0x%" G_GINT64_MODIFIER "x, are those of a big-endian one",
                         _kvm_boot_get_64 (boot, FLAGS));
  else if (text_offset % 4096 != 0 || text_offset > LIMIT)
    _kvm_boot_set_error (error, "text_offset, 0x%" G_GINT64_MODIFIER "x, is no place for it",
                         text_offset);
  else if (image_size < boot->kernel_size || image_size > LIMIT)
    _kvm_boot_set_error (error,
                         "image_size, 0x%" G_GINT64_MODIFIER
                         "x, is not what an image of 0x%" G_GSIZE_MODIFIER "x bytes needs",
                         image_size, boot->kernel_size);
  else
    return check_pe (boot, error);
  return FALSE;
}

gboolean
_kvm_boot_load_image (KvmBoot *boot, GError **error)
{
  KvmBootLayout *layout = &boot->layout;
  g_autoptr (GBytes) tree = NULL;
  guint64 text_offset, base, end;

  if (!check_header (boot, error))
    return FALSE;
  if (boot->device_tree == NULL)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                           "This kernel needs a device tree, such as KvmDeviceTree makes");
      return FALSE;
    }

  text_offset = _kvm_boot_get_64 (boot, TEXT_OFFSET);
  layout->kernel_length = _kvm_boot_get_64 (boot, IMAGE_SIZE);
  if (!_kvm_boot_take_lowest (boot, "kernel", text_offset + layout->kernel_length, ALIGNMENT, 0,
                              G_MAXUINT64, &base, error))
    return FALSE;
  layout->kernel_address = layout->entry = base + text_offset;
  /* Linux reserves whole large pages for itself. */
  end = (layout->kernel_address + layout->kernel_length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (!_kvm_boot_take_initrd (boot, end, G_MAXUINT64, error))
    return FALSE;
  tree = _kvm_boot_complete_device_tree (boot, error);
  if (tree == NULL)
    return FALSE;
  layout->parameters_length = g_bytes_get_size (tree);
  if (!_kvm_boot_take_lowest (boot, "device tree", layout->parameters_length, DEVICE_TREE_ALIGNMENT,
                              end, G_MAXUINT64, &layout->parameters_address, error))
    return FALSE;

  layout->protocol
      = _kvm_boot_is_arm64 (boot) ? KVM_BOOT_PROTOCOL_ARM64_LINUX : KVM_BOOT_PROTOCOL_RISCV_LINUX;
  return _kvm_boot_write (boot, layout->kernel_address, boot->kernel, boot->kernel_size, error)
         && _kvm_boot_write (boot, layout->parameters_address, g_bytes_get_data (tree, NULL),
                             layout->parameters_length, error)
         && _kvm_boot_write_initrd (boot, error);
}

/* Ids of core registers of 64 bits. */
#define ARM64_CORE(offset) (G_GUINT64_CONSTANT (0x6030000000100000) | (offset) / 4)
#define ARM64_X(n) ARM64_CORE (8 * (n))
#define ARM64_PC ARM64_CORE (0x100)
#define RISCV_CORE(index) (G_GUINT64_CONSTANT (0x8030000002000000) | (index))
#define RISCV_PC RISCV_CORE (0)
#define RISCV_A0 RISCV_CORE (10)
#define RISCV_A1 RISCV_CORE (11)

gboolean
_kvm_boot_setup_arm64 (KvmVcpu *vcpu, const KvmBootLayout *layout, GError **error)
{
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  for (guint i = 1; i <= 3; i++)
    if (!kvm_vcpu_set_one_reg (vcpu, ARM64_X (i), 0, error))
      return FALSE;
  return kvm_vcpu_set_one_reg (vcpu, ARM64_X (0), layout->parameters_address, error)
         && kvm_vcpu_set_one_reg (vcpu, ARM64_PC, layout->entry, error);
}

gboolean
_kvm_boot_setup_riscv (KvmVcpu *vcpu, const KvmBootLayout *layout, GError **error)
{
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return kvm_vcpu_set_one_reg (vcpu, RISCV_A0, kvm_vcpu_get_id (vcpu), error)
         && kvm_vcpu_set_one_reg (vcpu, RISCV_A1, layout->parameters_address, error)
         && kvm_vcpu_set_one_reg (vcpu, RISCV_PC, layout->entry, error);
}
