/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#ifdef HAVE_LIBFDT
#include <libfdt.h>
#endif
#include <string.h>

#include "kvm-boot-private.h"
#include "kvm-device-tree.h"
#include "kvm-error.h"

/**
 * KvmDeviceTree:
 *
 * Writes a flattened device tree: what tells a kernel for arm64 or riscv64 which hardware there is.
 * Nodes and properties are written in their order; a node's properties come before its children.
 *
 * ```python
 * tree = Kvm.DeviceTree()
 * tree.begin_node("")  # the root
 * tree.add_cells("#address-cells", [2])
 * tree.add_cells("#size-cells", [2])
 * tree.begin_node("serial@9000000")
 * tree.add_string("compatible", "ns16550a")
 * tree.add_cells("reg", [0, 0x9000000, 0, 8])
 * tree.end_node()
 * tree.end_node()
 * layout = vm.load_kernel(kernel, None, "console=ttyS0", tree.finish())
 * ```
 *
 * What went wrong on the way is told at the end, by [method@Kvm.DeviceTree.finish]. That fails with
 * %KVM_ERROR_NOT_SUPPORTED, too, if the library was built without libfdt.
 *
 * One thread at a time may use it.
 *
 * Since: 0.1
 */
struct _KvmDeviceTree
{
  GObject parent_instance;
  guint8 *data; /* owned: MAX_SIZE bytes; NULL without libfdt */
  char *failed; /* owned: the first thing that could not be written, and why; NULL if all could */
  gboolean is_finished;
};

#define MAX_SIZE (2 * MIB) /* what arm64 allows */

G_DEFINE_FINAL_TYPE (KvmDeviceTree, kvm_device_tree, G_TYPE_OBJECT)

static void
kvm_device_tree_finalize (GObject *object)
{
  KvmDeviceTree *self = KVM_DEVICE_TREE (object);

  g_free (self->data);
  g_free (self->failed);

  G_OBJECT_CLASS (kvm_device_tree_parent_class)->finalize (object);
}

static void
kvm_device_tree_class_init (KvmDeviceTreeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kvm_device_tree_finalize;
}

#ifdef HAVE_LIBFDT

static void
kvm_device_tree_init (KvmDeviceTree *self)
{
  self->data = g_malloc0 (MAX_SIZE);
  fdt_create (self->data, MAX_SIZE);
  fdt_finish_reservemap (self->data);
}

static gboolean
can_write (KvmDeviceTree *self)
{
  return self->failed == NULL && !self->is_finished;
}

/* Keeps the first failure. */
static void
note (KvmDeviceTree *self, int ret, const char *what, const char *name)
{
  if (ret != 0)
    self->failed = g_strdup_printf ("%s \"%s\": %s", what, name, fdt_strerror (ret));
}

static void
begin_node (KvmDeviceTree *self, const char *name)
{
  if (can_write (self))
    note (self, fdt_begin_node (self->data, name), "the node", name);
}

static void
end_node (KvmDeviceTree *self)
{
  if (can_write (self))
    note (self, fdt_end_node (self->data), "the end of", "a node");
}

static void
add_property (KvmDeviceTree *self, const char *name, gconstpointer data, gsize length)
{
  if (can_write (self))
    note (self,
          length <= MAX_SIZE ? fdt_property (self->data, name, data, length) : -FDT_ERR_NOSPACE,
          "the property", name);
}

static GBytes *
finish (KvmDeviceTree *self, GError **error)
{
  if (can_write (self))
    note (self, fdt_finish (self->data), "the end of", "the tree");
  if (can_write (self)) /* libfdt notices only here that a node was not ended */
    note (self, fdt_check_full (self->data, MAX_SIZE), "all of", "the tree");
  if (self->failed != NULL)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The device tree cannot have %s (each node is begun, gets its properties and "
                   "then its children, and is ended; all of it has 2 MiB at most)",
                   self->failed);
      return NULL;
    }
  self->is_finished = TRUE;
  return g_bytes_new (self->data, fdt_totalsize (self->data));
}

/* The first child of the root that describes memory; negative if there is none. */
static int
find_memory_node (const void *tree)
{
  int node;

  fdt_for_each_subnode (node, tree, 0)
  {
    int length;
    const char *type = fdt_getprop (tree, node, "device_type", &length);

    if (type != NULL && length == sizeof "memory" && memcmp (type, "memory", length) == 0)
      return node;
  }
  return -1;
}

/* All memory is described anew. */
static int
set_memory (void *tree, const GArray *ram)
{
  g_autofree char *name = NULL;
  int node, ret = 0;

  while ((node = find_memory_node (tree)) >= 0 && ret == 0)
    ret = fdt_del_node (tree, node);
  if (ret != 0)
    return ret;

  name = g_strdup_printf ("memory@%" G_GINT64_MODIFIER "x",
                          g_array_index (ram, KvmBootRange, 0).start);
  node = fdt_add_subnode (tree, 0, name);
  ret = node < 0 ? node : fdt_setprop_string (tree, node, "device_type", "memory");
  for (guint i = 0; i < ram->len && ret == 0; i++)
    {
      const KvmBootRange *range = &g_array_index (ram, KvmBootRange, i);

      ret = fdt_appendprop_addrrange (tree, 0, node, "reg", range->start,
                                      range->end - range->start);
    }
  return ret;
}

static int
set_chosen (void *tree, const KvmBoot *boot)
{
  int node = fdt_path_offset (tree, "/chosen"), ret = 0;

  if (node == -FDT_ERR_NOTFOUND)
    node = fdt_add_subnode (tree, 0, "chosen");
  if (node < 0)
    return node;
  if (boot->command_line != NULL)
    ret = fdt_setprop_string (tree, node, "bootargs", boot->command_line);
  if (ret == 0 && boot->initrd != NULL)
    ret = fdt_setprop_u64 (tree, node, "linux,initrd-start", boot->layout.initrd_address);
  if (ret == 0 && boot->initrd != NULL)
    ret = fdt_setprop_u64 (tree, node, "linux,initrd-end",
                           boot->layout.initrd_address + boot->layout.initrd_length);
  return ret;
}

/* Not fdt_check_full () alone, which ends the process on names in the form of versions below 16.
 * Today they are written in version 17. */
static int
check_tree (const guint8 *tree, gsize size)
{
  if (size > MAX_SIZE)
    return -FDT_ERR_NOSPACE;
  if (size < FDT_V16_SIZE)
    return -FDT_ERR_TRUNCATED;
  if (fdt_magic (tree) == FDT_MAGIC && fdt_version (tree) < 16)
    return -FDT_ERR_BADVERSION;
  return fdt_check_full (tree, size);
}

GBytes *
_kvm_boot_complete_device_tree (const KvmBoot *boot, GError **error)
{
  g_autofree guint8 *tree = g_malloc0 (MAX_SIZE);
  gsize size;
  const guint8 *given = g_bytes_get_data (boot->device_tree, &size);
  int ret = check_tree (given, size);

  if (ret == 0)
    ret = fdt_open_into (given, tree, MAX_SIZE);
  if (ret == 0)
    ret = set_memory (tree, boot->ram);
  if (ret == 0)
    ret = set_chosen (tree, boot);
  if (ret == 0)
    ret = fdt_pack (tree);
  if (ret != 0)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The device tree of %" G_GSIZE_FORMAT " bytes cannot be completed: %s", size,
                   fdt_strerror (ret));
      return NULL;
    }
  return g_bytes_new (tree, fdt_totalsize (tree));
}

#else

#define WITHOUT                                                                                    \
  "Device trees need libfdt, which this library was built without: build it again with "           \
  "-Dlibfdt=enabled (Debian has libfdt-dev)"

static void
kvm_device_tree_init (KvmDeviceTree *self)
{
}

static void
begin_node (KvmDeviceTree *self, const char *name)
{
}

static void
end_node (KvmDeviceTree *self)
{
}

static void
add_property (KvmDeviceTree *self, const char *name, gconstpointer data, gsize length)
{
}

static GBytes *
finish (KvmDeviceTree *self, GError **error)
{
  g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED, WITHOUT);
  return NULL;
}

GBytes *
_kvm_boot_complete_device_tree (const KvmBoot *boot, GError **error)
{
  g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED, WITHOUT);
  return NULL;
}

#endif

/**
 * kvm_device_tree_new:
 *
 * Makes an empty device tree.
 *
 * Returns: (transfer full): the tree
 *
 * Since: 0.1
 */
KvmDeviceTree *
kvm_device_tree_new (void)
{
  return g_object_new (KVM_TYPE_DEVICE_TREE, NULL);
}

/**
 * kvm_device_tree_begin_node:
 * @self: a device tree
 * @name: the name of the node; an empty one for the root, which comes first
 *
 * Begins a node, inside of the one that was begun last and is not ended.
 *
 * Since: 0.1
 */
void
kvm_device_tree_begin_node (KvmDeviceTree *self, const char *name)
{
  g_return_if_fail (KVM_IS_DEVICE_TREE (self) && name != NULL);

  begin_node (self, name);
}

/**
 * kvm_device_tree_end_node:
 * @self: a device tree
 *
 * Ends the node that was begun last and is not ended.
 *
 * Since: 0.1
 */
void
kvm_device_tree_end_node (KvmDeviceTree *self)
{
  g_return_if_fail (KVM_IS_DEVICE_TREE (self));

  end_node (self);
}

/**
 * kvm_device_tree_add_property:
 * @self: a device tree
 * @name: the name of the property
 * @data: (array length=length) (nullable): its bytes; %NULL for a property that is there or not
 * @length: how many bytes there are
 *
 * Adds a property of any bytes to the node.
 *
 * Since: 0.1
 */
void
kvm_device_tree_add_property (KvmDeviceTree *self, const char *name, const guint8 *data,
                              gsize length)
{
  g_return_if_fail (KVM_IS_DEVICE_TREE (self) && name != NULL);
  g_return_if_fail (data != NULL || length == 0);

  add_property (self, name, data, length);
}

/**
 * kvm_device_tree_add_string:
 * @self: a device tree
 * @name: the name of the property
 * @value: the string
 *
 * Adds a property that is a string.
 *
 * Since: 0.1
 */
void
kvm_device_tree_add_string (KvmDeviceTree *self, const char *name, const char *value)
{
  g_return_if_fail (KVM_IS_DEVICE_TREE (self) && name != NULL && value != NULL);

  add_property (self, name, value, strlen (value) + 1);
}

/**
 * kvm_device_tree_add_cells:
 * @self: a device tree
 * @name: the name of the property
 * @cells: (array length=n_cells): the numbers; those of 64 bits are two, the upper half first
 * @n_cells: how many there are
 *
 * Adds a property of cells, which are numbers of 32 bits.
 *
 * Since: 0.1
 */
void
kvm_device_tree_add_cells (KvmDeviceTree *self, const char *name, const guint32 *cells,
                           gsize n_cells)
{
  g_autofree guint32 *swapped = NULL;

  g_return_if_fail (KVM_IS_DEVICE_TREE (self) && name != NULL);
  g_return_if_fail (cells != NULL && n_cells != 0 && n_cells <= MAX_SIZE);

  swapped = g_new (guint32, n_cells);
  for (gsize i = 0; i < n_cells; i++)
    swapped[i] = GUINT32_TO_BE (cells[i]);
  add_property (self, name, swapped, n_cells * sizeof *swapped);
}

/**
 * kvm_device_tree_finish:
 * @self: a device tree
 * @error: return location for an error
 *
 * Ends the tree. Nothing can be added any more; to finish it again gives the same.
 *
 * Fails with %KVM_ERROR_INVALID if something could not be written, of which the message names the
 * first, or a node was not ended; and with %KVM_ERROR_NOT_SUPPORTED if the library was built
 * without libfdt.
 *
 * Returns: (transfer full): the tree, for [method@Kvm.Vm.load_kernel]
 *
 * Since: 0.1
 */
GBytes *
kvm_device_tree_finish (KvmDeviceTree *self, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE_TREE (self), NULL);

  return finish (self, error);
}
