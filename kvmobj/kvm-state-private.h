/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-state.h"
#include "kvm-vcpu-private.h"
#include "kvm-vm-private.h"
#include "x86/kvm-x86-cpuid.h"

G_BEGIN_DECLS

/* A saved state is a dictionary, a{sv}, with a head that says what it is, and items. Each kind of
 * state has a table of the items that it can have. */
#define KVMOBJ_STATE_VERSION 1u
#define KVMOBJ_STATE_MAX_ITEMS 16

typedef struct
{
  const char *name;
  const char *type; /* of the GVariant */
  gsize size;       /* of bytes; 0 if there can be any number, or it is something else */
  gboolean is_optional;
} KvmStateItem;

typedef struct
{
  const KvmStateItem *items;
  guint n_items;
} KvmStateTable;

/* A part of a state, which the GVariant owns; NULL where there is nothing. */
typedef struct
{
  const guint8 *data;
  gsize size;
} KvmStateSlice;

/* What is to be restored, by the places in the table. */
typedef struct
{
  const KvmStateTable *table;
  KvmStateSlice values[KVMOBJ_STATE_MAX_ITEMS];
} KvmStateValues;

static inline gboolean
_kvm_state_has (const KvmStateValues *self, guint item)
{
  return self->values[item].data != NULL;
}

/* What restoring has done so far. */
typedef struct
{
  gboolean is_changed; /* whether anything is not as it was */

  /* x86: what is added to the offsets of the time-stamp counters that were saved. */
  gboolean has_tsc_shift;
  gint64 tsc_shift;
} KvmStateProgress;

/* Writes a state. What is in it is opened and closed in the order in which it is nested. */
typedef struct
{
  guint8 *data; /* owned */
  gsize size;
  gsize allocated;
  gboolean is_full; /* whether there was no memory for more */
  GArray *ends;     /* owned; of gsize: of the entries of all that is open */
  guint depth;
  struct
  {
    gsize begin;
    guint n_ends; /* before it was opened */
    gsize entry;  /* where the last one begins */
    gsize key_size;
  } levels[3];
} KvmStateBuilder;

void _kvm_state_builder_init (KvmStateBuilder *self);
void _kvm_state_builder_clear (KvmStateBuilder *self);
GVariant *_kvm_state_builder_end (KvmStateBuilder *self, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KvmStateBuilder, _kvm_state_builder_clear)

/* A dictionary. */
void _kvm_state_open (KvmStateBuilder *self);
void _kvm_state_close (KvmStateBuilder *self);
/* What is written in between is the value. */
void _kvm_state_open_item (KvmStateBuilder *self, const char *name);
void _kvm_state_close_item (KvmStateBuilder *self, const char *type);
/* An entry of a dictionary of dictionaries, by numbers; one is written in between. */
void _kvm_state_open_numbered (KvmStateBuilder *self, guint32 number);
void _kvm_state_close_numbered (KvmStateBuilder *self);

/* An item of so many zeros, which stay where they are until something else is added; NULL on
 * failure. */
gpointer _kvm_state_reserve (KvmStateBuilder *self, const char *name, const char *type, gsize size,
                             GError **error);
/* The bytes must be a serialized value of this type: no byte between members is other than 0. */
void _kvm_state_add (KvmStateBuilder *self, const char *name, const char *type, gconstpointer data,
                     gsize size);
void _kvm_state_add_string (KvmStateBuilder *self, const char *name, const char *value);
void _kvm_state_add_uint32 (KvmStateBuilder *self, const char *name, guint32 value);
void _kvm_state_add_variant (KvmStateBuilder *self, const char *name, GVariant *value);

/* Reads the entries of a dictionary. Also of one that is damaged, which has more of them then than
 * come. */
typedef struct
{
  KvmStateSlice array;
  gsize offsets;
  gsize offset_size;
  gsize n;
  gsize i;
  gsize end; /* of the last one */
} KvmStateReader;

gboolean _kvm_state_reader_init (KvmStateReader *self, const KvmStateSlice *array);
gboolean _kvm_state_reader_next (KvmStateReader *self, KvmStateSlice *entry);

typedef struct
{
  const char *name;
  const char *type; /* not terminated */
  gsize type_length;
  KvmStateSlice value;
} KvmStateFound;

gboolean _kvm_state_read_item (const KvmStateSlice *entry, KvmStateFound *found);
gboolean _kvm_state_read_numbered (const KvmStateSlice *entry, guint32 *number,
                                   KvmStateSlice *dictionary);

/* A dictionary with its head is open then. */
void _kvm_state_begin (KvmStateBuilder *builder, const char *kind);

/* Takes a state apart. An error says what it is not; @what is what is to be restored. */
gboolean _kvm_state_unpack (GVariant *state, KvmStateSlice *dictionary, GError **error);
gboolean _kvm_state_parse (const KvmStateSlice *dictionary, const char *what, const char *kind,
                           const KvmStateTable *table, KvmStateValues *values, GError **error);

/* Copies an item that has the size which its table says, and a number. */
void _kvm_state_copy_bytes (const KvmStateValues *self, guint item, gpointer data, gsize size);
guint32 _kvm_state_get_uint32 (const KvmStateValues *self, guint item);
guint64 _kvm_state_get_uint64 (const KvmStateValues *self, guint item);
/* The item as a GVariant, which is valid for as long as the state. */
GVariant *_kvm_state_get_variant (const KvmStateValues *self, guint item);

/* An error about an item: of a state that makes no sense, or of one that this host cannot have. */
void _kvm_state_set_invalid (GError **error, const char *name, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void _kvm_state_set_unsupported (GError **error, const char *name, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Whether an item is there if and only if there is here what it is of. */
gboolean _kvm_state_check_presence (const KvmStateValues *values, guint item, gboolean is_here,
                                    GError **error);

/* After an item was set, or not: notes that something changed, or adds to the error which item it
 * was. Returns @is_set. */
gboolean _kvm_state_finish_item (gboolean is_set, const KvmStateItem *item,
                                 KvmStateProgress *progress, GError **error);

/* For a vCPU. The thread has it, and nothing is pending, between hold and release. */
gboolean _kvm_vcpu_hold (KvmVcpu *self, const char *what, GError **error);
void _kvm_vcpu_release (KvmVcpu *self);
gboolean _kvm_vcpu_save_held (KvmVcpu *self, KvmStateBuilder *builder, GError **error);
gboolean _kvm_vcpu_parse_state (KvmVcpu *self, const KvmStateSlice *dictionary,
                                KvmStateValues *values, GError **error);
gboolean _kvm_vcpu_check_held (KvmVcpu *self, const KvmStateValues *values, GError **error);
gboolean _kvm_vcpu_restore_held (KvmVcpu *self, const KvmStateValues *values,
                                 KvmStateProgress *progress, GError **error);
gboolean _kvm_vcpu_has_run (KvmVcpu *self);

/* The same to restore. A vCPU of which some registers are of one state and some of another cannot
 * be used until it is restored. */
gboolean _kvm_vcpu_hold_to_restore (KvmVcpu *self, gboolean *was_unusable, GError **error);
void _kvm_vcpu_release_restored (KvmVcpu *self, gboolean is_usable);

/* What only an architecture knows. Everything that can be wrong is found by check; nothing is
 * changed before. */
extern const KvmStateTable _kvm_vcpu_x86_state_table G_GNUC_INTERNAL;
gboolean _kvm_vcpu_x86_save_state (KvmVcpu *self, KvmStateBuilder *builder, GError **error);
gboolean _kvm_vcpu_x86_check_state (KvmVcpu *self, const KvmStateValues *values, GError **error);
gboolean _kvm_vcpu_x86_restore_state (KvmVcpu *self, const KvmStateValues *values,
                                      KvmStateProgress *progress, GError **error);

extern const KvmStateTable _kvm_vcpu_reg_state_table G_GNUC_INTERNAL;
gboolean _kvm_vcpu_reg_save_state (KvmVcpu *self, KvmStateBuilder *builder, GError **error);
gboolean _kvm_vcpu_reg_check_state (KvmVcpu *self, const KvmStateValues *values, GError **error);
gboolean _kvm_vcpu_reg_restore_state (KvmVcpu *self, const KvmStateValues *values,
                                      KvmStateProgress *progress, GError **error);

/* The same of a VM, whose table has at place 0 the states of its vCPUs. */
#define KVMOBJ_VM_STATE_VCPUS 0
extern const KvmStateTable _kvm_vm_x86_state_table G_GNUC_INTERNAL;
gboolean _kvm_vm_x86_save_state (KvmVm *self, KvmStateBuilder *builder, GError **error);
gboolean _kvm_vm_x86_check_state (KvmVm *self, const KvmStateValues *values, GError **error);
gboolean _kvm_vm_x86_restore_state (KvmVm *self, const KvmStateValues *values,
                                    KvmStateProgress *progress, GError **error);

extern const KvmStateTable _kvm_vm_devices_state_table G_GNUC_INTERNAL;
gboolean _kvm_vm_devices_save_state (KvmVm *self, KvmStateBuilder *builder, GError **error);
/* Whether to save them writes to guest memory, in which there is something else already when they
 * are about to be restored. */
gboolean _kvm_vm_devices_are_in_memory (KvmVm *self);
gboolean _kvm_vm_devices_check_state (KvmVm *self, const KvmStateValues *values, GError **error);
gboolean _kvm_vm_devices_restore_state (KvmVm *self, const KvmStateValues *values,
                                        KvmStateProgress *progress, GError **error);

/* What the kernel has for the state of the VM's vCPUs, which does not change once there is one. */
typedef struct
{
  gboolean has_sregs2;
  gboolean has_xcrs;
  gboolean has_debug_regs;
  gboolean has_nested_state;
  gboolean has_lapic;
  gboolean has_tsc_khz;
  gboolean has_tsc_control;
  gboolean has_tsc_offset;
  gboolean has_xsave2;
  gboolean
      has_irqchip; /* whether the VM was found to have one, and a timer: it can have them later */
  gboolean has_pit;
  gsize xsave_size;
  guint tsc_khz;        /* of the vCPU that was asked first */
  gpointer shown_cpuid; /* owned; KvmX86Cpuid: see where it is made; NULL until it is needed */
  GBytes *cpuid; /* owned; what was found to fit the host last, or NULL; under the VM's lock */
  guint32 *msrs; /* owned: those that a vCPU may have, in the order in which they are restored */
  guint n_msrs;
} KvmX86StateFacts;

void _kvm_x86_state_facts_free (KvmX86StateFacts *self);

/* Those of a vCPU. Its CPUID says which. */
typedef struct
{
  KvmX86Cpuid *cpuid; /* owned */
  guint32 *indexes;   /* owned; in the order in which they are restored */
  guint n_indexes;
} KvmX86StateMsrs;

void _kvm_x86_state_msrs_free (KvmX86StateMsrs *self);

/* Whether two values of a register are the same, but for what the kernel writes there itself. */
gboolean _kvm_state_reg_equal (guint64 id, const guint8 *value, const guint8 *other);

/* Which items differ of what is not told apart by name alone. */
gboolean _kvm_x86_state_item_equal (const char *name, GVariant *value, GVariant *other);

G_END_DECLS
