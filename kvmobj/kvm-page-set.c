/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-page-set-private.h"

/* Of a large memory that is not written to, all words are 0: they are looked at by the block. */
#define WORDS_PER_BLOCK 64

gboolean
_kvm_page_set_init (KvmPageSet *self, gsize n_pages)
{
  gsize n_words = (n_pages + KVM_PAGES_PER_WORD - 1) / KVM_PAGES_PER_WORD;

  n_words += -n_words % WORDS_PER_BLOCK;
  self->words = g_try_new0 (guint64, n_words);
  self->n_pages = n_pages;
  return self->words != NULL;
}

void
_kvm_page_set_clear (KvmPageSet *self)
{
  g_clear_pointer (&self->words, g_free);
}

void
_kvm_page_set_empty (KvmPageSet *self)
{
  memset (self->words, 0, _kvm_page_set_get_n_words (self) * sizeof *self->words);
}

static void
add_word (KvmPageSet *self, gsize index, guint64 word)
{
  if (word != 0)
    __atomic_fetch_or (&self->words[index], word, __ATOMIC_RELAXED);
}

static void
remove_word (KvmPageSet *self, gsize index, guint64 word)
{
  __atomic_fetch_and (&self->words[index], ~word, __ATOMIC_RELAXED);
}

static inline void
change (KvmPageSet *self, gsize first, gsize n,
        void (*change_word) (KvmPageSet *, gsize index, guint64 word))
{
  if (first >= self->n_pages)
    return;
  for (n = MIN (n, self->n_pages - first); n != 0;)
    {
      guint bit = first % KVM_PAGES_PER_WORD;
      gsize n_here = MIN (n, KVM_PAGES_PER_WORD - bit);

      change_word (self, first / KVM_PAGES_PER_WORD,
                   G_MAXUINT64 >> (KVM_PAGES_PER_WORD - n_here) << bit);
      first += n_here;
      n -= n_here;
    }
}

void
_kvm_page_set_add (KvmPageSet *self, gsize first, gsize n)
{
  change (self, first, n, add_word);
}

void
_kvm_page_set_remove (KvmPageSet *self, gsize first, gsize n)
{
  change (self, first, n, remove_word);
}

void
_kvm_page_set_merge (KvmPageSet *self, const KvmPageSet *other, gsize first)
{
  gsize n_words = _kvm_page_set_get_n_words (self);
  gsize offset = first / KVM_PAGES_PER_WORD;
  guint bit = first % KVM_PAGES_PER_WORD;

  for (gsize i = 0; i < _kvm_page_set_get_n_words (other) && i + offset < n_words; i++)
    {
      guint64 word = other->words[i];

      add_word (self, i + offset, word << bit);
      if (bit != 0 && i + offset + 1 < n_words)
        add_word (self, i + offset + 1, word >> (KVM_PAGES_PER_WORD - bit));
    }
}

/* As much as a register holds. */
typedef guint64 Vector __attribute__ ((vector_size (16), may_alias));

static inline gboolean
is_block_empty (const guint64 *words)
{
  const Vector *vectors = (const Vector *) words;
  Vector all = vectors[0];

  for (guint i = 1; i < WORDS_PER_BLOCK / 2; i++)
    all |= vectors[i];
  return (all[0] | all[1]) == 0;
}

/* The first page from @position on that is in the set, or is not. */
static gsize
find (const KvmPageSet *self, gsize position, gboolean is_in)
{
  gsize n_words = _kvm_page_set_get_n_words (self);
  gsize i = position / KVM_PAGES_PER_WORD;
  guint64 flip = is_in ? 0 : G_MAXUINT64;
  guint64 mask = G_MAXUINT64 << position % KVM_PAGES_PER_WORD;

  for (; i < n_words; i++, mask = G_MAXUINT64)
    {
      guint64 word;

      if (is_in && i % WORDS_PER_BLOCK == 0)
        while (i < n_words && is_block_empty (&self->words[i]))
          i += WORDS_PER_BLOCK, mask = G_MAXUINT64;
      if (i >= n_words)
        break;
      word = (self->words[i] ^ flip) & mask;
      if (word != 0)
        return MIN (i * KVM_PAGES_PER_WORD + __builtin_ctzll (word), self->n_pages);
    }
  return self->n_pages;
}

gboolean
_kvm_page_set_next (const KvmPageSet *self, gsize *position, gsize *first, gsize *n)
{
  if (*position < self->n_pages)
    *position = find (self, *position, TRUE);
  if (*position >= self->n_pages)
    return FALSE;

  *first = *position;
  *position = find (self, *position, FALSE);
  *n = *position - *first;
  return TRUE;
}
