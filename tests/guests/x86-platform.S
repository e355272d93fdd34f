/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Guests that look at the machine around them, in 16-bit real mode at 0x1000. */

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

/* Has its paravirtual clock at 0x3000, and halts again and again. */
guest pvclock
	mov $0x4b564d01, %ecx
	mov $0x3001, %eax
	xor %edx, %edx
	wrmsr
1:	hlt
	jmp 1b
guest_end pvclock

/* Puts the time-stamp counter at 0x2000 and halts, again and again. */
guest tsc
	rdtsc
	mov %eax, 0x2000
	mov %edx, 0x2004
	hlt
	jmp guest_tsc
guest_end tsc

/* Puts IA32_MCG_CAP at 0x2000 and halts; puts the status and the address of bank 3 at 0x2008 and
 * halts; then halts until there is a machine check, when it writes 18 to port 0x61. */
guest machine_check
	mov $0x4000, %sp
	movw $(0x1000 + machine_check_handler - guest_machine_check), 4 * 18
	movw $0, 4 * 18 + 2
	mov $0x179, %ecx
	mov $0x2000, %di
	call machine_check_read
	hlt
	mov $0x40d, %ecx
	call machine_check_read
	inc %ecx
	call machine_check_read
1:	hlt
	jmp 1b
machine_check_read:
	rdmsr
	mov %eax, (%di)
	mov %edx, 4(%di)
	add $8, %di
	ret
machine_check_handler:
	push %ax
	mov $18, %al
	out %al, $0x61
	pop %ax
	iret
guest_end machine_check

/* Writes 1, 2, 3 and so on up to 1000, 4 bytes each, to port 0x510; then a byte to port 0x61. */
guest burst
	mov $0x510, %dx
	xor %eax, %eax
1:	inc %eax
	out %eax, %dx
	cmp $1000, %eax
	jne 1b
	out %al, $0x61
	hlt
guest_end burst

	.section .note.GNU-stack, "", %progbits
