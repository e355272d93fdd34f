/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* For what proves that our words for the kernel's interface are the kernel's. */

#include <stddef.h>

#include <glib.h>

#define SAME(ours, theirs) G_STATIC_ASSERT ((guint64) (ours) == (guint64) (theirs))
#define SAME_REQUEST(name) SAME (_##name, name)
#define SAME_SIZE(type, tag) SAME (sizeof (type), sizeof (struct tag))
#define SAME_FIELD(type, field, tag, theirs)                                                       \
  SAME (offsetof (type, field), offsetof (struct tag, theirs));                                    \
  SAME (sizeof (((type *) 0)->field), sizeof (((struct tag *) 0)->theirs))
