/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* ELF files with the entry point of PVH: what Xen has called so, and others start, too. */

#include "config.h"

#include <elf.h>
#include <string.h>

#include "kvm-boot-private.h"
#include "kvm-error.h"

#define XEN_ELFNOTE_PHYS32_ENTRY 18
#define MAX_SEGMENTS 64
#define MAX_COMMAND_LINE 0xffff
#define PARAMETERS_SIZE 0x1000

#define START_INFO_MAGIC 0x336ec578

/* The layout of hvm_start_info, hvm_modlist_entry and hvm_memmap_table_entry. */
typedef struct
{
  guint32 magic;
  guint32 version;
  guint32 flags;
  guint32 n_modules;
  guint64 modules_address;
  guint64 command_line_address;
  guint64 rsdp_address;
  guint64 memory_map_address;
  guint32 n_memory_map;
  guint32 reserved;
} StartInfo;

typedef struct
{
  guint64 address;
  guint64 size;
  guint64 command_line_address;
  guint64 reserved;
} Module;

typedef struct
{
  guint64 address;
  guint64 size;
  guint32 type;
  guint32 reserved;
} MemoryMapEntry;

typedef struct
{
  StartInfo start_info;
  Module module;
  MemoryMapEntry memory_map[128];
} Parameters;

G_STATIC_ASSERT (sizeof (StartInfo) == 56 && sizeof (Module) == 32
                 && sizeof (MemoryMapEntry) == 24);
G_STATIC_ASSERT (sizeof (Parameters) <= PARAMETERS_SIZE);

gboolean
_kvm_boot_is_elf (const KvmBoot *boot)
{
  return boot->kernel_size >= SELFMAG && memcmp (boot->kernel, ELFMAG, SELFMAG) == 0;
}

static gboolean
check_header (KvmBoot *boot, Elf64_Ehdr *header, GError **error)
{
  if (boot->kernel_size < sizeof *header)
    {
      _kvm_boot_set_error (error, "ELF header is cut off: the image has %" G_GSIZE_FORMAT " bytes",
                           boot->kernel_size);
      return FALSE;
    }
  memcpy (header, boot->kernel, sizeof *header);

  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB)
    _kvm_boot_set_error (error, "e_ident is not that of a 64-bit little-endian file");
  else if (header->e_machine != EM_X86_64)
    g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                 "The kernel's e_machine is %u: of ELF files only x86_64's can be loaded, %u",
                 header->e_machine, EM_X86_64);
  else if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
    _kvm_boot_set_error (error, "e_type is %u, not that of a program", header->e_type);
  else if (header->e_phentsize != sizeof (Elf64_Phdr))
    _kvm_boot_set_error (error, "e_phentsize is %u, not %" G_GSIZE_FORMAT, header->e_phentsize,
                         sizeof (Elf64_Phdr));
  else if (header->e_phnum == 0 || header->e_phnum > MAX_SEGMENTS)
    _kvm_boot_set_error (error, "e_phnum is %u, not 1 to %u", header->e_phnum, MAX_SEGMENTS);
  else if (header->e_phoff > boot->kernel_size
           || header->e_phnum * sizeof (Elf64_Phdr) > boot->kernel_size - header->e_phoff)
    _kvm_boot_set_error (error,
                         "e_phoff, 0x%" G_GINT64_MODIFIER "x, goes past the end of the image",
                         (guint64) header->e_phoff);
  else
    return TRUE;
  return FALSE;
}

static Elf64_Phdr
get_segment (KvmBoot *boot, const Elf64_Ehdr *header, guint i)
{
  Elf64_Phdr segment;

  memcpy (&segment, boot->kernel + header->e_phoff + i * sizeof segment, sizeof segment);
  return segment;
}

static gboolean
check_segment (KvmBoot *boot, const Elf64_Phdr *segment, guint i, GError **error)
{
  if (segment->p_offset > boot->kernel_size
      || segment->p_filesz > boot->kernel_size - segment->p_offset)
    _kvm_boot_set_error (error, "segment %u has p_offset and p_filesz past the end of the image",
                         i);
  else if (segment->p_type == PT_LOAD && segment->p_memsz < segment->p_filesz)
    _kvm_boot_set_error (error, "segment %u has a p_memsz that is less than its p_filesz", i);
  else
    return TRUE;
  return FALSE;
}

/* Names and descriptions of notes are padded to 4 bytes. */
static gboolean
find_entry (KvmBoot *boot, const Elf64_Phdr *segment, guint64 *entry)
{
  const guint8 *at = boot->kernel + segment->p_offset, *end = at + segment->p_filesz;
  Elf64_Nhdr note;

  while ((gsize) (end - at) >= sizeof note)
    {
      guint64 name_size, size;

      memcpy (&note, at, sizeof note);
      at += sizeof note;
      name_size = ((guint64) note.n_namesz + 3) / 4 * 4;
      size = ((guint64) note.n_descsz + 3) / 4 * 4;
      if (name_size > (gsize) (end - at) || size > (gsize) (end - at) - name_size)
        return FALSE;
      if (note.n_type == XEN_ELFNOTE_PHYS32_ENTRY && note.n_namesz == 4
          && memcmp (at, "Xen", 4) == 0 && note.n_descsz >= 4)
        {
          *entry = _kvm_boot_get_32 (boot, at + name_size - boot->kernel);
          return TRUE;
        }
      at += name_size + size;
    }
  return FALSE;
}

static gboolean
take_segments (KvmBoot *boot, const Elf64_Ehdr *header, GError **error)
{
  KvmBootLayout *layout = &boot->layout;
  guint64 end = 0;
  gboolean found = FALSE;

  layout->kernel_address = G_MAXUINT64;
  for (guint i = 0; i < header->e_phnum; i++)
    {
      Elf64_Phdr segment = get_segment (boot, header, i);

      if (segment.p_type != PT_LOAD && segment.p_type != PT_NOTE)
        continue;
      if (!check_segment (boot, &segment, i, error))
        return FALSE;
      if (segment.p_type == PT_NOTE && !found)
        found = find_entry (boot, &segment, &layout->entry);
      if (segment.p_type != PT_LOAD || segment.p_memsz == 0)
        continue;
      if (!_kvm_boot_take (boot, "kernel", segment.p_paddr, segment.p_memsz, error))
        return FALSE;
      layout->kernel_address = MIN (layout->kernel_address, segment.p_paddr);
      end = MAX (end, segment.p_paddr + segment.p_memsz);
    }

  if (!found)
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                         "The kernel's notes have no XEN_ELFNOTE_PHYS32_ENTRY: it cannot be "
                         "started through PVH (Linux has it with CONFIG_PVH)");
  else if (layout->entry < layout->kernel_address || layout->entry >= end)
    _kvm_boot_set_error (
        error, "XEN_ELFNOTE_PHYS32_ENTRY, 0x%" G_GINT64_MODIFIER "x, is not within the kernel",
        layout->entry);
  else
    {
      layout->kernel_length = end - layout->kernel_address;
      return TRUE;
    }
  return FALSE;
}

static gboolean
write_segments (KvmBoot *boot, const Elf64_Ehdr *header, GError **error)
{
  for (guint i = 0; i < header->e_phnum; i++)
    {
      Elf64_Phdr segment = get_segment (boot, header, i);

      if (segment.p_type == PT_LOAD
          && (!_kvm_boot_write (boot, segment.p_paddr, boot->kernel + segment.p_offset,
                                segment.p_filesz, error)
              || !_kvm_boot_clear (boot, segment.p_paddr + segment.p_filesz,
                                   segment.p_memsz - segment.p_filesz, error)))
        return FALSE;
    }
  return TRUE;
}

static void
fill_parameters (KvmBoot *boot, Parameters *parameters)
{
  const KvmBootLayout *layout = &boot->layout;
  g_autoptr (GArray) map = _kvm_boot_make_e820 (boot);

  parameters->start_info = (StartInfo){
    .magic = START_INFO_MAGIC,
    .version = 1,
    .n_modules = boot->initrd != NULL,
    .modules_address = layout->parameters_address + G_STRUCT_OFFSET (Parameters, module),
    .command_line_address = layout->command_line_address,
    .memory_map_address = layout->parameters_address + G_STRUCT_OFFSET (Parameters, memory_map),
    .n_memory_map = MIN (map->len, G_N_ELEMENTS (parameters->memory_map)),
  };
  parameters->module = (Module){ .address = layout->initrd_address, .size = layout->initrd_length };
  for (guint i = 0; i < parameters->start_info.n_memory_map; i++)
    {
      const KvmBootE820 *range = &g_array_index (map, KvmBootE820, i);

      parameters->memory_map[i] = (MemoryMapEntry){
        .address = range->address,
        .size = range->length,
        .type = range->type,
      };
    }
}

gboolean
_kvm_boot_load_pvh (KvmBoot *boot, GError **error)
{
  KvmBootLayout *layout = &boot->layout;
  Parameters parameters = { 0 };
  Elf64_Ehdr header;

  if (!check_header (boot, &header, error)
      || !_kvm_boot_take_x86_low (boot, MAX_COMMAND_LINE, error)
      || !take_segments (boot, &header, error)
      || !_kvm_boot_take_initrd (boot, layout->kernel_address + layout->kernel_length, 4 * GIB,
                                 error))
    return FALSE;

  layout->protocol = KVM_BOOT_PROTOCOL_X86_PVH;
  layout->parameters_length = sizeof parameters;
  fill_parameters (boot, &parameters);
  return write_segments (boot, &header, error)
         && _kvm_boot_write (boot, layout->parameters_address, &parameters, sizeof parameters,
                             error)
         && _kvm_boot_write_x86_low (boot, error) && _kvm_boot_write_initrd (boot, error);
}
