/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* kvmobj-info gathers a report, a{sv}: each section by its name is an array of rows, and each row a
 * dictionary with "name" and "value", and where it has them "group", "number" and "explanation".
 * The report is then printed for people or for programs. */

#include <kvmobj/kvmobj.h>

G_BEGIN_DECLS

typedef struct
{
  guint number;
  const char *name;
  const char *group;
  const char *text;
} InfoExplanation;

/* From the documentation of the enumerations. */
extern const InfoExplanation info_capability_explanations[];
extern const guint n_info_capability_explanations;
extern const InfoExplanation info_device_type_explanations[];
extern const guint n_info_device_type_explanations;

typedef struct
{
  KvmSystem *system;
  KvmVm *vm;
  KvmVcpu *vcpu;
  GVariantBuilder report;
  GVariantBuilder rows; /* of the section that is being gathered */
} Info;

/* Adds a row; @group and @explanation may be NULL, and a @value is sunk. */
void info_add_row (Info *info, const char *group, const char *name, gint64 number, GVariant *value,
                   const char *explanation);
/* Everything since the last section becomes one. */
void info_end_section (Info *info, const char *name);

/* Adds the sections of all architectures, and those of x86. */
GVariant *info_gather (KvmSystem *system, GError **error);
void info_gather_x86 (Info *info);

void info_print (GVariant *report, gboolean colours);
void info_print_json (GVariant *value);

G_END_DECLS
