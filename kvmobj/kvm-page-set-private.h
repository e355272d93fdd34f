/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A set of pages, laid out as the kernel's bitmaps are: the first page is the lowest bit of the
 * first word. */
typedef struct
{
  guint64 *words; /* owned, a whole number of blocks; what is behind the last page stays 0 */
  gsize n_pages;
} KvmPageSet;

#define KVM_PAGES_PER_WORD 64

/* FALSE if there is no memory. */
gboolean _kvm_page_set_init (KvmPageSet *self, gsize n_pages);
void _kvm_page_set_clear (KvmPageSet *self); /* frees */
void _kvm_page_set_empty (KvmPageSet *self);

static inline gsize
_kvm_page_set_get_n_words (const KvmPageSet *self)
{
  return (self->n_pages + KVM_PAGES_PER_WORD - 1) / KVM_PAGES_PER_WORD;
}

/* Adds pages; what is not in the range of the set is left out. Several threads may add to a set,
 * and take words out of it. */
void _kvm_page_set_add (KvmPageSet *self, gsize first, gsize n);

/* The other way round. */
void _kvm_page_set_remove (KvmPageSet *self, gsize first, gsize n);

/* Adds a set, whose first page is @first here. */
void _kvm_page_set_merge (KvmPageSet *self, const KvmPageSet *other, gsize first);

/* Finds the next pages without a gap, from @position on, where the search goes on then. FALSE if
 * there are none. */
gboolean _kvm_page_set_next (const KvmPageSet *self, gsize *position, gsize *first, gsize *n);

G_END_DECLS
