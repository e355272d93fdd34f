/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Kernels of a few bytes, whole and broken. Those for other architectures are taken apart here,
 * too. */

#include <elf.h>
#include <string.h>

#include "kvm-test.h"

#include "boot/kvm-boot-private.h"

#define MEMORY_SIZE 0x400000
#define KERNEL_ADDRESS 0x100000
#define SETUP_SIZE 1024 /* two sectors */
#define BZIMAGE_SIZE 0x1000
#define N_MUTATIONS 20000

/* In either mode: rsi or rbx goes to port 0x10, and then it halts. */
static const guint8 code_64[] = { 0x89, 0xf0, 0xe7, 0x10, 0xf4 };
static const guint8 code_32[] = { 0x89, 0xd8, 0xe7, 0x10, 0xf4 };

typedef struct
{
  KvmSystem *system;
  KvmVm *vm;
  KvmMemory *memory;
} Machine;

static void
machine_free (Machine *self)
{
  g_clear_object (&self->memory);
  g_clear_object (&self->vm);
  g_clear_object (&self->system);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Machine, machine_free)

static Machine *
machine_new (guint64 size)
{
  Machine *self = g_new0 (Machine, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemorySlot) slot = NULL;

  self->system = kvm_system_new (&error);
  g_assert_no_error (error);
  self->vm = kvm_system_create_vm (self->system, &error);
  g_assert_no_error (error);
  if (size == 0)
    return self;
  self->memory = kvm_memory_new (size, &error);
  g_assert_no_error (error);
  slot = kvm_vm_add_memory (self->vm, 0, self->memory, KVM_MEMORY_SLOT_FLAGS_NONE, &error);
  g_assert_no_error (error);
  return self;
}

static void
put (guint8 *image, gsize offset, guint64 value, guint size)
{
  for (guint i = 0; i < size; i++)
    image[offset + i] = value >> 8 * i;
}

static guint8 *
make_bzimage (gsize *size)
{
  guint8 *image = g_malloc0 (BZIMAGE_SIZE);

  image[0x1f1] = SETUP_SIZE / 512 - 1;
  put (image, 0x1f4, (BZIMAGE_SIZE - SETUP_SIZE) / 16, 4);
  put (image, 0x1fe, 0xaa55, 2);
  put (image, 0x200, 0x66eb, 2);
  memcpy (image + 0x202, "HdrS", 4);
  put (image, 0x206, 0x20f, 2);
  image[0x211] = 1;
  put (image, 0x22c, 0x7fffffff, 4);
  put (image, 0x230, 0x200000, 4);
  image[0x234] = 0;
  put (image, 0x236, 1, 2);
  put (image, 0x238, 2047, 4);
  put (image, 0x258, KERNEL_ADDRESS, 8);
  put (image, 0x260, 0x8000, 4);
  memcpy (image + SETUP_SIZE + 0x200, code_64, sizeof code_64);
  *size = BZIMAGE_SIZE;
  return image;
}

typedef struct
{
  Elf64_Ehdr header;
  Elf64_Phdr segments[2];
  Elf64_Nhdr note;
  char name[4];
  guint32 entry;
  guint8 code[64];
} ElfImage;

static guint8 *
make_elf (gsize *size)
{
  ElfImage *image = g_new0 (ElfImage, 1);

  memcpy (image->header.e_ident, ELFMAG, SELFMAG);
  image->header.e_ident[EI_CLASS] = ELFCLASS64;
  image->header.e_ident[EI_DATA] = ELFDATA2LSB;
  image->header.e_type = ET_EXEC;
  image->header.e_machine = EM_X86_64;
  image->header.e_phoff = G_STRUCT_OFFSET (ElfImage, segments);
  image->header.e_phentsize = sizeof (Elf64_Phdr);
  image->header.e_phnum = G_N_ELEMENTS (image->segments);
  image->segments[0] = (Elf64_Phdr){
    .p_type = PT_LOAD,
    .p_offset = G_STRUCT_OFFSET (ElfImage, code),
    .p_paddr = KERNEL_ADDRESS,
    .p_filesz = sizeof image->code,
    .p_memsz = 0x2000,
  };
  image->segments[1] = (Elf64_Phdr){
    .p_type = PT_NOTE,
    .p_offset = G_STRUCT_OFFSET (ElfImage, note),
    .p_filesz = sizeof image->note + sizeof image->name + sizeof image->entry,
  };
  image->note = (Elf64_Nhdr){ .n_namesz = 4, .n_descsz = 4, .n_type = 18 };
  memcpy (image->name, "Xen", 4);
  image->entry = KERNEL_ADDRESS + 1;
  memcpy (image->code + 1, code_32, sizeof code_32);
  *size = sizeof *image;
  return (guint8 *) image;
}

static guint8 *
make_image (gsize *size, const char *magic)
{
  guint8 *image = g_malloc0 (0x1000);

  memcpy (image, "MZ", 2);
  put (image, 8, 0x200000, 8);
  put (image, 16, 0x8000, 8);
  memcpy (image + 0x38, magic, 4);
  put (image, 0x3c, 0x40, 4);
  memcpy (image + 0x40, "PE\0\0", 4);
  put (image, 0x46, 1, 2);          /* section */
  put (image, 0x58 + 16, 0xc00, 4); /* with so many bytes */
  put (image, 0x58 + 20, 0x400, 4); /* from there on */
  *size = 0x1000;
  return image;
}

static guint8 *
make_arm64 (gsize *size)
{
  return make_image (size, "ARM\x64");
}

static guint8 *
make_riscv (gsize *size)
{
  return make_image (size, "RSC\x05");
}

/* NULL with an error if the library was built without libfdt. */
static GBytes *
make_tree (GError **error)
{
  static const guint32 two = 2, old[] = { 0, 0, 0, 0x1000 };
  g_autoptr (KvmDeviceTree) tree = kvm_device_tree_new ();

  kvm_device_tree_begin_node (tree, "");
  kvm_device_tree_add_cells (tree, "#address-cells", &two, 1);
  kvm_device_tree_add_cells (tree, "#size-cells", &two, 1);
  kvm_device_tree_begin_node (tree, "memory@0");
  kvm_device_tree_add_string (tree, "device_type", "memory");
  kvm_device_tree_add_cells (tree, "reg", old, G_N_ELEMENTS (old));
  kvm_device_tree_end_node (tree);
  kvm_device_tree_begin_node (tree, "flags");
  kvm_device_tree_add_property (tree, "one", NULL, 0);
  kvm_device_tree_end_node (tree);
  kvm_device_tree_end_node (tree);
  return kvm_device_tree_finish (tree, error);
}

static KvmBootLayout *
load (Machine *machine, guint8 *image, gsize size, GBytes *initrd, const char *line, GError **error)
{
  g_autoptr (GBytes) kernel = g_bytes_new (image, size);

  return kvm_vm_load_kernel (machine->vm, kernel, initrd, line, NULL, error);
}

/* What stands at a guest address is this. */
static void
assert_memory (Machine *machine, guint64 address, gconstpointer expected, gsize length)
{
  g_autofree guint8 *found = g_malloc (length);
  g_autoptr (GError) error = NULL;

  kvm_memory_read (machine->memory, address, found, length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (found, length, expected, length);
}

/* Runs to the halt, and gives what was written to the port. */
static guint64
run (Machine *machine, const KvmBootLayout *layout)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmVcpu) vcpu = kvm_vm_create_vcpu (machine->vm, 0, &error);
  g_autoptr (KvmX86Cpuid) cpuid = kvm_system_x86_get_supported_cpuid (machine->system, &error);
  guint64 value;

  g_assert_no_error (error);
  kvm_vcpu_x86_set_cpuid (vcpu, cpuid, &error);
  g_assert_no_error (error);
  kvm_vcpu_setup_boot (vcpu, layout, &error);
  g_assert_no_error (error);
  g_assert_cmpint (kvm_vcpu_run (vcpu, NULL, &error), ==, KVM_EXIT_REASON_IO);
  value = kvm_exit_get_value (kvm_vcpu_get_exit (vcpu));
  g_assert_cmpint (kvm_vcpu_run (vcpu, NULL, &error), ==, KVM_EXIT_REASON_HLT);
  return value;
}

static void
test_bzimage (void)
{
  g_autoptr (Machine) machine = machine_new (MEMORY_SIZE);
  g_autoptr (GBytes) initrd = g_bytes_new_static ("a RAM disk", 10);
  g_autoptr (GError) error = NULL;
  gsize size;
  g_autofree guint8 *image = make_bzimage (&size);
  g_autoptr (KvmBootLayout) layout = load (machine, image, size, initrd, "quiet", &error);
  /* 0 to 639 KiB, what is up to 1 MiB, and the rest */
  const guint32 map[] = {
    0, 0, 0x9fc00, 0, 1, 0x9fc00, 0, 0x60400, 0, 2, 0x100000, 0, MEMORY_SIZE - 0x100000, 0, 1
  };
  guint32 line, ramdisk[2];

  g_assert_no_error (error);
  g_assert_cmpint (layout->protocol, ==, KVM_BOOT_PROTOCOL_X86_LINUX);
  g_assert_cmphex (layout->kernel_address, ==, KERNEL_ADDRESS);
  g_assert_cmphex (layout->kernel_length, ==, 0x8000);
  g_assert_cmphex (layout->entry, ==, KERNEL_ADDRESS + 0x200);
  g_assert_cmphex (layout->initrd_address, ==, KERNEL_ADDRESS + 0x8000);
  g_assert_cmphex (layout->initrd_length, ==, 10);
  assert_memory (machine, layout->initrd_address, "a RAM disk", 10);
  assert_memory (machine, layout->command_line_address, "quiet", 6);
  assert_memory (machine, layout->kernel_address, image + SETUP_SIZE, BZIMAGE_SIZE - SETUP_SIZE);
  assert_memory (machine, layout->parameters_address + 0x1e8, "\3", 1);
  assert_memory (machine, layout->parameters_address + 0x2d0, map, sizeof map);
  assert_memory (machine, layout->parameters_address + 0x202, "HdrS", 4);
  assert_memory (machine, layout->parameters_address + 0x210, "\xff", 1);
  line = layout->command_line_address;
  assert_memory (machine, layout->parameters_address + 0x228, &line, 4);
  ramdisk[0] = layout->initrd_address;
  ramdisk[1] = 10;
  assert_memory (machine, layout->parameters_address + 0x218, ramdisk, 8);

  g_assert_cmphex (run (machine, layout), ==, layout->parameters_address);
}

static void
test_pvh (void)
{
  g_autoptr (Machine) machine = machine_new (MEMORY_SIZE);
  g_autoptr (GBytes) initrd = g_bytes_new_static ("a RAM disk", 10);
  g_autoptr (GError) error = NULL;
  gsize size;
  g_autofree guint8 *image = make_elf (&size);
  g_autoptr (KvmBootLayout) layout = NULL;
  guint32 begin[] = { 0x336ec578, 1, 0, 1 };
  guint64 addresses[5] = { 0 }, module[2];

  kvm_memory_fill (machine->memory, 0, MEMORY_SIZE, 0xff, &error);
  g_assert_no_error (error);
  layout = load (machine, image, size, initrd, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (layout->protocol, ==, KVM_BOOT_PROTOCOL_X86_PVH);
  g_assert_cmphex (layout->kernel_address, ==, KERNEL_ADDRESS);
  g_assert_cmphex (layout->kernel_length, ==, 0x2000);
  g_assert_cmphex (layout->entry, ==, KERNEL_ADDRESS + 1);
  assert_memory (machine, layout->command_line_address, "", 1);
  assert_memory (machine, KERNEL_ADDRESS + 64, addresses, 40); /* was cleared */
  assert_memory (machine, layout->parameters_address, begin, sizeof begin);
  kvm_memory_read (machine->memory, layout->parameters_address + 16, addresses, sizeof addresses,
                   &error);
  g_assert_no_error (error);
  g_assert_cmphex (addresses[1], ==, layout->command_line_address);
  g_assert_cmphex (addresses[2], ==, 0);
  g_assert_cmphex (addresses[4], ==, 3); /* entries of the map */
  module[0] = layout->initrd_address;
  module[1] = 10;
  assert_memory (machine, addresses[0], module, sizeof module);

  g_assert_cmphex (run (machine, layout), ==, layout->parameters_address);
}

static gboolean
load_image (Machine *machine, guint8 *data, gsize size, GBytes *initrd, const char *line,
            GBytes *tree, KvmBootLayout *layout, GError **error)
{
  KvmBoot boot = {
    .vm = machine->vm,
    .kernel = data,
    .kernel_size = size,
    .initrd = initrd,
    .command_line = line,
    .device_tree = tree,
  };
  gboolean done;

  g_assert_true (_kvm_boot_find_memory (&boot, error));
  done = _kvm_boot_load_image (&boot, error);
  *layout = boot.layout;
  g_array_unref (boot.ram);
  g_array_unref (boot.free);
  return done;
}

static void
test_image (void)
{
  g_autoptr (Machine) machine = machine_new (4 * MEMORY_SIZE);
  g_autoptr (GBytes) initrd = g_bytes_new_static ("a RAM disk", 10);
  g_autoptr (GBytes) tree = make_tree (NULL);
  g_autoptr (GError) error = NULL;
  gsize size, length;
  g_autofree guint8 *image = make_riscv (&size);
  g_autofree guint8 *found = NULL;
  KvmBootLayout layout;

  load_image (machine, image, size, initrd, "quiet", tree, &layout, &error);
  g_assert_no_error (error);
  g_assert_cmpint (layout.protocol, ==, KVM_BOOT_PROTOCOL_RISCV_LINUX);
  g_assert_cmphex (layout.kernel_address, ==, 0x200000);
  g_assert_cmphex (layout.kernel_length, ==, 0x8000);
  g_assert_cmphex (layout.entry, ==, 0x200000);
  g_assert_cmphex (layout.initrd_address, ==, 0x400000);
  g_assert_cmphex (layout.parameters_address, ==, 0x600000);
  assert_memory (machine, layout.kernel_address, image, size);
  assert_memory (machine, layout.initrd_address, "a RAM disk", 10);

  found = kvm_memory_read_bytes (machine->memory, layout.parameters_address,
                                 layout.parameters_length, &length, &error);
  g_assert_no_error (error);
  g_assert_nonnull (memmem (found, length, "\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0", 16)); /* 16 MiB */
  g_assert_null (memmem (found, length, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\0", 16));
  g_assert_nonnull (memmem (found, length, "quiet", 6));
  g_assert_nonnull (memmem (found, length, "linux,initrd-start", 19));
  g_assert_nonnull (memmem (found, length, "\0\0\0\0\0\x40\0\x0a", 8));
}

/* An unbalanced or broken tree is told of once, at the end; nothing is fatal before. */
static void
test_device_tree (void)
{
  g_autoptr (KvmDeviceTree) tree = kvm_device_tree_new ();
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *much = g_malloc0 (0x300000);

  kvm_device_tree_begin_node (tree, "");
  kvm_device_tree_add_property (tree, "much", much, 0x300000);
  kvm_device_tree_add_string (tree, "after", "it");
  kvm_device_tree_end_node (tree);
  kvm_device_tree_end_node (tree);
  g_assert_null (kvm_device_tree_finish (tree, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "the property \"much\""));

  g_clear_error (&error);
  g_clear_object (&tree);
  tree = kvm_device_tree_new ();
  kvm_device_tree_begin_node (tree, "");
  g_assert_null (kvm_device_tree_finish (tree, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_INVALID);
}

typedef guint8 *(*MakeImage) (gsize *size);

/* One wrong field, and what the message calls it. */
static const struct
{
  MakeImage make;
  gsize offset;
  guint64 value;
  guint size;
  int code;
  const char *word;
} wrong[] = {
  { make_bzimage, 0x1fe, 0, 2, KVM_ERROR_INVALID, "boot_flag" },
  { make_bzimage, 0x201, 0x20, 1, KVM_ERROR_INVALID, "jump" },
  { make_bzimage, 0x202, 0, 4, KVM_ERROR_INVALID, "no kernel" },
  { make_bzimage, 0x206, 0x20b, 2, KVM_ERROR_INVALID, "version" },
  { make_bzimage, 0x211, 0, 1, KVM_ERROR_INVALID, "loadflags" },
  { make_bzimage, 0x236, 0, 2, KVM_ERROR_INVALID, "xloadflags" },
  { make_bzimage, 0x1f1, 255, 1, KVM_ERROR_INVALID, "setup_sects" },
  { make_bzimage, 0x1f4, G_MAXUINT32, 4, KVM_ERROR_INVALID, "syssize" },
  { make_bzimage, 0x1f4, 2, 4, KVM_ERROR_INVALID, "syssize" },
  { make_bzimage, 0x260, 0x10, 4, KVM_ERROR_INVALID, "init_size" },
  { make_bzimage, 0x260, G_MAXUINT32, 4, KVM_ERROR_NO_SPACE, "the kernel" },
  { make_bzimage, 0x230, 3, 4, KVM_ERROR_INVALID, "kernel_alignment" },
  { make_bzimage, 0x258, 0x1000, 8, KVM_ERROR_INVALID, "pref_address" },
  { make_bzimage, 0x258, G_MAXUINT64, 8, KVM_ERROR_INVALID, "pref_address" },
  { make_bzimage, 0x238, 0, 4, KVM_ERROR_INVALID, "cmdline_size" },
  { make_bzimage, 0x238, 1, 4, KVM_ERROR_INVALID, "command line" },
  { make_elf, EI_CLASS, ELFCLASS32, 1, KVM_ERROR_INVALID, "e_ident" },
  { make_elf, 18, EM_AARCH64, 2, KVM_ERROR_NOT_SUPPORTED, "e_machine" },
  { make_elf, 16, ET_REL, 2, KVM_ERROR_INVALID, "e_type" },
  { make_elf, 54, 1, 2, KVM_ERROR_INVALID, "e_phentsize" },
  { make_elf, 56, 0xffff, 2, KVM_ERROR_INVALID, "e_phnum" },
  { make_elf, 32, G_MAXUINT64, 8, KVM_ERROR_INVALID, "e_phoff" },
  { make_elf, 64 + 8, G_MAXUINT64, 8, KVM_ERROR_INVALID, "p_offset" },
  { make_elf, 64 + 24, G_MAXUINT64 - 5, 8, KVM_ERROR_NO_SPACE, "the kernel" },
  { make_elf, 64 + 40, 1, 8, KVM_ERROR_INVALID, "p_memsz" },
  { make_elf, 64 + 40, G_MAXUINT64, 8, KVM_ERROR_NO_SPACE, "the kernel" },
  { make_elf, G_STRUCT_OFFSET (ElfImage, note), G_MAXUINT32, 4, KVM_ERROR_NOT_SUPPORTED, "PHYS32" },
  { make_elf, G_STRUCT_OFFSET (ElfImage, entry), 5, 4, KVM_ERROR_INVALID, "PHYS32_ENTRY" },
  { make_arm64, 0, 0, 0, KVM_ERROR_NOT_SUPPORTED, "an arm64 Image" },
  { make_riscv, 0, 0, 0, KVM_ERROR_NOT_SUPPORTED, "a riscv64 Image" },
  { make_riscv, 0x38, 0, 4, KVM_ERROR_INVALID, "EFI program" },
  { make_riscv, 0, 0x8b1f, 2, KVM_ERROR_NOT_SUPPORTED, "a riscv64 Image" },
};

static const struct
{
  gsize offset;
  guint64 value;
  guint size;
  const char *word;
} wrong_image[] = {
  { 24, 1, 8, "flags" },
  { 8, 1, 8, "text_offset" },
  { 8, G_MAXUINT64, 8, "text_offset" },
  { 16, 1, 8, "image_size" },
  { 16, G_MAXUINT64, 8, "image_size" },
  { 0x3c, G_MAXUINT32, 4, "PE header" },
  { 0x46, 0xffff, 2, "PE header" },
  { 0x58 + 16, 0x10000, 4, "PE section 0" },
};

static void
test_wrong_fields (void)
{
  g_autoptr (Machine) machine = machine_new (MEMORY_SIZE);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      gsize size;
      g_autofree guint8 *image = wrong[i].make (&size);

      put (image, wrong[i].offset, wrong[i].value, wrong[i].size);
      g_assert_null (load (machine, image, size, NULL, "ab", &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, KVM_ERROR, wrong[i].code);
      g_assert_nonnull (strstr (error->message, wrong[i].word));
    }
}

static void
test_wrong_fields_of_image (void)
{
  g_autoptr (Machine) machine = machine_new (MEMORY_SIZE);
  g_autoptr (GBytes) tree = make_tree (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (wrong_image); i++)
    {
      g_autoptr (GError) error = NULL;
      gsize size;
      g_autofree guint8 *image = make_arm64 (&size);
      KvmBootLayout layout;

      put (image, wrong_image[i].offset, wrong_image[i].value, wrong_image[i].size);
      g_assert_false (load_image (machine, image, size, NULL, NULL, tree, &layout, &error));
      g_assert_error (error, KVM_ERROR, KVM_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, wrong_image[i].word));
    }
}

static void
assert_no_room (Machine *machine, GBytes *initrd, const char *word)
{
  g_autoptr (GError) error = NULL;
  gsize size;
  g_autofree guint8 *image = make_bzimage (&size);

  g_assert_null (load (machine, image, size, initrd, NULL, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_no_room (void)
{
  g_autoptr (Machine) none = machine_new (0), little = machine_new (0x101000);
  g_autoptr (Machine) machine = machine_new (MEMORY_SIZE);
  g_autofree guint8 *zeros = g_malloc0 (MEMORY_SIZE);
  g_autoptr (GBytes) initrd = g_bytes_new (zeros, MEMORY_SIZE - 0x107fff);
  g_autofree guint8 *found = g_malloc (MEMORY_SIZE);

  assert_no_room (none, NULL, "has no memory");
  assert_no_room (little, NULL, "the kernel, 0x8000 bytes");
  assert_no_room (machine, initrd, "the initial RAM disk");

  /* Nothing was written for it. */
  g_assert_true (kvm_memory_read (machine->memory, 0, found, MEMORY_SIZE, NULL));
  g_assert_cmpmem (found, MEMORY_SIZE, zeros, MEMORY_SIZE);
}

static void
test_device_tree_for_x86 (void)
{
  g_autoptr (Machine) machine = machine_new (MEMORY_SIZE);
  g_autoptr (GBytes) tree = g_bytes_new_static ("a tree", 6);
  g_autoptr (GError) error = NULL;
  gsize size;
  g_autofree guint8 *image = make_bzimage (&size);
  g_autoptr (GBytes) kernel = g_bytes_new (image, size);

  g_assert_null (kvm_vm_load_kernel (machine->vm, kernel, NULL, NULL, tree, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "device tree"));
}

/* All of what was placed is memory, and none of it twice. */
static void
assert_sound (const KvmBootLayout *layout)
{
  const guint64 places[][2] = {
    { layout->kernel_address, layout->kernel_length },
    { layout->initrd_address, layout->initrd_length },
    { layout->parameters_address, layout->parameters_length },
    { layout->tables_address, layout->tables_address != 0 ? 0x7000 : 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_assert_cmphex (places[i][0], <=, 4 * MEMORY_SIZE);
      g_assert_cmphex (places[i][1], <=, 4 * MEMORY_SIZE - places[i][0]);
      for (guint j = 0; j < i; j++)
        g_assert_true (places[i][1] == 0 || places[j][1] == 0
                       || places[i][0] + places[i][1] <= places[j][0]
                       || places[j][0] + places[j][1] <= places[i][0]);
    }
  g_assert_cmphex (layout->entry, >=, layout->kernel_address);
  g_assert_cmphex (layout->entry, <, layout->kernel_address + layout->kernel_length);
}

static void
mutate (GRand *random, guint8 *data, gsize *size, gsize n_interesting)
{
  static const guint8 values[] = { 0, 1, 0x7f, 0x80, 0xff };

  for (guint n = g_rand_int_range (random, 1, 4); n > 0; n--)
    {
      gsize offset = g_rand_int_range (random, 0, MIN (n_interesting, *size));

      if (g_rand_boolean (random))
        data[offset] = values[g_rand_int_range (random, 0, G_N_ELEMENTS (values))];
      else
        data[offset] ^= 1 << g_rand_int_range (random, 0, 8);
    }
  if (g_rand_int_range (random, 0, 8) == 0)
    *size = g_rand_int_range (random, 1, *size + 1);
}

static void
test_mutations (void)
{
  static const MakeImage makes[] = { make_bzimage, make_elf, make_arm64, make_riscv };
  g_autoptr (Machine) machine = machine_new (4 * MEMORY_SIZE);
  g_autoptr (GBytes) initrd = g_bytes_new_static ("a RAM disk", 10);
  g_autoptr (GBytes) tree = make_tree (NULL);
  guint n_makes = tree != NULL ? G_N_ELEMENTS (makes) : 2;
  g_autoptr (GRand) random = g_rand_new_with_seed (g_test_rand_int ());
  const guint n_mutations = kvm_test_rounds (N_MUTATIONS);
  guint n_loaded = 0;

  for (guint i = 0; i < n_mutations; i++)
    {
      guint which = i % n_makes;
      gsize size, tree_size;
      g_autofree guint8 *image = makes[which](&size);
      g_autofree guint8 *exact = NULL;
      g_autofree guint8 *tree_data = NULL;
      g_autoptr (KvmBootLayout) layout = NULL;
      g_autoptr (GBytes) other_tree = NULL;
      g_autoptr (GError) error = NULL;
      KvmBootLayout image_layout;
      gboolean done;

      mutate (random, image, &size, which == 0 ? 0x290 : 0x100);
      exact = g_memdup2 (image, size); /* so that one byte too far is noticed */
      if (which < 2)
        {
          layout = load (machine, exact, size, initrd, "quiet", &error);
          done = layout != NULL;
        }
      else if (size >= 0x40)
        {
          tree_data = g_memdup2 (g_bytes_get_data (tree, &tree_size), g_bytes_get_size (tree));
          if (i / n_makes % 2 == 1)
            mutate (random, tree_data, &tree_size, tree_size);
          other_tree = g_bytes_new (tree_data, tree_size);
          done = load_image (machine, exact, size, initrd, "quiet", other_tree, &image_layout,
                             &error);
        }
      else
        continue;
      g_assert_true (done == (error == NULL));
      if (done)
        assert_sound (layout != NULL ? layout : &image_layout);
      else
        g_assert_true (error->domain == KVM_ERROR && error->message[0] != '\0');
      n_loaded += done;
    }
  g_assert_cmpuint (n_loaded, >, n_mutations / 50);
  g_assert_cmpuint (n_loaded, <, n_mutations - n_mutations / 50);
}

static void
test_setup_elsewhere (void)
{
  g_autoptr (Machine) machine = machine_new (MEMORY_SIZE);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmVcpu) vcpu = kvm_vm_create_vcpu (machine->vm, 0, &error);
  g_autoptr (KvmBootLayout) layout = kvm_boot_layout_new ();

  layout->protocol = KVM_BOOT_PROTOCOL_ARM64_LINUX;
  g_assert_false (kvm_vcpu_setup_boot (vcpu, layout, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  layout->protocol = KVM_BOOT_PROTOCOL_RISCV_LINUX;
  g_assert_false (kvm_vcpu_setup_boot (vcpu, layout, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  layout->protocol = 17;
  g_assert_false (kvm_vcpu_setup_boot (vcpu, layout, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_INVALID);
}

static void
test_without_libfdt (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (make_tree (&error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "-Dlibfdt=enabled"));
}

int
main (int argc, char **argv)
{
  g_autoptr (GBytes) tree = NULL;

  kvm_test_init (&argc, &argv);

  kvm_test_add ("/boot/bzimage", test_bzimage);
  kvm_test_add ("/boot/pvh", test_pvh);
  tree = make_tree (NULL);
  if (tree != NULL)
    {
      kvm_test_add ("/boot/image", test_image);
      kvm_test_add ("/boot/device-tree", test_device_tree);
      kvm_test_add ("/boot/wrong-fields-of-image", test_wrong_fields_of_image);
    }
  else
    kvm_test_add ("/boot/without-libfdt", test_without_libfdt);
  kvm_test_add ("/boot/wrong-fields", test_wrong_fields);
  kvm_test_add ("/boot/no-room", test_no_room);
  kvm_test_add ("/boot/device-tree-for-x86", test_device_tree_for_x86);
  kvm_test_add ("/boot/mutations", test_mutations);
  kvm_test_add ("/boot/setup-elsewhere", test_setup_elsewhere);

  return g_test_run ();
}
