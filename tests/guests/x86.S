/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the tests' guests run on x86, in 16-bit real mode at 0x1000. */

	.section .rodata
	.code16

	.macro guest name
	.global guest_\name
guest_\name:
	.endm

	.macro guest_end name
	.global guest_\name\()_end
guest_\name\()_end:
	.endm

guest halt
	hlt
	jmp guest_halt
guest_end halt

/* Writes "Hi" to port 0x3f8. */
guest print
	mov $0x3f8, %dx
	mov $'H', %al
	out %al, %dx
	mov $'i', %al
	out %al, %dx
	hlt
guest_end print

/* Reads 1, 2 and 4 bytes from port 0x60 and writes them, one more than they were, to port 0x61. */
guest echo
	in $0x60, %al
	inc %al
	out %al, $0x61
	in $0x60, %ax
	inc %ax
	out %ax, $0x61
	in $0x60, %eax
	inc %eax
	out %eax, $0x61
	hlt
guest_end echo

/* Reads four words from port 0x60 into memory at 0x1800 and writes them back to port 0x61. */
guest string
	cld
	xor %ax, %ax
	mov %ax, %ds
	mov %ax, %es
	mov $0x60, %dx
	mov $0x1800, %di
	mov $4, %cx
	rep insw
	mov $0x61, %dx
	mov $0x1800, %si
	mov $4, %cx
	rep outsw
	hlt
guest_end string

/* Writes 4 bytes to the address 0x8000, which is no memory, reads 2 from 0x8004, and writes them to
 * port 0x61. */
guest mmio
	movl $0x12345678, 0x8000
	mov 0x8004, %ax
	out %ax, $0x61
	hlt
guest_end mmio

/* Adds one to the byte at 0x8000, which is no memory: a read, and then a write. */
guest change
	incb 0x8000
	hlt
guest_end change

/* Reads a byte from port 0x60 for ever, and counts in the word at 0x2000. */
guest listen
	in $0x60, %al
	incw 0x2000
	jmp guest_listen
guest_end listen

/* Never stops. */
guest spin
	jmp guest_spin
guest_end spin

/* Writes to port 0x61 for ever. */
guest chatter
	out %al, $0x61
	jmp guest_chatter
guest_end chatter

/* Adds one to the word at 0x2000 and halts, again and again. */
guest count
	incw 0x2000
	hlt
	jmp guest_count
guest_end count

/* Steps: three instructions of one byte, then a halt. */
guest steps
	inc %ax
	inc %ax
	inc %ax
	hlt
guest_end steps

	.section .note.GNU-stack, "", %progbits
