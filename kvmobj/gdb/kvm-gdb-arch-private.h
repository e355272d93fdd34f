/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-exit.h"
#include "kvm-vcpu.h"

G_BEGIN_DECLS

/* What a debugger has to know of an architecture. */

/* A part of the description, and the types of the registers in it. */
typedef struct
{
  const char *name;
  const char *types;
} KvmGdbFeature;

/* A register of 128 bits is what one makes of it. */
#define KVM_GDB_VECTOR_TYPES                                                                       \
  "<vector id='v2d' type='ieee_double' count='2'/>"                                                \
  "<vector id='v4f' type='ieee_single' count='4'/>"                                                \
  "<vector id='v2i' type='int64' count='2'/>"                                                      \
  "<vector id='v4i' type='int32' count='4'/>"                                                      \
  "<vector id='v8i' type='int16' count='8'/>"                                                      \
  "<vector id='v16i' type='int8' count='16'/>"                                                     \
  "<union id='vector'>"                                                                            \
  "<field name='v2_double' type='v2d'/><field name='v4_float' type='v4f'/>"                        \
  "<field name='v2_int64' type='v2i'/><field name='v4_int32' type='v4i'/>"                         \
  "<field name='v8_int16' type='v8i'/><field name='v16_int8' type='v16i'/>"                        \
  "<field name='uint128' type='uint128'/>"                                                         \
  "</union>"

/* A register as GDB knows it. */
typedef struct
{
  const char *name;
  const char *type;    /* NULL: a number */
  guint8 size;         /* in bytes */
  guint8 feature;      /* the part of the description */
  guint8 kernel_size;  /* how many of the bytes the kernel has, the first ones */
  guint64 kernel_name; /* the place in the registers on x86, an id on arm64 */
} KvmGdbReg;

/* A breakpoint or a watchpoint, as GDB numbers them. */
typedef enum
{
  KVM_GDB_BREAK_SOFTWARE, /* the same as the next */
  KVM_GDB_BREAK_HARDWARE,
  KVM_GDB_WATCH_WRITE,
  KVM_GDB_WATCH_READ,
  KVM_GDB_WATCH_ACCESS,
} KvmGdbBreakType;

typedef struct
{
  guint64 type;
  guint64 address;
  guint64 length;
} KvmGdbBreak;

#define KVM_GDB_MAX_BREAKS 32
#define KVM_GDB_MAX_REGS 128
#define KVM_GDB_MAX_REG_SIZE 16

/* The registers of all, in the order of the table: those that cannot be read are not known. */
typedef struct
{
  gboolean is_known[KVM_GDB_MAX_REGS];
  guint8 values[KVM_GDB_MAX_REGS][KVM_GDB_MAX_REG_SIZE];
} KvmGdbRegs;

typedef struct
{
  const char *name;              /* GDB's of the architecture */
  const KvmGdbFeature *features; /* and one without a name */
  const KvmGdbReg *regs;
  guint n_regs;

  gboolean (*get_regs) (KvmVcpu *vcpu, KvmGdbRegs *regs);

  /* Sets what is different. */
  gboolean (*set_regs) (KvmVcpu *vcpu, const KvmGdbRegs *regs);

  /* From the guest's virtual to its physical memory; it holds for the 4 KiB around. */
  gboolean (*translate) (KvmVcpu *vcpu, guint64 address, guint64 *physical);

  /* The debug registers for KVM_SET_GUEST_DEBUG. FALSE if there are too few, or none like that. */
  gboolean (*make_debug_registers) (KvmVcpu *vcpu, const KvmGdbBreak *breaks, guint n,
                                    guint64 *registers, gsize *n_registers);

  /* Which of them made it stop; -1: none, it has made a step. */
  int (*find_cause) (KvmVcpu *vcpu, const KvmGdbBreak *breaks, guint n);
} KvmGdbArch;

extern const KvmGdbArch _kvm_gdb_x86 G_GNUC_INTERNAL;
extern const KvmGdbArch _kvm_gdb_arm64 G_GNUC_INTERNAL;

/* This host's; NULL with an error if it has none. */
const KvmGdbArch *_kvm_gdb_arch_get (GError **error);

/* The description of the registers, in XML. */
char *_kvm_gdb_arch_describe (const KvmGdbArch *self);

G_END_DECLS
